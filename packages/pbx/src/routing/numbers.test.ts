import { describe, expect, test } from 'vitest';
import { routesOf } from '../testing/routes.ts';

const DAY = Date.UTC(2026, 4, 5, 9);
const NIGHT = Date.UTC(2026, 4, 5, 20);

const pbxWith = (number: string, more = '') =>
  routesOf(`domain: acme.example
timezone: Europe/Moscow
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "210", name: Pbx, devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }] }
groups: [{ extension: "600", name: Sales, members: ["201", "202"] }]
trunks:
  - { name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b } }
  - { name: warehouse, proxy: "sip:192.0.2.2" }
numbers:
  - { number: "+74951234567", ${number} }
  - { number: "*100", to: "202" }
  - { number: "+78001234567", trunk: warehouse, to: "201" }
schemes:
  - { name: main, hours: { mon-fri: "09:00-18:00" }, open: [{ ring: "201" }], closed: [{ ring: "202" }] }
  - { name: night, open: [{ ring: "600" }] }
outbound: [{ match: "+7*", trunk: itsp }]
${more}`);

describe('a call from an operator', () => {
  const pbx = pbxWith('trunk: itsp, to: "201"');
  test.each([
    ['74951234567', 'ring anna 60000'],
    ['84951234567', 'ring anna 60000'],
    ['+74951234567', 'ring anna 60000'],
    ['*100', 'ring boris 60000'],
    ['+74950000000', 'reject not-found'],
    ['201', 'reject not-found'],
    ['600', 'reject not-found'],
    // Its own number goes out to nobody: strangers do not call outside at our expense.
    ['+79161234567', 'reject not-found'],
    ['810493012345', 'reject not-found'],
    ['+78001234567', 'reject not-found'],
    ['', 'reject not-found'],
    ['1'.repeat(200), 'reject not-found'],
    ['٧٤٩٥١٢٣٤٥٦٧', 'reject not-found'],
    ['anna', 'reject not-found'],
  ])('%s: %s', (dialled, now) => {
    expect(pbx.by('itsp', '+79161234567', dialled).now).toBe(now);
  });

  test('a PBX that is known by its address may dial extensions too, and nobody outside', () => {
    expect(pbx.by('warehouse', '301', '201').now).toBe('ring anna 60000');
    expect(pbx.by('warehouse', '301', '600').now).toBe('ring anna+boris 25000');
    expect(pbx.by('warehouse', '301', '+78001234567').now).toBe('ring anna 60000');
    expect(pbx.by('warehouse', '301', '+79161234567').now).toBe('reject not-found');
  });

  test('its number is told to a PBX behind an account, and to the story', () => {
    const trip = pbxWith('to: "210"').by('itsp', '+79161234567', '84951234567');
    expect(trip.plan.step).toMatchObject({ targets: [{ did: '+74951234567' }] });
    expect(trip.plan.did).toBe('+74951234567');
  });
});

describe('who may call a number', () => {
  const now = (keys: string, caller: string | undefined) =>
    pbxWith(`to: "201", ${keys}`).by('itsp', caller, '+74951234567').now;
  const RINGS = 'ring anna 60000';
  const NOT = 'reject caller-blocked';
  test.each([
    ['block: ["+7916*"]', '+79161234567', NOT],
    ['block: ["+7916*"]', '89161234567', NOT],
    ['block: ["+7916*"]', '+79171234567', RINGS],
    ['block: ["*"]', undefined, RINGS],
    ['accept: ["+7916*"]', '+79161234567', RINGS],
    ['accept: ["+7916*"]', '+79171234567', NOT],
    ['accept: ["+7916*"]', undefined, NOT],
    ['accept: ["+7*"], block: ["+7916*"]', '+79161234567', NOT],
    ['anonymous: refuse', undefined, NOT],
    ['anonymous: refuse', '+79161234567', RINGS],
    ['anonymous: accept', undefined, RINGS],
  ])('%s, a call from %s: %s', (keys, caller, expected) => {
    expect(now(keys, caller)).toBe(expected);
  });

  test('no more than its channels at once', () => {
    const pbx = pbxWith('to: "201", channels: 10');
    const used = (count: number) => ({
      channelsInUse: (_: unknown, kind: string, key: string) =>
        kind === 'number' && key === '+74951234567' ? count : 0,
    });
    expect(pbx.by('itsp', '+79161234567', '+74951234567', used(9)).now).toBe(RINGS);
    const full = pbx.by('itsp', '+79161234567', '+74951234567', used(10));
    expect([full.now, full.story.at(-1)]).toEqual([
      'reject no-channel',
      '+74951234567 by trunk itsp: all its channels (10) are in use',
    ]);
  });
});

describe('the domain’s lists come before a number’s own', () => {
  const pbx = pbxWith('to: "201", accept: ["+7*", "202"]', 'block: ["+7916*"]\naccept: ["+79*", "+49*"]\n');
  test.each([
    ['+79171234567', 'ring anna 60000', ''],
    ['+79161234567', 'reject caller-blocked', '+79161234567 is blocked by the domain'],
    ['+74951112233', 'reject caller-blocked', '+74951112233 is not among those accepted by the domain'],
    ['+4930123456', 'reject caller-blocked', '+4930123456 is not among those accepted'],
    [undefined, 'reject caller-blocked', 'a caller without a number is not among those accepted by the domain'],
  ])('%s: %s', (caller, now, why) => {
    const trip = pbx.by('itsp', caller, '+74951234567');
    expect(trip.now).toBe(now);
    expect(trip.story.at(-1)?.endsWith(why)).toBe(true);
  });

  test('and are for callers outside', () => {
    expect(pbx.from('boris', '+74951234567').now).toBe('ring anna 60000');
  });
});

describe('where callers of a region are led', () => {
  const pbx = pbxWith(
    'to: "201", byCaller: [{ region: санкт-петербург, to: "202" }, { from: ["+7921*"], region: Tver, scheme: night }]',
    'regions: { Санкт-Петербург: ["+7812*", "+79110000000-+79119999999"], Tver: ["+74822*"] }\n',
  );
  test.each([
    ['+78121234567', 'ring boris 60000'],
    ['89115554433', 'ring boris 60000'],
    ['+79120000000', 'ring anna 60000'],
    ['+74822123456', 'ring anna+boris 25000'],
    ['+79215554433', 'ring anna+boris 25000'],
    [undefined, 'ring anna 60000'],
  ])('%s: %s', (caller, now) => {
    expect(pbx.by('itsp', caller, '+74951234567').now).toBe(now);
  });

  test('of the numbering register where the domain has no list of that name', () => {
    const numberPlace = (number: string) => {
      const region = number.startsWith('+7343') ? 'г. Екатеринбург|Свердловская обл.' : 'г. Санкт-Петербург';
      return { region, operator: 'x' };
    };
    const ural = pbxWith(
      'to: "201", byCaller: [{ region: санкт-петербург, to: "202" }, { region: Свердловская область, scheme: night }]',
      'regions: { Санкт-Петербург: ["+7812*"] }\n',
    );
    const by = (caller: string) => ural.by('itsp', caller, '+74951234567', { numberPlace }).now;
    expect(by('+73431234567')).toBe('ring anna+boris 25000');
    // Its own list is all of a region that the domain describes.
    expect(by('+79115554433')).toBe('ring anna 60000');
    expect(by('+78125554433')).toBe('ring boris 60000');
  });

  test('and the region is named', () => {
    const { story } = pbx.by('itsp', '+78121234567', '+74951234567');
    expect(story.join()).toContain('a caller such as +78121234567 from санкт-петербург goes to 202');
  });
});

describe('where a number leads', () => {
  test('by the hour, and why', () => {
    const pbx = pbxWith('scheme: main');
    expect(pbx.by('itsp', undefined, '+74951234567', { now: DAY }).now).toBe('ring anna 60000');
    const night = pbx.by('itsp', undefined, '+74951234567', { now: NIGHT });
    expect(night.now).toBe('ring boris 60000');
    expect(night.story[0]).toMatch(
      /^\+74951234567 by trunk itsp: it goes to scheme main, which is closed: it is tue 2026-05-05 23:00/,
    );
  });

  test('a schedule of schemes goes before its own', () => {
    const pbx = pbxWith('scheme: main, schedule: [{ hours: { mon-fri: "22:00-06:00" }, scheme: night }]');
    expect(pbx.by('itsp', undefined, '+74951234567', { now: DAY }).now).toBe('ring anna 60000');
    expect(pbx.by('itsp', undefined, '+74951234567', { now: NIGHT }).now).toBe('ring anna+boris 25000');
  });

  test('by who calls', () => {
    const pbx = pbxWith(
      'scheme: main, byCaller: [{ from: ["+7812*", "+7921*"], to: "202" }, { from: ["+7495*"], scheme: night }]',
    );
    const by = (caller: string | undefined) => pbx.by('itsp', caller, '+74951234567', { now: DAY }).now;
    expect(['88121234567', '+79211234567', '+74959876543', '+79161234567', undefined].map(by)).toEqual([
      'ring boris 60000',
      'ring boris 60000',
      'ring anna+boris 25000',
      'ring anna 60000',
      'ring anna 60000',
    ]);
  });

  test('nowhere', () => {
    expect(pbxWith('trunk: itsp').by('itsp', undefined, '+74951234567').now).toBe('reject not-found');
  });

  test('the same for a phone of ours that dials it', () => {
    expect(pbxWith('to: "202"').from('anna', '84951234567').now).toBe('ring boris 60000');
  });
});
