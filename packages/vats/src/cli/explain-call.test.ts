import { type CallEvent, recordOf } from '@vats/calls';
import { advance, NotedWorld, route } from '@vats/pbx';
import { worldOf } from '@vats/pbx/testing';
import { beforeEach, expect, test } from 'vitest';
import { clock, file, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

const OFFICE = `domain: acme.example
timezone: Europe/Moscow
recording: { mode: rules, rules: [{ direction: in, record: true }] }
users:
  - { extension: "201", name: Anna, limits: { callsPerDay: 5 }, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }], forward: { unreachable: "+79161234567" } }
groups: [{ extension: "600", name: Sales, members: ["201", "202"] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.70", register: { login: "74951234567", password: s3cret }, numbers: { send: "7" } }]
numbers: [{ number: "+74951234567", trunk: itsp, scheme: main }]
schemes: [{ name: main, hours: { mon-fri: "09:00-18:00" }, open: [{ ring: "202" }], closed: [{ hangup: busy }] }]
outbound: [{ match: "+7[67]*", deny: true }, { match: "+7*", trunk: itsp }]
`;

beforeEach(async () => {
  await serve();
  await running.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text: OFFICE });
});

test('a call out: the rule, the trunk, and what comes of it', async () => {
  const { code, out } = await vats('explain', 'call', '--from', 'anna', '--to', '8 916 123-45-67');
  expect(code).toBe(0);
  expect(out).toMatch(/^anna calls 8 916 123-45-67 at \w{3} 20\d\d-\d\d-\d\d \d\d:\d\d \(Europe\/Moscow\)\n/);
  expect(out).toContain(
    '  1. 8 916 123-45-67, which is +79161234567, matches the outbound rule +7*: ring +79161234567 by itsp for 2m\n     - +79161234567 (mobile) by itsp: sends 79161234567, shows 74951234567\n     - counts against user 201: callsPerDay of all calls, 0 of 5 used\n     - not recorded: no rule fits\n     (and when that ends as no-answer)\n',
  );
  expect(out).toMatch(/ {2}2\. did not answer\n {5}so the caller is refused: no-answer\n$/);
  expect((await vats('explain', 'call', '--from', '201', '--to', '+77271234567')).out).toContain('refused: forbidden');
});

test('what a caller is told is a step of its own, and what follows it is told as well', async () => {
  const text = OFFICE.replace('open: [{ ring: "202" }]', 'open: [{ play: greeting }, { ring: "202" }]');
  await running.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text });
  const { out } = await vats(
    'explain',
    'call',
    '--from',
    '+79161234567',
    '--to',
    '+74951234567',
    '--via',
    'itsp',
    '--at',
    '2026-05-05 12:00',
  );
  expect(out).toContain(
    '     scheme main plays greeting\n     (and when that ends as played)\n  2. scheme main rings 202 Boris',
  );
});

test('a menu: each of its keys, and what comes of the one that is pressed', async () => {
  const menu =
    '{ menu: { prompt: main-menu, repeat: 2, extension: true, keys: { "1": { ring: "600" }, "2": { hangup: busy }, "9": { menu: { prompt: closed, keys: {}, extension: ["201"] } } }, pins: { "2": "482135" } } }';
  const text = OFFICE.replace('open: [{ ring: "202" }]', `open: [${menu}]`);
  await running.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text });
  const explain = (...more: string[]) =>
    vats(
      ...['explain', 'call', '--from', '+79161234567', '--to', '+74951234567', '--via', 'itsp'],
      ...['--at', '2026-05-05 12:00', ...more],
    );
  const silent = (await explain()).out;
  expect(silent).toContain(`     scheme main asks main-menu
     - asked up to 2 times, a key is waited for 5s
     - the caller may dial any extension
     - 2 may be the beginning of an extension: 2s for the next key
     - a PIN is asked for behind 2
     (if that ends as key 1: menu main-menu: the caller pressed 1
      scheme main rings 600 group Sales`);
  expect(silent).toContain(
    '(if that ends as key 2: menu main-menu: the caller pressed 2\n      scheme main ends the call',
  );
  expect(silent).not.toContain('482135');
  expect(silent).toContain('(and when that ends as no-key)\n  2. menu main-menu: the caller pressed no key');
  const { out } = await explain('--keys', '9,201');
  expect(out).toContain('     - the caller may dial the extensions 201');
  expect(out).toContain('(and when that ends as dialled 201)\n  3. menu closed: the caller dialled 201, Anna');
  expect((await explain('--keys', '9,abc')).err).toContain('abc is nothing that a caller can press');
});

const CHEAPEST = OFFICE.replace(
  'outbound: [',
  'outbound: [{ match: "+7495*", trunk: itsp, reserve: [spare, other], leastCost: true }, ',
).replace(
  'numbers: { send: "7" } }]',
  'numbers: { send: "7" } }, { name: spare, proxy: "sip:192.0.2.71" }, { name: other, proxy: "sip:192.0.2.72" }]',
);

test('where the cheapest trunk goes first, each is told with its price, and why', async () => {
  await running.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text: CHEAPEST });
  await vats('rates', 'import', file('itsp.csv', '7;2;0;60;60;Russia\n'), '--trunk', 'itsp');
  await vats('rates', 'import', file('spare.csv', '7495;1,2;0,5;60;60;Moscow\n'), '--trunk', 'spare');
  const ask = () => vats('explain', 'call', '--from', 'anna', '--to', '8 495 765-43-21');
  const { out } = await ask();
  expect(out).toContain('     - spare costs 1.7 for a minute (rate 7495 Moscow: 1.2 a minute + 0.5 a call, 60/60)\n');
  expect(out).toContain('     - itsp costs 2 for a minute (rate 7 Russia: 2 a minute, 60/60)\n');
  expect(out).toContain('     - other has no rate for the number\n');
  expect(out).toContain('     - spare goes first: a call of 3 minutes costs 4.1 by it (itsp 6, other unknown)\n');
  expect(out).not.toContain('the trunk is');

  // Nobody answers at these addresses: after a while they are down, and said to be.
  clock.advance(300_000);
  const later = (await ask()).out;
  expect(later).toMatch(/by spare: sends .*; the trunk is down: no answer within 10 s\n/);
  expect(later).toContain('all its trunks are down');
});

test('where no rule asks for the cheapest, what is known of the price is told and no order', async () => {
  await vats('rates', 'import', file('itsp.csv', '7;2;0;60;60;Russia\n'));
  const { out } = await vats('explain', 'call', '--from', 'anna', '--to', '8 916 123-45-67');
  expect(out).toContain('itsp costs 2 for a minute (rate 7 Russia: 2 a minute, 60/60)\n');
  expect(out).not.toContain('goes first');
});

test('a call in, at an hour of one’s choice, by somebody’s own number', async () => {
  const by = (at: string) =>
    vats('explain', 'call', '--from', '+79261112233', '--to', '74951234567', '--via', 'itsp', '--at', at);
  const open = (await by('2026-05-05 12:00')).out;
  expect(open).toContain('it goes to scheme main, which is open: it is tue 2026-05-05 12:00');
  // Nobody is registered here, so the call goes on to where Boris has it forwarded.
  expect(open).toContain('so the call goes on to +79161234567');
  expect((await by('2026-05-05 20:00')).out).toContain('refused: callee-busy');
  expect((await by('2026-05-09T12:00:00+03:00')).out).toContain('which is closed');
});

test('ringing that ends in another way, and the answer as JSON', async () => {
  const answer = await json('explain', 'call', '--from', 'anna', '--to', '+79161234567', '--outcome', 'callee-busy');
  expect(answer).toMatchObject({
    domain: 'acme.example',
    from: 'anna',
    steps: [
      { do: 'ring', endsAs: 'callee-busy' },
      { do: 'reject', reason: 'callee-busy' },
    ],
  });
});

test('the head shows the domain’s clock, wherever the command runs', async () => {
  const { out } = await vats('explain', 'call', '--from', 'anna', '--to', '202', '--at', '2026-11-27 20:00');
  expect(out).toMatch(/^anna calls 202 at fri 2026-11-27 20:00 \(Europe\/Moscow\)\n/);
});

test('a call in is recorded, by which rule; and where each other end of the ringing leads', async () => {
  const text = OFFICE.replace('open: [{ ring: "202" }]', 'open: [{ ring: "202" }, { hangup: congestion }]');
  await running.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text });
  const call = ['--from', '+79261112233', '--to', '74951234567', '--via', 'itsp', '--at', '2026-05-05 12:00'];
  const { out } = await vats('explain', 'call', ...call);
  expect(out).toContain('- recorded: rule 1 (in) records it\n');
  expect(out).toContain('(if that ends as callee-busy: scheme main ends the call: as congestion; refused: congestion)');
  const answer = await json('explain', 'call', ...call, '--outcome', 'busy');
  expect(answer).toMatchObject({
    timezone: 'Europe/Moscow',
    localTime: 'tue 2026-05-05 12:00',
    steps: [
      {
        endsAs: 'callee-busy',
        recorded: { record: true, because: 'rule 1 (in) records it' },
        targets: [{ rings: '+79161234567', orderedBy: '202', ways: [{ sends: '79161234567', shows: '74951234567' }] }],
        otherwise: [{ endsAs: 'no-answer', reason: 'congestion' }, {}, {}],
      },
      { do: 'reject', reason: 'congestion' },
    ],
  });
});

/** The record of a call to Boris, as it was when he had it forwarded on silence too. */
async function keep(id: string): Promise<void> {
  const { directory } = running.model;
  const domain = directory.findDomain('acme.example')!;
  const start = Date.UTC(2026, 4, 5, 9);
  const anna = directory.findDevice(domain, 'anna')!;
  const call = {
    domain,
    caller: { kind: 'device' as const, user: anna.user, device: anna.device },
    dialled: '202',
    seed: 5,
  };
  const rings = new NotedWorld(worldOf(directory.model, [], { now: start }));
  const plan = route(call, rings);
  const silent = new NotedWorld(worldOf(directory.model, [], { now: start + 60_000 }));
  const next = advance(plan, { kind: 'ring-ended', outcome: 'no-answer' }, silent);
  const told: object[] = [
    {
      type: 'call.started',
      domain: domain.name,
      domainId: domain.id,
      from: { number: '201', login: 'anna' },
      dialled: '202',
      sipCallId: 'x',
    },
    { type: 'call.routed', explain: plan.story, asked: {}, world: rings.notes(), seed: '5' },
    { type: 'call.routed', explain: next.story, after: 'no-answer', world: silent.notes(), seed: '5' },
    { type: 'call.ended', failure: 'no-answer', status: 480 },
  ];
  const record = recordOf(told.map((event, i) => ({ call: id, seq: i + 1, at: start + i, ...event }) as CallEvent));
  await running.store.history.append(record!);
}

test('a finished call is explained from what its story keeps, and by the same plan', async () => {
  await keep('finished');
  const { code, out } = await vats('explain', 'call', '--id', 'finished');
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^201 called 202 at 2026-05-05 .*\(finished\)$/),
    '  1. 202 is Boris: ring boris for 1m',
    '     (and that ended as no-answer)',
    '  2. Boris (202) did not answer',
    '     (and the call ended as no-answer)',
    'made again from what the call keeps: the present PBX comes to the same plan',
    '',
  ]);
});

test('of a finished call that was answered it is told who answered', async () => {
  const party = { number: '202', name: 'Boris', login: 'boris', extension: '202' };
  const from = { number: '201', login: 'anna' };
  const domain = running.model.directory.findDomain('acme.example')!;
  const told: object[] = [
    { type: 'call.started', domain: domain.name, domainId: domain.id, from, dialled: '202', sipCallId: 'x' },
    { type: 'call.routed', explain: ['202 is Boris: ring boris'], asked: {} },
    { type: 'leg.started', leg: 'b1', party, flow: 'f' },
    { type: 'call.answered', leg: 'b1', party },
    { type: 'leg.ended', leg: 'a', failure: 'caller-hung-up' },
    { type: 'call.ended', failure: 'caller-hung-up', status: 200 },
  ];
  const record = recordOf(
    told.map((event, i) => ({ call: 'talked', seq: i + 1, at: 1_000 + i, ...event }) as CallEvent),
  );
  await running.store.history.append(record!);
  const { out } = await vats('explain', 'call', '--id', 'talked');
  expect(out).toContain('     (answered by 202 Boris)\n     (and the call ended as caller-hung-up)\n');
  expect(await json('explain', 'call', '--id', 'talked')).toMatchObject({ answeredBy: { number: '202' } });
});

test('after the PBX was changed the old plan is told, and where the new one leads', async () => {
  await keep('finished');
  const changed = OFFICE.replace('forward: { unreachable:', 'forward: { noAnswer:');
  await running.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text: changed });
  const { code, out } = await vats('explain', 'call', '--id', 'finished');
  expect(code).toBe(0);
  expect(out).toContain(
    '  2. Boris (202) did not answer\n     the present PBX decides otherwise in the same moment:\n',
  );
  expect(out).toMatch(
    / {5}> Boris \(202\) did not answer, so the call goes on to \+79161234567.*: ring \+79161234567 by itsp/,
  );
  expect(out).toContain('the plan was made by an earlier PBX file or edit');
  expect(await json('explain', 'call', '--id', 'finished')).toMatchObject({ verdict: 'differs', to: '202' });
});

test.each([
  [['--id', 'never'], 1, /no call never is kept/],
  [['--id', 'x', '--to', '201'], 2, /--to asks about another call than --id does/],
  [
    ['--from', '999', '--to', '201'],
    1,
    /nobody in acme\.example has extension or login 999: a caller outside comes by a trunk/,
  ],
  [
    ['--from', '1', '--to', '201', '--via', 'nowhere'],
    1,
    /there is no trunk nowhere in acme\.example: name one of itsp/,
  ],
  [['--from', 'anna', '--to', '201', '--at', 'yesterday'], 1, /yesterday/],
  [['--from', 'anna', '--to', '201', '--outcome', 'shouting'], 2, /Allowed choices are no-answer/],
  [['--from', 'anna'], 2, /required option '--to/],
])('%j ends with %i', async (args, code, message) => {
  const said = await vats('explain', 'call', ...args);
  expect(said.code).toBe(code);
  expect(said.err).toMatch(message);
});

test('a call that would be refused now is said to be, with the limit that is used up', async () => {
  const asked = ['explain', 'call', '--from', 'anna', '--to', '89161234567'];
  expect((await vats(...asked)).out).not.toContain('would be refused now');
  const { id } = running.model.domainNamed('acme.example')!;
  for (let call = 0; call < 5; call++) {
    const begun = { id: `c${call}`, domain: id, user: '201', trunk: 'itsp', number: '+79161234567' };
    expect(running.spending.begin(begun).allowed).toBe(true);
    running.spending.end(begun.id);
  }
  expect((await vats(...asked)).out).toContain('would be refused now: user 201 callsPerDay 5 of 5');
});

test('an operator may write the number called without its prefix', async () => {
  const { out } = await vats('explain', 'call', '--from', '9161234567', '--via', 'itsp', '--to', '4951234567');
  expect(out).toContain('4951234567, which is +74951234567, by trunk itsp');
  expect(out).not.toContain('not-found');
});

test('of a call by a trunk, what of it says who calls; of a way outside, in which headers it is told', async () => {
  const told = async (identity: string): Promise<string> => {
    const text = OFFICE.replace('numbers: { send: "7" } }]', `numbers: { send: "7" }, identity: { ${identity} } }]`);
    await running.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text });
    const call = ['--from', '+79261112233', '--to', '74951234567', '--via', 'itsp', '--at', '2026-05-05 12:00'];
    return (await vats('explain', 'call', ...call)).out;
  };
  const plain = await told('trust: false');
  expect(plain).toContain(
    '\n     - trunk itsp is not trusted (identity.trust): From alone says who calls; who hides is',
  );
  expect(plain).toContain(
    '- itsp is told in no header (identity.forwarded) that +74951234567 sends the call on (unavailable)\n',
  );
  const told2 = await told(
    'trust: true, send: [p-preferred-identity], forwarded: [diversion, history-info], forwardedCaller: original',
  );
  expect(told2).toContain('\n     - trunk itsp is trusted: P-Asserted-Identity says who calls, else Remote-Party-ID');
  expect(told2).toContain('- itsp is told the number in p-preferred-identity\n');
  expect(told2).toContain('- From shows +79261112233, whose call is sent on\n');
  expect(told2).toContain(
    '- itsp is told in diversion, history-info that +74951234567 sends the call on (unavailable)',
  );
  expect(await told('send: []')).toContain('- itsp is told the number in From alone\n');
});
