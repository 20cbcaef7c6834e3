import { describe, expect, test } from 'vitest';
import { worldOf } from '../testing/model-of.ts';
import { type Moment, routesOf } from '../testing/routes.ts';
import type { OutsideTarget } from './plan.ts';
import { route } from './route.ts';
import { writtenFor } from './written-number.ts';

const PBX = routesOf(`domain: acme.example
callerId: "+74951234567"
users:
  - { extension: "201", name: Anna, callerId: "+74957654321", devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, anonymous: true, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - extension: "210"
    name: Asterisk
    devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }]
groups: [{ extension: "600", name: Sales, members: ["202"] }]
trunks:
  - { name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b }, channels: 2, numbers: { send: "7" } }
  - { name: second, proxy: "sip:192.0.2.2", numbers: { send: "8" } }
  - { name: warehouse, proxy: "sip:192.0.2.3" }
numbers: [{ number: "+74951234567", trunk: itsp }, { number: "+74957654321", trunk: itsp }]
outbound:
  - { match: "3xx", trunk: warehouse }
  - { match: "4xx", extension: "210" }
  - { match: "9x*", trunk: warehouse, send: "0$1" }
  - { match: "+7[67]*", deny: true }
  - { match: "+7499*", trunk: second, from: ["600"] }
  - { match: "+78123*", trunk: itsp, reserve: [second], leastCost: true }
  - { match: "+7*", trunk: itsp, reserve: [second], callerId: "+74951234567" }
  - { match: "+49*", trunk: itsp }
  - { match: "+*", trunk: itsp }
`);

const target = (login: string, dialled: string, moment: Moment = {}) => {
  const { plan } = PBX.from(login, dialled, moment);
  if (plan.step.do !== 'ring') throw new Error(plan.story.at(-1));
  return plan.step.targets[0] as OutsideTarget;
};

describe('the first rule that matches decides', () => {
  test.each([
    ['300', 'ring 300 by warehouse 120000'],
    ['89161234567', 'ring +79161234567 by itsp, else second 120000'],
    ['+77271234567', 'reject forbidden'],
    ['+4930123456', 'ring +4930123456 by itsp 120000'],
    // A pattern that names no country is no permission for all of them.
    ['+12025550123', 'reject forbidden'],
    ['88091234567', 'reject forbidden'],
    ['112', 'ring 112 by itsp 120000'],
    ['500', 'reject not-found'],
  ])('%s: %s', (dialled, now) => {
    expect(PBX.from('anna', dialled).now).toBe(now);
  });

  test('that whoever calls may use', () => {
    expect(PBX.from('boris', '+74991234567').now).toBe('ring +74991234567 by second 120000');
    expect(PBX.from('anna', '+74991234567').now).toBe('ring +74991234567 by itsp, else second 120000');
  });

  test('to a PBX behind an account, which hears the number', () => {
    const trip = PBX.from('anna', '401');
    expect(trip.now).toBe('ring user11 120000');
    expect(trip.plan.step).toMatchObject({ targets: [{ kind: 'device', did: '401' }] });
    expect(PBX.from('anna', '401', { unreachable: ['user11'] }).now).toBe('reject unreachable');
  });
});

describe('how a call looks outside', () => {
  test('numbers are written as the trunk wants them, or as the rule says', () => {
    expect(target('anna', '89161234567').ways.map(({ send }) => send)).toEqual(['79161234567', '89161234567']);
    expect(target('anna', '9123').ways).toMatchObject([{ send: '0123' }]);
    expect(target('anna', '300').ways).toMatchObject([{ send: '300' }]);
  });

  test('it shows the rule’s number, else the user’s, else the domain’s; and none where the user wants none', () => {
    expect(target('anna', '+4930123456').ways).toMatchObject([{ callerId: '+74957654321' }]);
    expect(target('anna', '89161234567').ways).toMatchObject([
      { callerId: '+74951234567' },
      { callerId: '+74951234567' },
    ]);
    const [way] = target('boris', '+4930123456').ways;
    expect(way).toMatchObject({ callerId: '+74951234567', anonymous: true });
  });

  test('it is ordered by who calls', () => {
    expect(target('anna', '300').orderedBy?.extension).toBe('201');
  });
});

describe('a number that is not the domain’s is never shown', () => {
  const shows = (more: string, login = 'anna') => {
    const { plan } = routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, callerId: "+74957654321", devices: [{ login: boris, password: Vf5kNm7Z }] }
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74951234567" }, { number: "+74957654321" }]
outbound: [{ match: "+7*", trunk: itsp }]
`).from(login, '89161234567');
    const { domain } = plan.call;
    const settings = { ...domain.settings, ...JSON.parse(more) };
    const changed = { ...domain, settings };
    const model = { domains: [changed] };
    const { step } = route({ ...plan.call, domain: changed }, worldOf(model));
    return step.do === 'ring' ? (step.targets[0] as OutsideTarget).ways[0]?.callerId : undefined;
  };

  test('neither the domain’s setting nor a rule’s; what comes next is taken', () => {
    expect(shows('{ "callerId": "+74951234567" }')).toBe('+74951234567');
    expect(shows('{ "callerId": "+78001111111" }')).toBe(undefined);
    const rule = '"outbound": [{ "match": "+7*", "trunk": "itsp", "callerId": "+12025550100" }]';
    expect(shows(`{ "callerId": "+74951234567", ${rule} }`)).toBe('+74951234567');
    expect(shows(`{ "callerId": "+74951234567", ${rule} }`, 'boris')).toBe('+74957654321');
  });
});

describe('a group’s number', () => {
  const pbx = routesOf(`domain: acme.example
callerId: "+74951234567"
users:
  - { extension: "201", name: Anna, callerId: "+74951234569", devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Vf5kNm7Z }] }
groups:
  - { extension: "600", name: All, members: ["201", "202", "203"] }
  - { extension: "601", name: Sales, members: ["201", "202"], callerId: "+74951234568" }
  - { extension: "602", name: Office, members: ["202"], callerId: "+74951234567", noAnswer: "+79169999999" }
  - { extension: "603", name: Away, members: ["+79169999999"], callerId: "+74951234568" }
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74951234567" }, { number: "+74951234568" }, { number: "+74951234569" }]
outbound: [{ match: "+7926*", trunk: itsp, callerId: "+74951234567" }, { match: "+7*", trunk: itsp }]
`);
  test.each([
    ['anna', '89161234567', '+74951234569'],
    ['boris', '89161234567', '+74951234568'],
    ['vera', '89161234567', '+74951234567'],
    ['boris', '89261234567', '+74951234567'],
    ['vera', '603', '+74951234568'],
  ])('%s to %s shows %s: rule, user, first group of the user that has one, domain', (login, dialled, shown) => {
    expect(pbx.from(login, dialled).plan.step).toMatchObject({ targets: [{ ways: [{ callerId: shown }] }] });
  });

  test('is shown where the group forwards outside', () => {
    const trip = pbx.from('vera', '602').after('no-answer');
    expect(trip.plan.step).toMatchObject({
      targets: [{ number: '+79169999999', ways: [{ callerId: '+74951234567' }] }],
    });
  });

  test('must be the domain’s', () => {
    const file = `domain: acme.example
groups: [{ extension: "600", name: All, members: [], callerId: "+12025550100" }]
`;
    expect(() => routesOf(file)).toThrow('group 600 shows +12025550100, which is not a number of this domain');
  });
});

describe('emergency numbers', () => {
  const pbx = (rules: string, trunks = OPERATOR) =>
    routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "210", name: Asterisk, devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }] }
trunks: ${trunks}
outbound: ${rules}
`);
  const WAREHOUSE = '{ name: warehouse, proxy: "sip:192.0.2.3" }';
  const OPERATOR = `[${WAREHOUSE}, { name: itsp, proxy: "sip:192.0.2.1", channels: 2, register: { login: a, password: b } }]`;
  const full: Moment = { channelsInUse: (_, __, key) => (key === 'itsp' ? 2 : 0) };

  test.each([
    ['[]', OPERATOR, {}, 'ring 112 by itsp 120000'],
    ['[]', `[${WAREHOUSE}]`, {}, 'ring 112 by warehouse 120000'],
    ['[]', OPERATOR, full, 'ring 112 by warehouse 120000'],
    ['[]', '[]', {}, 'reject not-found'],
    // Who writes a rule for short numbers does not think of these.
    ['[{ match: "xxx", deny: true }]', OPERATOR, {}, 'ring 112 by itsp 120000'],
    ['[{ match: "xxx", trunk: warehouse }]', OPERATOR, {}, 'ring 112 by itsp 120000'],
    ['[{ match: "*", extension: "210" }]', OPERATOR, {}, 'ring 112 by itsp 120000'],
    ['[{ match: "*", extension: "210" }]', '[]', {}, 'ring user11 120000'],
    ['[{ match: "xxx", deny: true }]', '[]', {}, 'reject forbidden'],
    // Who names one does.
    [
      '[{ match: "xxx", trunk: itsp }, { match: "112", trunk: warehouse }]',
      OPERATOR,
      {},
      'ring 112 by warehouse 120000',
    ],
    ['[{ match: "112", extension: "210" }]', OPERATOR, {}, 'ring user11 120000'],
    ['[{ match: "112", trunk: itsp }]', OPERATOR, full, 'ring 112 by warehouse 120000'],
    ['[{ match: "112", trunk: warehouse, from: ["210"] }]', OPERATOR, {}, 'ring 112 by itsp 120000'],
  ] as const)('with %s and %s', (rules, trunks, moment, now) => {
    expect(pbx(rules, trunks).from('anna', '112', moment).now).toBe(now);
  });

  test('nothing denies one: a file that names it so is refused, and one that was kept has no effect', () => {
    const { plan } = pbx('[{ match: "12x", deny: true }]').from('anna', '112');
    const { domain } = plan.call;
    const changed = { ...domain, settings: { outbound: [{ match: '112', deny: true as const }] } };
    expect(route({ ...plan.call, domain: changed }, worldOf({ domains: [changed] })).step).toEqual(plan.step);
  });
});

describe('where the way out is a PBX that registers here', () => {
  const pbx = routesOf(`domain: acme.example
users:
  - extension: "201"
    name: Anna
    mobile: "+79161234567"
    reach: { to: [{ to: devices }, { to: mobile, after: 5s }, { to: "+79167777777" }] }
    devices: [{ login: anna, password: Vf5kNm7Z }]
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "210", name: Asterisk, devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }] }
groups: [{ extension: "600", name: Sales, members: ["202", { to: "+79169999999", after: 3s }] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
outbound: [{ match: "+7*", extension: "210", send: "8$1" }, { match: "3xx", extension: "210" }]
`);

  test('an employee’s mobiles ring by it, each as a call of its own', () => {
    expect(pbx.from('boris', '201').plan.step).toMatchObject({
      do: 'ring',
      targets: [
        { device: { login: 'anna' } },
        { kind: 'device', user: { extension: '210' }, device: { login: 'user11' }, did: '89161234567', after: 5_000 },
        { device: { login: 'user11' }, did: '89167777777' },
      ],
    });
  });

  test('a group’s members outside too', () => {
    expect(pbx.from('anna', '600').plan.step).toMatchObject({
      targets: [{ device: { login: 'boris' } }, { device: { login: 'user11' }, did: '89169999999', after: 3_000 }],
    });
  });

  test('and where it is away, that is said', () => {
    const trip = pbx.from('boris', '201', { unreachable: ['user11', 'anna'] });
    expect(trip.now).toBe('reject unreachable');
    expect(trip.story).toContain('+79161234567 matches the outbound rule +7*: no device of Asterisk is registered');
  });

  test('it does not get back what it asked us to send outside', () => {
    const trip = pbx.from('user11', '89161234567');
    expect(trip.now).toBe('reject loop');
    expect(trip.story.at(-1)).toContain('Asterisk (210) itself asks for it');
    expect(pbx.from('user11', '301').now).toBe('reject loop');
    // What one of ours forwards is another call.
    expect(pbx.from('user11', '201').now).toContain('user11');
  });
});

describe('trunks', () => {
  test('that are down come last, those that are full not at all', () => {
    const names = (moment: Moment) => target('anna', '89161234567', moment).ways.map(({ trunk }) => trunk);
    expect(names({ isTrunkUp: (_, trunk) => trunk !== 'itsp' })).toEqual(['second', 'itsp']);
    expect(names({ channelsInUse: (_, kind, key) => (kind === 'trunk' && key === 'itsp' ? 2 : 0) })).toEqual([
      'second',
    ]);
    expect(names({ channelsInUse: (_, kind, key) => (kind === 'trunk' && key === 'itsp' ? 1 : 0) })).toEqual([
      'itsp',
      'second',
    ]);
    expect(PBX.from('anna', '+4930123456', { channelsInUse: () => 2 }).now).toBe('reject no-channel');
  });

  test('are tried by what they cost where that is asked for', () => {
    const cheapestFirst = (_: unknown, __: string, trunks: readonly string[]) => [...trunks].reverse();
    expect(target('anna', '+78123334455', { cheapestFirst }).ways.map(({ trunk }) => trunk)).toEqual([
      'second',
      'itsp',
    ]);
    expect(target('anna', '89161234567', { cheapestFirst }).ways.map(({ trunk }) => trunk)).toEqual(['itsp', 'second']);
  });
});

test.each([
  ['+74951234567', 'e164', '+74951234567'],
  ['+74951234567', '7', '74951234567'],
  ['+74951234567', '8', '84951234567'],
  ['+4930123456', '7', '4930123456'],
  ['+4930123456', '8', '8104930123456'],
  ['112', '8', '112'],
  ['*100', '7', '*100'],
] as const)('%s is written %s: %s', (number, form, written) => {
  expect(writtenFor(number, form)).toBe(written);
});

describe('what a rule sends is judged, not only what was dialled', () => {
  const rules = (outbound: string, more = '') =>
    routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "210", name: Asterisk, devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }] }
trunks:
  - { name: itsp, proxy: "sip:192.0.2.1", register: { login: a, password: b }, numbers: { send: "7" } }
  - { name: warehouse, proxy: "sip:192.0.2.3" }
${more}
outbound:
${outbound}
`);
  const denials = `  - { match: "+7809*", deny: true }
  - { match: "+7840*", deny: true }
  - { match: "+4*", deny: true }
`;
  const all = rules(`${denials}  - { match: "98xxxxxxxxxx", trunk: itsp, send: "8$1" }
  - { match: "9*", trunk: itsp, send: "$1", international: true, premium: true }
  - { match: "3xx", trunk: warehouse }
  - { match: "+*", trunk: itsp, international: true }
  - { match: "+79*", deny: true }
`);

  test.each([
    ['989161234567', 'ring 989161234567 by itsp 120000'],
    ['9301', 'ring 9301 by itsp 120000'],
    ['301', 'ring 301 by warehouse 120000'],
    ['9810331234567', 'ring 9810331234567 by itsp 120000'],
    // The denials name them, in E.164.
    ['988095051234', 'reject forbidden'],
    ['988405051234', 'reject forbidden'],
    ['981049123456', 'reject forbidden'],
    ['9810449011123456', 'reject forbidden'],
    ['900449011123456', 'reject forbidden'],
    // Bangladesh, which this trunk is sent as 88095051234.
    ['+88095051234', 'reject forbidden'],
    ['+8801712345678', 'ring +8801712345678 by itsp 120000'],
    // Numbers of no length that Russia has.
    ['+7495123', 'reject forbidden'],
    ['+749512345678901', 'reject forbidden'],
  ])('%s: %s', (dialled, now) => {
    expect(all.from('anna', dialled).now).toBe(now);
  });

  test('the refusal says what it is sent as, and by which denial', () => {
    expect(all.from('anna', '9810493012345').story.at(-1)).toContain(
      'it is sent as 810493012345, which the rule +4* above denies',
    );
    const lacks = rules('  - { match: "98xxxxxxxxxx", trunk: itsp, send: "8$1" }').from('anna', '988095051234');
    expect(lacks.story.at(-1)).toContain('(988095051234 is sent as 88095051234)');
  });

  test('a denial for others, or below the rule, has no say; an emergency number leaves whatever is denied', () => {
    const other = rules(`  - { match: "+4*", deny: true, from: ["210"] }
  - { match: "1*", deny: true }
  - { match: "9*", trunk: itsp, send: "$1", international: true }
  - { match: "+49*", deny: true }`);
    expect(other.from('anna', '9810493012345').now).toBe('ring 9810493012345 by itsp 120000');
    expect(other.from('anna', '9112').now).toBe('ring 9112 by itsp 120000');
    expect(other.from('anna', '112').now).toBe('ring 112 by itsp 120000');
  });

  test('a rule to a PBX needs permission for public numbers, and none for the PBX’s own', () => {
    const pbx = rules(`  - { match: "4*", extension: "210" }
  - { match: "5*", extension: "210", send: "$1" }
  - { match: "+44*", extension: "210", international: true, premium: true }
  - { match: "+*", extension: "210" }`);
    expect(['401', '4123456789', '+79161234567', '+449011123456'].map((to) => pbx.from('anna', to).now)).toEqual(
      Array.from({ length: 4 }, () => 'ring user11 120000'),
    );
    const refused = ['+4930123456', '+78095051234', '5810493012345', '588095051234'];
    expect(refused.map((to) => pbx.from('anna', to).now)).toEqual(refused.map(() => 'reject forbidden'));
  });
});

test('a reserve may write a number so that it means another: that one needs the rule’s permission, too', () => {
  const office = (send: string) =>
    routesOf(`domain: acme.example
users: [{ extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }]
trunks:
  - { name: main, proxy: "sip:192.0.2.1" }
  - { name: spare, proxy: "sip:192.0.2.2", numbers: { send: ${send} } }
outbound: [{ match: "+*", trunk: main, reserve: [spare], international: true }]
`);
  // Bangladesh; without its plus a premium number of here.
  expect(office('"7"').from('anna', '+88091234567').now).toBe('reject forbidden');
  expect(office('e164').from('anna', '+88091234567').now).toBe('ring +88091234567 by main, else spare 120000');
});
