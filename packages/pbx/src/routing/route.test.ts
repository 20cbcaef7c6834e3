import { expect, test } from 'vitest';
import type { Model } from '../model/model.ts';
import { modelOf, worldOf } from '../testing/model-of.ts';
import { advance } from './advance.ts';
import type { Plan, RingOutcome, RouteCall } from './plan.ts';
import { route } from './route.ts';
import { eventOf } from './step-outcomes.ts';
import { nameOf } from './targets.ts';

const ACME = `
domain: acme.example
aliases: [pbx.example]
recording: all
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - extension: "202"
    name: Boris
    devices: [{ login: boris, password: Qw8rTy2U }, { login: boris-laptop, password: Zx3cVb9N }]
    noAnswer: { after: 20s, to: voicemail }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Mn4bVc6X }], ring: 30s }
  - { extension: "204", name: Empty }
  - { extension: "205", name: First, devices: [{ login: first, password: Mn4bVc6X }], noAnswer: { after: 5s, to: "206" } }
  - { extension: "206", name: Second, devices: [{ login: second, password: Mn4bVc6X }], noAnswer: { after: 6s, to: "205" } }
  - { extension: "207", name: ToGroup, devices: [{ login: togroup, password: Mn4bVc6X }], noAnswer: { to: "600" } }
groups: [{ extension: "600", name: Sales, members: ["201"] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers: [{ number: "+74951234567", trunk: itsp }]
outbound:
  - { match: "3xx", trunk: itsp }
  - { match: "+7[67]*", deny: true }
  - { match: "+7*", trunk: itsp }
  - { match: "+*", deny: true }
`;
const MODEL = modelOf(ACME);

function callOf(dialled: string, model: Model = MODEL, host?: string): RouteCall {
  const [domain] = model.domains;
  const [user] = domain?.users ?? [];
  const [device] = user?.devices ?? [];
  if (domain === undefined || user === undefined || device === undefined) throw new Error('nobody can call');
  return { domain, caller: { kind: 'device', user, device }, dialled, ...(host === undefined ? {} : { host }) };
}

function planFor(dialled: string, unreachable: readonly string[] = []): Plan {
  return route(callOf(dialled), worldOf(MODEL, unreachable));
}

function after(plan: Plan, outcome: RingOutcome, unreachable: readonly string[] = []): Plan {
  return advance(plan, { kind: 'ring-ended', outcome }, worldOf(MODEL, unreachable));
}

/** What a plan's step comes to, in short. */
function short({ step }: Plan): string {
  if (step.do === 'ring') return `ring ${step.targets.map(nameOf).join('+')} ${step.ring}`;
  return step.do === 'reject' ? `reject ${step.reason}` : step.do;
}

test.each([
  ['202', 'ring boris+boris-laptop 20000'],
  ['boris', 'ring boris+boris-laptop 20000'],
  ['boris-laptop', 'ring boris+boris-laptop 20000'],
  ['203', 'ring vera 30000'],
  ['201', 'ring anna 60000'],
  ['*43', 'echo'],
  ['204', 'reject unreachable'],
  ['600', 'reject unreachable'],
  ['+74951234567', 'reject not-found'],
  ['84951234567', 'reject not-found'],
  ['300', 'ring 300 by itsp 120000'],
  ['89161234567', 'ring +79161234567 by itsp 120000'],
  ['+77271234567', 'reject forbidden'],
  ['8104930123456', 'reject forbidden'],
  ['999', 'reject not-found'],
  ['nobody', 'reject not-found'],
  ['ANNA', 'reject not-found'],
  ['', 'reject not-found'],
  ['__proto__', 'reject not-found'],
  ['1'.repeat(200), 'reject not-found'],
  ['٢٠١', 'reject not-found'],
  ['112', 'ring 112 by itsp 120000'],
  ['*44', 'reject not-found'],
])('a call to %j: %s', (dialled, step) => {
  expect(short(planFor(dialled))).toBe(step);
});

test('only devices that can be reached ring', () => {
  expect(short(planFor('202', ['boris']))).toBe('ring boris-laptop 20000');
  expect(short(planFor('202', ['boris', 'boris-laptop']))).toBe('voicemail');
  expect(short(planFor('201', ['anna']))).toBe('reject unreachable');
});

test.each([
  ['no-answer', 'no-answer'],
  ['unreachable', 'unreachable'],
  ['callee-busy', 'callee-busy'],
  ['callee-declined', 'callee-declined'],
  ['no-common-codec', 'no-common-codec'],
] as const)('a user who ends with %s ends the call so', (outcome, reason) => {
  expect(short(after(planFor('203'), outcome))).toBe(`reject ${reason}`);
});

test('a caller whom nobody answers may leave a message, and is told no more where none can be left', () => {
  const plan = after(planFor('202'), 'no-answer');
  expect(plan.step).toMatchObject({ do: 'voicemail', box: '202', ended: 'no-answer' });
  expect(plan.record).toBe(false);
  expect(advance(plan, eventOf('message-left'), worldOf(MODEL)).step).toMatchObject({ do: 'hangup' });
  expect(advance(plan, eventOf('no-message'), worldOf(MODEL)).step).toMatchObject({
    do: 'reject',
    reason: 'no-answer',
  });
  // What a phone still says changes nothing while a message is being left.
  expect(after(plan, 'callee-busy')).toBe(plan);
});

test('a call goes on to the next extension when nobody answers, and a refusal is an answer', () => {
  const plan = planFor('205');
  expect(short(plan)).toBe('ring first 5000');
  expect(short(after(plan, 'no-answer'))).toBe('ring second 6000');
  expect(short(after(plan, 'unreachable'))).toBe('ring second 6000');
  expect(short(after(plan, 'callee-busy'))).toBe('reject callee-busy');
  expect(short(after(plan, 'callee-declined'))).toBe('reject callee-declined');
  expect(short(planFor('205', ['first']))).toBe('ring second 6000');
});

test('forwards that lead back are a loop, however the call got there', () => {
  expect(short(after(after(planFor('205'), 'no-answer'), 'no-answer'))).toBe('reject loop');
  expect(short(planFor('205', ['first', 'second']))).toBe('reject loop');
});

test('a forward to a group rings its members, but for who calls', () => {
  const plan = after(planFor('207'), 'no-answer');
  expect(short(plan)).toBe('reject unreachable');
  expect(plan.story).toContain('Anna is left out: it is who calls');
});

test('an event changes nothing once nothing rings', () => {
  const plan = planFor('*43');
  expect(after(plan, 'no-answer')).toBe(plan);
});

test('the story tells each decision in its order', () => {
  const plan = after(after(planFor('205'), 'no-answer'), 'no-answer');
  expect(plan.story).toEqual([
    '205 is First: ring first for 5s',
    'First (205) did not answer, so the call goes on to 206 Second: ring second for 6s',
    'Second (206) did not answer, so the call goes on to 205 First: the call has been at 205 already',
  ]);
  expect(planFor('boris').story).toEqual(['login boris belongs to Boris (202): ring boris, boris-laptop for 20s']);
  expect(planFor('8 727 123-45-67').story).toEqual([
    '8 727 123-45-67, which is +77271234567, matches the outbound rule +7[67]*: the rule denies it',
  ]);
});

test('with one domain any host will do; with two, another’s host is not ours', () => {
  expect(short(route(callOf('203', MODEL, 'whatever'), worldOf(MODEL)))).toBe('ring vera 30000');
  const two = modelOf(ACME, 'domain: beta.example\n');
  for (const host of ['acme.example', 'pbx.example', '192.0.2.7']) {
    expect(short(route(callOf('203', two, host), worldOf(two)))).toBe('ring vera 30000');
  }
  const other = route(callOf('203', two, 'beta.example'), worldOf(two));
  expect(other.step).toMatchObject({
    do: 'reject',
    reason: 'not-found',
    because: 'beta.example is another domain: domains do not call each other by name',
  });
});

test('a running call keeps its users though the model changes under it', () => {
  const plan = planFor('205');
  const emptied = worldOf(modelOf('domain: acme.example\n'));
  expect(advance(plan, { kind: 'ring-ended', outcome: 'no-answer' }, emptied).step).toMatchObject({
    do: 'reject',
    text: 'nobody has extension 206 any more',
  });
});

test.each([
  ['all', true, true],
  ['none', false, false],
  ['{ mode: rules, rules: [{ extension: "203", record: false }, { direction: internal, record: true }] }', true, false],
  ['{ mode: rules, rules: [{ direction: out, record: true }] }', false, false],
  ['{ mode: rules, rules: [{ extension: "201", direction: any, record: true }] }', true, true],
])('with recording: %s a call to 202 is recorded: %s, one to 203: %s', (policy, to202, to203) => {
  const model = modelOf(ACME.replace('recording: all', `recording: ${policy}`));
  expect(route(callOf('202', model), worldOf(model)).record).toBe(to202);
  expect(route(callOf('203', model), worldOf(model)).record).toBe(to203);
});

test('nothing is recorded where the file does not ask for it', () => {
  const model = modelOf(ACME.replace('recording: all', ''));
  expect(route(callOf('202', model), worldOf(model)).record).toBe(false);
});
