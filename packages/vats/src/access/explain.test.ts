import { Fence, type Place, type Policy } from '@vats/access';
import { atOnce } from '@vats/kernel';
import { readPbx } from '@vats/pbx';
import { modelOf, onlyDomain } from '@vats/pbx/testing';
import { describe, expect, test } from 'vitest';
import { explained, tryPolicies } from './explain.ts';

const COUNTRIES: Readonly<Record<string, string>> = { '192.0.2.1': 'RU', '198.51.100.1': 'DE' };
const [RU, DE] = ['192.0.2.1', '198.51.100.1'];

const COMPANY = `
domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - extension: "202"
    name: Boris
    devices: [{ login: boris, password: Vf5kNm7Z, access: { mode: list, allow: [198.51.100.0/24] } }]
`;

function fenceOf(machine: Policy, domains: Readonly<Record<string, Policy>> = {}): Fence {
  const fence = new Fence({ countryOf: (address) => COUNTRIES[address] });
  fence.use({ machine, domains: new Map(Object.entries(domains)) });
  return fence;
}

test('each policy’s word is told in the order in which they are asked, up to the one that refuses', () => {
  const fence = fenceOf({ mode: 'any' }, { office: { mode: 'russia' } });
  expect(explained(fence.judge(RU, 'office', { mode: 'list', allow: ['192.0.2.0/24'] }))).toEqual([
    {
      scope: 'machine',
      policy: { mode: 'any' },
      admitted: true,
      enforced: true,
      text: 'admitted: mode any lets everybody in',
    },
    { scope: 'domain', policy: { mode: 'russia' }, admitted: true, enforced: true, text: 'admitted: RU may come' },
    {
      scope: 'device',
      policy: { mode: 'list', allow: ['192.0.2.0/24'] },
      admitted: true,
      enforced: true,
      text: 'admitted: in 192.0.2.0/24, listed in allow',
    },
  ]);
  expect(explained(fence.judge(DE, 'office', { mode: 'any' })).map(({ scope, text }) => `${scope} ${text}`)).toEqual([
    'machine admitted: mode any lets everybody in',
    'domain refused: DE is not RU',
  ]);
});

test('a policy that is only tried out says what it would do', () => {
  const [step] = explained(fenceOf({ mode: 'russia', enforce: false }).judge(DE));
  expect(step).toMatchObject({ admitted: false, enforced: false, text: 'would be refused: DE is not RU' });
});

describe('a file’s policies tried on where accounts were used from', () => {
  const domain = onlyDomain(modelOf(COMPANY));
  const place = (login: string, address: string, lastSeen: number, more: Partial<Place> = {}): Place => ({
    domain: domain.id,
    login,
    address,
    ...(COUNTRIES[address] !== undefined && { country: COUNTRIES[address] }),
    firstSeen: 0,
    lastSeen,
    uses: 3,
    ...more,
  });

  function trial(text: string, places: readonly Place[], machine: Policy = { mode: 'any' }) {
    const read = readPbx(text, 'pbx.yaml');
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const file = read.value.value;
    const fence = fenceOf(machine, { [domain.id]: (file.access ?? { mode: 'any' }) as Policy });
    return atOnce(tryPolicies(domain, file, fence, places, 'domain')).map(({ login, name, places: rows }) => ({
      login,
      name,
      rows: rows.map(({ address, admitted, text: why }) => `${admitted ? 'in' : 'out'} ${address} ${why}`),
    }));
  }

  test('says of each account and place what would happen and why, the last used first', () => {
    const places = [place('boris', DE, 1), place('anna', RU, 1), place('anna', DE, 2)];
    expect(trial('domain: acme.example\naccess: russia\n', places)).toEqual([
      {
        login: 'anna',
        name: 'Anna',
        rows: [`out ${DE} domain: refused: DE is not RU`, `in ${RU} domain: admitted: RU may come`],
      },
      { login: 'boris', name: 'Boris', rows: [`out ${DE} domain: refused: DE is not RU`] },
    ]);
  });

  test('devices keep their own policy unless the file gives them another', () => {
    const places = [place('boris', DE, 2), place('boris', RU, 1)];
    expect(trial('domain: acme.example\n', places)[0]?.rows).toEqual([
      `in ${DE} device: admitted: in 198.51.100.0/24, listed in allow`,
      `out ${RU} device: refused: in none of the networks of allow`,
    ]);
    const file =
      'domain: acme.example\nusers: [{ extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z, access: russia }] }]\n';
    expect(trial(file, places)[0]?.rows.map((row) => row.split(' ')[0])).toEqual(['out', 'in']);
  });

  test('one that is only tried out is told as if it were enforced', () => {
    const [anna] = trial('domain: acme.example\naccess: { mode: russia, enforce: false }\n', [place('anna', DE, 1)]);
    expect(anna?.rows).toEqual([`out ${DE} domain: would be refused: DE is not RU`]);
    // The device, which is asked after it, lets him in; what refuses is what is told.
    const [boris] = trial('domain: acme.example\naccess: { mode: russia, enforce: false }\n', [place('boris', DE, 1)]);
    expect(boris?.rows).toEqual([`out ${DE} domain: would be refused: DE is not RU`]);
  });

  test('while the machine’s is asked about, a domain’s that is only tried out shuts out nobody; and the other way round', () => {
    const trying: Policy = { mode: 'russia', enforce: false };
    const fence = fenceOf({ mode: 'any' }, { [domain.id]: trying });
    const [row] = atOnce(tryPolicies(domain, {}, fence, [place('anna', DE, 1)], 'machine'));
    expect(row).toMatchObject({ shutOut: 0, places: [{ admitted: true }] });
    const machine = fenceOf(trying, { [domain.id]: { mode: 'any' } });
    expect(atOnce(tryPolicies(domain, {}, machine, [place('anna', DE, 1)], 'domain'))[0]?.shutOut).toBe(0);
    expect(atOnce(tryPolicies(domain, {}, machine, [place('anna', DE, 1)], 'machine'))[0]?.shutOut).toBe(1);
  });

  test('the machine’s policy is tried with it', () => {
    const [anna] = trial('domain: acme.example\n', [place('anna', DE, 1)], { mode: 'russia' });
    expect(anna?.rows).toEqual([`out ${DE} machine: refused: DE is not RU`]);
  });

  test('places of other domains and of accounts that are gone are left out', () => {
    expect(trial('domain: acme.example\n', [place('anna', RU, 1, { domain: 'other' }), place('gone', RU, 1)])).toEqual(
      [],
    );
  });

  test('what is known of a place is handed on', () => {
    const read = readPbx('domain: acme.example\n', 'pbx.yaml');
    if (!read.ok) throw new Error();
    const [anna] = atOnce(
      tryPolicies(domain, read.value.value, fenceOf({ mode: 'any' }), [place('anna', RU, 7)], 'domain'),
    );
    expect(anna?.places).toMatchObject([{ address: RU, country: 'RU', lastSeen: 7, uses: 3, admitted: true }]);
  });

  test('the country is the one that is judged by, whatever was known when the account was used', () => {
    const read = readPbx('domain: acme.example\naccess: russia\n', 'pbx.yaml');
    if (!read.ok) throw new Error();
    const { country: _, ...unknown } = place('anna', DE, 1);
    const fence = fenceOf({ mode: 'any' }, { [domain.id]: { mode: 'russia' } });
    const [anna] = atOnce(tryPolicies(domain, read.value.value, fence, [unknown], 'domain'));
    expect(anna?.places).toMatchObject([{ country: 'DE', text: 'domain: refused: DE is not RU' }]);
  });

  test('very many places are tried in steps and not all told, those that would be shut out first', () => {
    const read = readPbx('domain: acme.example\naccess: russia\n', 'pbx.yaml');
    if (!read.ok) throw new Error();
    const fence = fenceOf({ mode: 'any' }, { [domain.id]: { mode: 'russia' } });
    const inRussia = Array.from({ length: 30_000 }, (_, i) => place('anna', RU, 10 + i));
    const abroad = Array.from({ length: 10 }, (_, i) => place('boris', DE, i));
    const steps = tryPolicies(domain, read.value.value, fence, [...inRussia, ...abroad], 'domain');
    let rests = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) rests++;
    expect(rests).toBeGreaterThanOrEqual(15);
    const [anna, boris] = step.value;
    expect(anna).toMatchObject({ login: 'anna', tried: 30_000, shutOut: 0 });
    expect(anna?.places).toHaveLength(9_990);
    expect(anna?.places[0]?.lastSeen).toBe(30_009);
    expect(boris).toMatchObject({ tried: 10, shutOut: 10 });
    expect(boris?.places).toHaveLength(10);
  });
});
