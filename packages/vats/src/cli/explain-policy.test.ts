import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { addDomain, data, file, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

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
      err: 'vats: there is no domain nowhere.example: name one of acme.example\n',
    });
    expect((await vats('explain', 'policy')).code).toBe(2);
    expect((await vats('explain')).code).toBe(2);
  });
});
