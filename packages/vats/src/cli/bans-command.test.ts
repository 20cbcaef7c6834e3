import { beforeEach, describe, expect, test } from 'vitest';
import { addDomain, clock, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

describe('vats bans', () => {
  beforeEach(() => serve({ trusted: ['10.0.0.5'] }));

  test('with none says so', async () => {
    for (const argv of [['bans'], ['bans', 'list']]) {
      expect(await vats(...argv)).toEqual({ code: 0, out: 'nobody is banned\n', err: '' });
      expect(await json(...argv)).toEqual({ now: clock.now(), bans: [] });
    }
  });

  test('add shuts a network out for a time, list shows it, remove lets it in again', async () => {
    const added = await vats('bans', 'add', '203.0.113.0/24', '--for', '7d', '--reason', 'guessed all night');
    expect(added.code).toBe(0);
    expect(added.out).toMatch(
      /^ID +NETWORK +LOGIN +SINCE +ENDS IN +BY +REASON\n\w{6} +203\.0\.113\.0\/24 +all .* 16[78]:\d\d:\d\d +operator +guessed all night\n$/,
    );
    expect(running.access.gate.bans.isBanned('203.0.113.5')).toMatchObject({ by: 'operator' });
    expect((await vats('bans')).out).toBe((await vats('bans', 'list')).out);
    const { bans } = await json<{ bans: { id: string; until: number; since: number }[] }>('bans', 'list');
    expect(bans).toMatchObject([{ network: '203.0.113.0/24', by: 'operator', reason: 'guessed all night' }]);
    expect((bans[0]?.until ?? 0) - (bans[0]?.since ?? 0)).toBe(7 * 86_400_000);
    expect(await vats('bans', 'remove', '203.0.113.0/24')).toEqual({
      code: 0,
      out: '203.0.113.0/24 is let in again\n',
      err: '',
    });
    expect((await vats('bans')).out).toBe('nobody is banned\n');
    expect(running.access.gate.bans.isBanned('203.0.113.5')).toBeUndefined();
  });

  test('one without a time never ends; one is removed by its id too', async () => {
    expect((await vats('bans', 'add', '192.168.1.16-32')).out).toMatch(/ never +operator +by hand\n$/);
    const { bans } = await json<{ bans: { id: string }[] }>('bans');
    expect((await vats('bans', 'remove', bans[0]?.id ?? '')).out).toBe('192.168.1.16-32 is let in again\n');
  });

  test('one of a login, in whatever form it is written, is told as such', async () => {
    const { ban } = await json<{ ban: object }>('bans', 'add', '2001:db8::/64', '--user', 'anna', '--for', '1h');
    expect(ban).toMatchObject({ network: '2001:db8::/64', user: 'anna', domain: 'acme.example' });
    expect((await vats('bans')).out).toMatch(/2001:db8::\/64 +anna@acme\.example /);
    const { id } = running.model.directory.model.domains[0] ?? {};
    expect(running.access.gate.bans.isUserBanned('2001:db8::5', `${id}\nanna`)).toBeDefined();
    expect(running.access.gate.bans.isBanned('2001:db8::5')).toBeUndefined();
    expect((await vats('bans', 'remove', '2001:db8::/64')).out).toBe('2001:db8::/64 (anna) is let in again\n');
  });

  test('those of the switch are told as its own', async () => {
    const { bans } = running.access.gate;
    const { id } = running.model.directory.model.domains[0] ?? {};
    bans.add({ network: '203.0.113.66' }, { by: 'switch', reason: '10 wrong passwords' });
    bans.add({ network: '203.0.113.67', user: `${id}\nanna` }, { by: 'switch', reason: '10 wrong passwords' });
    bans.add({ network: '203.0.113.68', user: '*' }, { by: 'switch', reason: '30 wrong passwords' });
    const { out } = await vats('bans');
    expect(out).toMatch(/203\.0\.113\.66 +all .*(59:59|1:00:00) +switch +10 wrong passwords/);
    expect(out).toMatch(/203\.0\.113\.67 +anna@acme\.example /);
    expect(out).toMatch(/203\.0\.113\.68 +unproven /);
  });

  test('what a stranger chose of a ban steers no terminal', async () => {
    const { id } = running.model.directory.model.domains[0] ?? {};
    running.access.gate.bans.add({ network: '203.0.113.68', user: `${id}\n\u009b2J` }, { by: 'switch', reason: 'x' });
    expect((await vats('bans', '--json')).out).toContain('"user": "\\u009b2J"');
    running.access.gate.bans.add({ network: '203.0.113.67', user: `${id}\n\u001b[2Jx` }, { by: 'switch', reason: 'x' });
    expect((await vats('bans')).out).toContain('\\u001b[2Jx');
    expect((await vats('explain', 'geo', '203.0.113.67')).out).not.toContain('\u001b');
    expect((await vats('bans', 'remove', '203.0.113.67')).out).toBe('203.0.113.67 (\\u001b[2Jx) is let in again\n');
  });

  test.each([
    [['add', 'nonsense'], 2, /give an address or a network such as 203\.0\.113\.0\/24/],
    [['add', '203.0.113.0/33'], 2, /give an address or a network/],
    [['add', '203.0.113.5', '--for', 'soon'], 2, /give a time such as 30m, 1h or 7d/],
    [['add', '203.0.113.5', '--for', '0s'], 2, /give a time/],
    [['add', '203.0.113.5', '--for', '100000d'], 2, /give a time such as 30m, 1h or 7d, at most 3650d; without --for/],
    [['add'], 2, /missing required argument 'network'/],
    [['remove'], 2, /missing required argument/],
    [
      ['add', '10.0.0.5'],
      1,
      /^vats: 10\.0\.0\.5 is trusted and cannot be banned: take it out of access\.trusted and start the switch again\n$/,
    ],
    [['add', '203.0.113.5', '--reason', 'x'.repeat(201)], 1, /^vats: reason: /],
    [
      ['add', '203.0.113.5', '--user', 'anna', '--domain', 'nowhere.example'],
      1,
      /there is no domain nowhere\.example: name one of acme\.example/,
    ],
    [['remove', '203.0.113.5'], 1, /^vats: there is no ban 203\.0\.113\.5: vats bans lists them\n$/],
    [['remove', '%2e/../x'], 1, /^vats: there is no ban %2e\/\.\.\/x/],
  ])('%j ends with %d', async (argv, code, message) => {
    const said = await vats('bans', ...argv);
    expect(said.err).toMatch(message);
    expect(said).toMatchObject({ code, out: '' });
    expect(running.access.gate.bans.size).toBe(0);
  });

  test('one of a login that no account has is made, with a remark', async () => {
    const { code, out } = await vats('bans', 'add', '203.0.113.5', '--user', 'nobody');
    expect(code).toBe(0);
    expect(out).toMatch(/nobody@acme\.example .*\nno account of acme\.example has the login nobody\n$/);
    expect((await vats('bans', 'add', '203.0.113.5', '--user', 'anna')).out).not.toContain('no account');
    expect(running.access.gate.bans.size).toBe(2);
  });

  test('one that takes the place of another of the same network says so', async () => {
    await vats('bans', 'add', '203.0.113.0/24', '--for', '7d', '--reason', 'guessed all night');
    expect((await vats('bans', 'add', '203.0.113.0/24', '--user', 'anna')).out).not.toContain('in the place');
    const { out } = await vats('bans', 'add', '203.0.113.*', '--for', '1h');
    expect(out).toMatch(
      /by hand\nin the place of the ban until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(guessed all night\)\n$/,
    );
    await vats('bans', 'add', '2001:db8::/64');
    expect((await vats('bans', 'add', '2001:db8::/64', '--for', '1h')).out).toMatch(
      /\nin the place of the ban without an end \(by hand\)\n$/,
    );
    expect(running.access.gate.bans.size).toBe(3);
  });

  test('what a wider network’s ban holds is not let in, and the wider one is named', async () => {
    await vats('bans', 'add', '203.0.113.0/24');
    for (const within of ['203.0.113.4', '203.0.113.0/25']) {
      expect(await vats('bans', 'remove', within)).toMatchObject({
        code: 1,
        err: `vats: there is no ban of ${within}; 203.0.113.0/24 holds it: vats bans remove 203.0.113.0/24\n`,
      });
    }
    await vats('bans', 'add', '203.0.113.4');
    const { bans } = await json<{ bans: { id: string }[] }>('bans');
    expect((await vats('bans', 'remove', '203.0.113.4')).out).toBe(
      `203.0.113.4 has no ban of its own any more\nthe ban of 203.0.113.0/24 still holds: vats bans remove ${bans[0]?.id}\n`,
    );
  });

  test('with several domains a login needs one', async () => {
    await addDomain();
    const { code, err } = await vats('bans', 'add', '203.0.113.5', '--user', 'anna');
    expect([code, err]).toEqual([
      1,
      'vats: there are several domains: name one of acme.example, two.example with --domain\n',
    ]);
    expect((await vats('bans', 'add', '203.0.113.5', '--user', 'anna', '--domain', 'two.example')).code).toBe(0);
  });
});
