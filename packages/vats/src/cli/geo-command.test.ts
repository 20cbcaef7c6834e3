import { join } from 'node:path';
import { writeMmdb } from '@vats/access/testing';
import { describe, expect, test } from 'vitest';
import { clock, data, file, json, running, serve, TABLE_BUILT_AT, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

describe('vats geo', () => {
  const table = (): string => {
    const octets = writeMmdb([['198.51.100.0/24', { country_code: 'KZ' }]], { builtAt: TABLE_BUILT_AT });
    return file('newer.mmdb', octets);
  };
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

  test('tells the table in use; update takes a newer one into use at once', async () => {
    await serve();
    expect(await vats('geo')).toEqual({
      code: 0,
      out: `country table of ${day(TABLE_BUILT_AT - 86_400_000)} (built in)\n`,
      err: '',
    });
    const { out } = await vats('geo', 'update', table());
    expect(out).toBe(`country table of ${day(TABLE_BUILT_AT)} (${join(data, 'geo', 'country.mmdb')})\n`);
    expect(await json('geo')).toEqual({
      path: join(data, 'geo', 'country.mmdb'),
      builtAt: Math.floor(TABLE_BUILT_AT / 1_000) * 1_000,
      kind: 'file',
      hasIPv6: true,
    });
    expect((await vats('explain', 'geo', '198.51.100.99')).out).toMatch(/country KZ\n/);
    expect((await vats('status')).out).toContain(`countries as of ${day(TABLE_BUILT_AT)}`);
  });

  test('update judges anew whoever was let in', async () => {
    await serve();
    const swept: number[] = [];
    running.access.sweep = () => void swept.push(1);
    await vats('geo', 'update', table());
    expect(swept).toEqual([1]);
  });

  test('of a table that knows no IPv6 it says so', async () => {
    await serve();
    const octets = writeMmdb([['5.45.207.0/24', { country_code: 'RU' }]], { builtAt: TABLE_BUILT_AT, ipVersion: 4 });
    const { out } = await vats('geo', 'update', file('v4.mmdb', octets));
    expect(out).toMatch(/\nit knows no IPv6: where countries are asked for, whoever comes by IPv6 is refused\n$/);
  });

  test('who spoke before is judged by the new table at the socket too', async () => {
    await serve();
    const { gate } = running.access;
    const moved = { address: '5.45.207.1', port: 5060, transport: 'udp' };
    expect(gate.admit(moved, undefined)).toBe(true);
    const abroad = writeMmdb([['5.45.207.0/24', { country_code: 'KZ' }]], { builtAt: TABLE_BUILT_AT });
    await vats('geo', 'update', file('moved.mmdb', abroad));
    expect(gate.admit(moved, undefined)).toBe(false);
  });

  test('a file that cannot be used is configuration, and the earlier table stays', async () => {
    await serve();
    for (const path of [join(data, 'nowhere.mmdb'), file('text.mmdb', 'x')]) {
      const { code, out, err } = await vats('geo', 'update', path);
      expect([code, out]).toEqual([3, '']);
      expect(err).toContain(path);
    }
    expect((await vats('geo')).out).toContain('built in');
    expect((await vats('geo', 'update')).code).toBe(2);
  });

  test('an older one than the built-in is refused as configuration, with both dates', async () => {
    await serve();
    const builtAt = TABLE_BUILT_AT - 10 * 86_400_000;
    const path = file('older.mmdb', writeMmdb([['198.51.100.0/24', { country_code: 'KZ' }]], { builtAt }));
    const { code, out, err } = await vats('geo', 'update', path);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(`is of ${day(builtAt)} and would not be used`);
    expect(err).toContain(`of ${day(TABLE_BUILT_AT - 86_400_000)}, is as new or newer: take a newer file`);
    expect((await vats('geo')).out).toContain('built in');
  });

  test('one that is yet to come by the switch’s own clock is refused', async () => {
    await serve();
    clock.stepWall(TABLE_BUILT_AT - 30 * 86_400_000 - clock.now());
    const { code, err } = await vats('geo', 'update', table());
    expect([code, err]).toEqual([3, expect.stringMatching(/is of \d{4}-\d\d-\d\d, which is yet to come/)]);
  });

  test('where the settings name a file, update is refused with what to do', async () => {
    const path = table();
    await serve({ geo: { database: path } });
    expect(await vats('geo')).toMatchObject({ code: 0, out: `country table of ${day(TABLE_BUILT_AT)} (${path})\n` });
    const { code, err } = await vats('geo', 'update', path);
    expect([code, err]).toEqual([
      3,
      `the settings say access.geo.database: ${path}: replace that file and send SIGHUP, or write builtin there\n`,
    ]);
  });
});
