import { describe, expect, test } from 'vitest';
import { addDomain, clock, json, running, serve, TABLE_BUILT_AT, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

test('status tells what access refused, remembers and warns of', async () => {
  await serve();
  await vats('bans', 'add', '203.0.113.0/24');
  const status = await json<{ access: object }>('status');
  expect(status.access).toMatchObject({
    bans: 1,
    policy: { mode: 'any' },
    refused: 0,
    counters: { fenced: 0, wouldRefuse: 0 },
    remembered: { sources: 0, known: 0, failures: { sources: 0, pairs: 0, accounts: 0 }, good: 0 },
    countries: { kind: 'builtin' },
    warnings: [],
  });
  expect((await vats('status')).out).toMatch(/access +1 ban, 0 messages refused, countries as of \d{4}-/);
});

describe('vats status', () => {
  const triedOut = 'access: { mode: russia, enforce: false }\n';
  const mayCome = async (): Promise<string[]> => {
    const lines = (await vats('status')).out.split('\n');
    const first = lines.findIndex((line) => line.startsWith('may come'));
    return lines
      .slice(
        first,
        lines.findIndex((line) => line.startsWith('memory')),
      )
      .map((line) => line.slice(11));
  };

  test('tells who may come to the machine and to each domain', async () => {
    await serve({ policy: { mode: 'any', deny: ['198.51.100.7'] } });
    await addDomain('access: { mode: countries, countries: [RU, KZ] }\n');
    expect(await mayCome()).toEqual([
      'machine: any, 1 network in deny',
      'acme.example: russia, 1 network in allow',
      'two.example: countries RU KZ',
    ]);
  });

  test('tells what is only tried out, and what it would have refused', async () => {
    await serve();
    await addDomain(triedOut);
    running.access.gate.counters.wouldRefuse = 12;
    expect((await mayCome())[2]).toBe('two.example: russia, only tried out (enforce: false), would have refused 12');
    expect((await vats('status')).out).toMatch(/access +0 bans, 0 messages refused, countries/);
  });

  test('of several that are tried out, and of those of devices, tells it together', async () => {
    await serve({ policy: { mode: 'russia', enforce: false } });
    await addDomain(triedOut);
    running.access.gate.counters.wouldRefuse = 12;
    expect((await mayCome())[2]).toBe('two.example: russia, only tried out (enforce: false)');
    expect((await vats('status')).out).toMatch(
      /access +0 bans, 0 messages refused, 12 more would have been by policies only tried out \(enforce: false\), countries/,
    );
    await addDomain(
      'access: any\nusers: [{ extension: "301", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z, access: { mode: russia, enforce: false } }] }]\n',
    );
    expect((await json<{ access: { triedOut: number } }>('status')).access.triedOut).toBe(2);
  });

  test('names some domains of very many', async () => {
    await serve();
    for (let i = 0; i < 20; i++) {
      const name = `d${i}.yaml`;
      await running.model.applyFile({ path: `/${name}`, name, text: `domain: d${i}.example\n` });
    }
    const told = await mayCome();
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toBe('and 2 more: vats status --json');
  });

  test('warns of a table that is old by the switch’s own clock', async () => {
    await serve();
    const warning = /WARNING +the country table is of /;
    clock.stepWall(TABLE_BUILT_AT - clock.now());
    expect((await vats('status')).out).not.toMatch(warning);
    clock.stepWall(400 * 86_400_000);
    expect((await vats('status')).out).toMatch(warning);
  });

  test('warns of a proxy that does not say who its client is', async () => {
    await serve({ proxies: { '10.0.0.9': 'X-Client-Address' } });
    running.visitors.unnamed = 1;
    expect((await vats('status')).out).toMatch(
      /WARNING +dropped since the start: 1 request of a proxy .* 10\.0\.0\.9 overwrites X-Client-Address/,
    );
  });
});
