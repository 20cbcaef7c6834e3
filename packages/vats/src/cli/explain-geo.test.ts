import { beforeEach, describe, expect, test } from 'vitest';
import { addDomain, COMPANY, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

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
        err: 'vats: several domains have a device with login anna: name one of acme.example, two.example with --domain\n',
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
    [
      ['203.0.113.5', '--domain', 'nowhere.example'],
      1,
      /^vats: there is no domain nowhere\.example: name one of acme\.example\n$/,
    ],
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
