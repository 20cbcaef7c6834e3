import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CountryDatabase } from '@vats/access';
import { writeMmdb } from '@vats/access/testing';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { FakeMediaPlane } from '@vats/media/testing';
import { MemoryNetwork } from '@vats/sip/testing';
import { MemoryStore } from '@vats/store/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ControlServer } from '../control/control-server.ts';
import { switchRoutes } from '../control/switch-routes.ts';
import { createSwitch, type Switch } from '../create-switch.ts';
import { checkSettings } from '../settings/index.ts';
import { run } from './program.ts';

const COMPANY = `
domain: acme.example
access: { mode: russia, allow: [198.51.100.0/28] }
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - extension: "202"
    name: Boris
    devices: [{ login: boris, password: Vf5kNm7Z, access: { mode: list, allow: [192.0.2.0/28] } }]
`;
const OVERRIDES = { '192.0.2.0/24': 'RU', '203.0.113.0/24': 'DE' };
const TABLE_BUILT_AT = CountryDatabase.builtin().builtAt + 86_400_000;

let data: string;
let clock: FakeClock;
let running: Switch;
let control: ControlServer;

/** A whole switch in memory, and the real socket of its operator. */
async function serve(access: object = {}): Promise<void> {
  const settings = checkSettings(
    JSON.stringify({ data, access: { geo: { overrides: OVERRIDES }, ...access } }),
    'vats.yaml',
  );
  if (!settings.ok) throw new Error(JSON.stringify(settings.problems));
  clock = new FakeClock();
  // The commands tell times by the machine's clock.
  clock.stepWall(Date.now() - clock.now());
  const random = new SeededRandom();
  running = await createSwitch(settings.value, {
    network: new MemoryNetwork(clock),
    clock,
    random,
    log: new MemoryLog(),
    store: new MemoryStore(),
    media: new FakeMediaPlane({ clock }),
  });
  await running.model.applyFile({ path: '/acme.yaml', name: 'acme.yaml', text: COMPANY });
  control = await ControlServer.open(
    data,
    switchRoutes(running, random, async () => ({})),
    new MemoryLog(),
  );
}

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'vats-acc-'));
});
afterEach(async () => {
  await control.close();
  await running.close();
  rmSync(data, { recursive: true });
});

async function vats(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const code = await run([...argv, '--data', data], {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

/** The JSON answer of a command that must be good. */
async function json<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await vats(...argv, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
}

async function addDomain(more = ''): Promise<void> {
  await running.model.applyFile({ path: '/two.yaml', name: 'two.yaml', text: `domain: two.example\n${more}` });
}

function file(name: string, content: string | Buffer): string {
  const path = join(data, name);
  writeFileSync(path, content);
  return path;
}

describe('vats bans', () => {
  beforeEach(() => serve({ trusted: ['10.0.0.5'] }));

  test('with none says so', async () => {
    for (const argv of [['bans'], ['bans', 'list']]) {
      expect(await vats(...argv)).toEqual({ code: 0, out: 'nobody is banned\n', err: '' });
      expect(await json(...argv)).toEqual({ bans: [] });
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
    expect((await vats('bans')).out).toMatch(/2001:db8::\/64 +anna /);
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
    expect(out).toMatch(/203\.0\.113\.67 +anna /);
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
      /there is no domain nowhere\.example: acme\.example/,
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
    expect(out).toMatch(/nobody .*\nno account of acme\.example has the login nobody\n$/);
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
    expect([code, err]).toEqual([1, 'vats: name a domain: acme.example, two.example\n']);
    expect((await vats('bans', 'add', '203.0.113.5', '--user', 'anna', '--domain', 'two.example')).code).toBe(0);
  });
});

describe('vats explain geo', () => {
  beforeEach(() => serve({ trusted: ['192.0.2.9'] }));

  test('says country, each policy’s word and the verdict', async () => {
    expect(await vats('explain', 'geo', '192.0.2.1')).toEqual({
      code: 0,
      out: [
        '192.0.2.1: country RU',
        'machine  admitted: mode any lets everybody in',
        'domain   admitted: RU may come',
        'so it is heard',
        '',
      ].join('\n'),
      err: '',
    });
    expect((await vats('explain', 'geo', '203.0.113.5')).out).toMatch(
      /country DE\n.*\ndomain +refused: DE is not RU\nso it is NOT heard\n$/,
    );
    expect((await vats('explain', 'geo', '198.51.100.5')).out).toMatch(
      /^198\.51\.100\.5: .*\n.*\ndomain +admitted: in 198\.51\.100\.0\/28, listed in allow\nso it is heard\n$/,
    );
    expect((await vats('explain', 'geo', '240.0.0.1')).out).toMatch(/refused: no country is known for it/);
  });

  test('with a device its own policy too', async () => {
    const { out } = await vats('explain', 'geo', '192.0.2.77', '--device', 'boris');
    expect(out).toMatch(
      /device +refused: in none of the networks of allow\nso it is NOT heard as boris: the password, right or wrong, is answered as a wrong one\n$/,
    );
    expect((await vats('explain', 'geo', '192.0.2.7', '--device', 'boris')).out).toMatch(
      /device +admitted.*\nso it is heard as boris\n$/,
    );
  });

  test('tells bans that hold the address, and trust', async () => {
    await vats('bans', 'add', '192.0.2.0/29', '--reason', 'by hand', '--user', 'anna');
    expect((await vats('explain', 'geo', '192.0.2.1')).out).toMatch(
      /banned +192\.0\.2\.0\/29 for anna: by hand \(\w{6}\)\nso it is heard, but not as anna: the password, right or wrong, is answered as a wrong one\n$/,
    );
    await vats('bans', 'add', '192.0.2.0/28');
    expect((await vats('explain', 'geo', '192.0.2.1')).out).toMatch(/so it is NOT heard\n$/);
    expect((await vats('explain', 'geo', '192.0.2.9')).out).toMatch(
      /trusted +never banned and never limited\nso it is heard\n$/,
    );
  });

  test('a policy that is only tried out is told as such, and refuses nobody', async () => {
    await running.model.applyFile({
      path: '/acme.yaml',
      name: 'acme.yaml',
      text: COMPANY.replace('mode: russia', 'mode: russia, enforce: false'),
    });
    expect((await vats('explain', 'geo', '203.0.113.5')).out).toMatch(
      /would be refused: DE is not RU \(only tried out: nobody is refused\)\nso it is heard\n$/,
    );
  });

  test('as JSON it is all that the switch knows', async () => {
    expect(await json('explain', 'geo', '203.0.113.5')).toMatchObject({
      address: '203.0.113.5',
      country: 'DE',
      admitted: false,
      steps: [
        { scope: 'machine', admitted: true },
        { scope: 'domain', admitted: false, enforced: true },
      ],
      bans: [],
      trusted: false,
    });
  });

  test('an account that is shut out from there, and one that is not, are told each for itself', async () => {
    await vats('bans', 'add', '192.0.2.0/29', '--user', 'anna');
    expect((await vats('explain', 'geo', '192.0.2.1', '--device', 'anna')).out).toMatch(
      /banned +192\.0\.2\.0\/29 for anna: by hand \(\w{6}\)\nso it is NOT heard as anna: the password, right or wrong, is answered as a wrong one\n$/,
    );
    expect((await vats('explain', 'geo', '192.0.2.1', '--device', 'boris')).out).toMatch(
      /device +admitted.*\nso it is heard as boris\n$/,
    );
  });

  test('a ban of accounts that were not used from there lately is spelt out', async () => {
    const { bans } = running.access.gate;
    const { id = '' } = running.model.directory.model.domains[0] ?? {};
    bans.add({ network: '192.0.2.1', user: '*' }, { by: 'switch', reason: 'guesses' });
    bans.good.good('192.0.2.1', `${id}\nboris`, Date.now());
    const spelt = 'any account that was not used from there in the last day';
    expect((await vats('explain', 'geo', '192.0.2.1')).out).toMatch(
      new RegExp(`banned +192\\.0\\.2\\.1 for ${spelt}: guesses .*\nso it is heard, but not as ${spelt}: the password`),
    );
    expect((await vats('explain', 'geo', '192.0.2.1', '--device', 'boris')).out).toMatch(
      /\nso it is heard as boris, which was used from there in the last day\n$/,
    );
    expect((await vats('explain', 'geo', '192.0.2.1', '--device', 'anna')).out).toMatch(
      /\nso it is NOT heard as anna: .* \(a phone that is registered there already goes on\)\n$/,
    );
  });

  test('whom the switch shut out, phones that are registered there are not', async () => {
    running.access.gate.bans.add({ network: '192.0.2.1' }, { by: 'switch', reason: 'guesses' });
    expect((await vats('explain', 'geo', '192.0.2.1')).out).toMatch(
      /\nso it is NOT heard, but for phones that are registered there already\n$/,
    );
  });

  describe('with several domains', () => {
    beforeEach(() => addDomain('access: { mode: countries, countries: [DE] }\n'));

    test('judges each of them', async () => {
      expect((await vats('explain', 'geo', '203.0.113.5')).out.split('\n')).toEqual([
        '203.0.113.5: country DE',
        'machine  admitted: mode any lets everybody in',
        'domain   acme.example refused: DE is not RU',
        'domain   two.example admitted: DE may come',
        'so it is heard by two.example, not by acme.example',
        '',
      ]);
      expect((await vats('explain', 'geo', '8.8.8.8')).out).toMatch(/\nso it is NOT heard\n$/);
      await addDomain('access: any\n');
      expect((await vats('explain', 'geo', '192.0.2.1')).out).toMatch(/\nso it is heard\n$/);
      expect(await json('explain', 'geo', '203.0.113.5')).toMatchObject({
        admitted: true,
        domains: [
          { name: 'acme.example', admitted: false },
          { name: 'two.example', admitted: true },
        ],
        steps: [{ scope: 'machine' }, { domain: 'acme.example' }, { domain: 'two.example' }],
      });
    });

    test('or the one that is named, or that the device is of', async () => {
      const named = await vats('explain', 'geo', '203.0.113.5', '--domain', 'acme.example');
      expect(named.out).toMatch(/\ndomain +refused: DE is not RU\nso it is NOT heard\n$/);
      expect((await vats('explain', 'geo', '192.0.2.1', '--device', 'anna')).out).toMatch(
        /\ndomain +admitted: RU may come\nso it is heard as anna\n$/,
      );
    });

    test('asks which one where both have the login, and says where it looked', async () => {
      await addDomain('users: [{ extension: "301", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }]\n');
      expect(await vats('explain', 'geo', '203.0.113.5', '--device', 'anna')).toMatchObject({
        code: 1,
        err: 'vats: name a domain: acme.example, two.example\n',
      });
      expect((await vats('explain', 'geo', '203.0.113.5', '--device', 'nobody')).err).toBe(
        'vats: there is no device with login nobody in acme.example, two.example\n',
      );
    });

    test('of the bans those are told that bear on who is asked about', async () => {
      await vats('bans', 'add', '203.0.113.5', '--user', 'anna', '--domain', 'acme.example');
      const all = (await vats('explain', 'geo', '203.0.113.5')).out;
      expect(all).toMatch(/banned +203\.0\.113\.5 for anna of acme\.example: /);
      expect(all).toMatch(/\nso it is heard by two\.example, not by acme\.example, but not as anna of acme\.example: /);
      expect((await vats('explain', 'geo', '203.0.113.5', '--domain', 'two.example')).out).not.toContain('banned');
    });
  });

  test.each([
    [['nonsense'], 2, /give an IP address such as 203\.0\.113\.5/],
    [['203.0.113.0/24'], 2, /give an IP address/],
    [[], 2, /missing required argument 'ip'/],
    [['203.0.113.5', '--device', 'nobody'], 1, /^vats: there is no device with login nobody in acme\.example\n$/],
    [['203.0.113.5', '--domain', 'nowhere.example'], 1, /^vats: there is no domain nowhere\.example: acme\.example\n$/],
  ])('%j ends with %d', async (argv, code, message) => {
    const said = await vats('explain', 'geo', ...argv);
    expect(said.err).toMatch(message);
    expect(said).toMatchObject({ code, out: '' });
  });
});

describe('vats explain geo, where the settings say access.refuse: 403', () => {
  beforeEach(() => serve({ refuse: 403 }));

  test('says that whoever a policy shuts out is answered 403', async () => {
    expect((await vats('explain', 'geo', '203.0.113.5')).out).toMatch(
      /\ndomain +refused: DE is not RU\nso it is NOT heard: it is answered 403\n$/,
    );
    expect(await json('explain', 'geo', '203.0.113.5')).toMatchObject({ admitted: false, refusal: '403' });
    expect((await vats('explain', 'geo', '192.0.2.1')).out).toMatch(/\nso it is heard\n$/);
  });

  test('also when a ban holds it, which is asked after the policies', async () => {
    await vats('bans', 'add', '203.0.113.5');
    expect((await vats('explain', 'geo', '203.0.113.5')).out).toMatch(/\nso it is NOT heard: it is answered 403\n$/);
    await vats('bans', 'add', '192.0.2.1');
    expect((await vats('explain', 'geo', '192.0.2.1')).out).toMatch(/\nso it is NOT heard\n$/);
  });

  test('with several domains says whose policy does that, and that a ban is silent where another lets it in', async () => {
    await addDomain('access: { mode: countries, countries: [DE] }\n');
    const ofAcme = ['explain', 'geo', '203.0.113.5', '--domain', 'acme.example'];
    expect((await vats('explain', 'geo', '203.0.113.5')).out).toMatch(
      /\nso it is heard by two\.example, not by acme\.example \(answered 403\)\n$/,
    );
    expect((await vats(...ofAcme)).out).toMatch(/\nso it is NOT heard: it is answered 403\n$/);
    await vats('bans', 'add', '203.0.113.5');
    expect((await vats(...ofAcme)).out).toMatch(/\nso it is NOT heard\n$/);
  });

  test('and until the settings say otherwise', async () => {
    running.reloadAccess({ ...running.settings.access, refuse: 'silence' });
    expect((await vats('explain', 'geo', '203.0.113.5')).out).toMatch(/\nso it is NOT heard\n$/);
  });
});

describe('vats explain policy', () => {
  beforeEach(async () => {
    await serve();
    const { id = '' } = running.model.directory.model.domains[0] ?? {};
    const { places } = running.access.gate;
    places.note(id, 'anna', '192.0.2.1');
    places.note(id, 'anna', '203.0.113.5');
    places.note(id, 'boris', '192.0.2.2');
  });

  test('says who would be shut out from where they were used, and changes nothing', async () => {
    const path = file('list.yaml', 'domain: acme.example\naccess: { mode: list, allow: [203.0.113.0/24] }\n');
    const { code, out } = await vats('explain', 'policy', path);
    expect(code).toBe(0);
    expect(out).toMatch(/^ +LOGIN +NAME +FROM +COUNTRY +LAST SEEN +USES +BECAUSE\n/);
    expect(out).toMatch(/\nOUT +anna +Anna +192\.0\.2\.1 +RU .* domain: refused: in none of the networks of allow\n/);
    expect(out).toMatch(/\nin +anna +Anna +203\.0\.113\.5 +DE .* domain: admitted: in 203\.0\.113\.0\/24/);
    expect(out).toMatch(
      /\n2 of 2 accounts of acme\.example would be shut out from somewhere they were used from in the last 30 days\n$/,
    );
    expect((await vats('explain', 'geo', '192.0.2.1')).out).toMatch(/so it is heard/);
    expect(await json('explain', 'policy', path)).toMatchObject({
      domain: 'acme.example',
      accounts: [
        { login: 'anna', places: [{}, {}] },
        { login: 'boris', places: [{ admitted: false, uses: 1 }] },
      ],
    });
  });

  test('of a settings file the machine’s policy is tried, on all domains', async () => {
    await addDomain();
    const { out, code } = await vats(
      'explain',
      'policy',
      file('vats.yaml', 'access:\n  policy: { mode: list, allow: [203.0.113.0/24] }\n'),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/OUT +anna .*192\.0\.2\.1 +RU .* machine: refused: in none of the networks of allow\n/);
    expect(out).toMatch(/OUT +anna .*203\.0\.113\.5 +DE .* domain: refused: DE is not RU\n/);
    expect(out).toMatch(
      /\n2 of 2 accounts of acme\.example .*\n\nno account of two\.example was used in the last 30 days\n$/,
    );
    const path = file('also.yaml', 'access: { policy: russia }\nsip: {}\n');
    expect(await json('explain', 'policy', path)).toMatchObject({
      domains: [{ domain: 'acme.example', accounts: [{ login: 'anna', shutOut: 1 }, { login: 'boris' }] }, {}],
    });
    expect(running.access.gate.fence.policies.machine).toEqual({ mode: 'any' });
    const broken = await vats('explain', 'policy', file('broken.yaml', 'access: { policy: nobody }\n'));
    expect(broken).toMatchObject({ code: 3, err: expect.stringMatching(/broken\.yaml:1:.*access\.policy/) });
  });

  test('a file that says nothing of access is tried with what holds now', async () => {
    const { out } = await vats('explain', 'policy', file('none.yaml', 'domain: acme.example\n'));
    expect(out).toMatch(/\n1 of 2 accounts/);
    expect(out).toMatch(/OUT +anna .*203\.0\.113\.5/);
  });

  test('with nobody used lately it says so', async () => {
    await addDomain();
    expect(await vats('explain', 'policy', file('two.yaml', 'domain: two.example\naccess: russia\n'))).toEqual({
      code: 0,
      out: 'no account of two.example was used in the last 30 days\n',
      err: '',
    });
  });

  test('a broken file is told by its line, as configuration', async () => {
    const path = file('broken.yaml', 'domain: acme.example\naccess: { mode: list }\n');
    const { code, out, err } = await vats('explain', 'policy', path);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/broken\.yaml:2:\d+: error: access: .*mode list without allow lets nobody in/);
  });

  test('a file that is not there is configuration, a domain that is not there is not', async () => {
    expect(await vats('explain', 'policy', join(data, 'nowhere.yaml'))).toMatchObject({ code: 3, out: '' });
    expect(await vats('explain', 'policy', file('other.yaml', 'domain: nowhere.example\n'))).toMatchObject({
      code: 1,
      err: 'vats: there is no domain nowhere.example: acme.example\n',
    });
    expect((await vats('explain', 'policy')).code).toBe(2);
    expect((await vats('explain')).code).toBe(2);
  });
});

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

  test('who spoke before is judged by the new table at the socket too', async () => {
    await serve();
    const { gate } = running.access;
    const moved = { address: '5.45.207.1', port: 5060 };
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

test('status tells what access refused, remembers and warns of', async () => {
  await serve();
  await vats('bans', 'add', '203.0.113.0/24');
  const status = await json<{ access: object }>('status');
  expect(status.access).toMatchObject({
    bans: 1,
    policy: { mode: 'any' },
    refused: 0,
    counters: { fenced: 0, wouldRefuse: 0 },
    remembered: { sources: 0, failures: { sources: 0, pairs: 0, accounts: 0 }, good: 0 },
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
