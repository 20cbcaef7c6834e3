import { advance, type Plan, route } from '@vats/pbx';
import { modelOf, onlyDomain, worldOf } from '@vats/pbx/testing';
import { expect, test } from 'vitest';
import { mayMeet } from './may-meet.ts';

/** What Boris's call comes to at first, and when nobody takes it. */
function called(dialled: string, noAnswer: string): readonly [first: Plan, then: Plan] {
  const model = modelOf(`
domain: office.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Xk3mPq92tLw }], forward: { noAnswer: "${noAnswer}" } }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Xk3mPq92tLw }] }
  - { extension: "203", name: Vera, devices: [{ login: vera, password: Xk3mPq92tLw }], forward: { busy: "201" } }
numbers: [{ number: "+74951234567", to: "700" }, { number: "+74957654321", to: "202" }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.70", allow: [192.0.2.70], numbers: { send: "7" } }]
conferences: [{ extension: "700", name: Weekly }]
`);
  const domain = onlyDomain(model);
  const world = worldOf(model);
  const found = world.directory.findDevice(domain, 'boris')!;
  const first = route({ domain, caller: { kind: 'device', ...found }, dialled }, world);
  return [first, advance(first, { kind: 'ring-ended', outcome: 'no-answer' }, world)];
}

test('a call that nobody took is sent on to a number of the domain, and by that to a conference', () => {
  const [first, then] = called('201', '+74951234567');
  expect([first.step.do, mayMeet(first), then.step.do]).toEqual(['ring', true, 'conference']);
  // By way of somebody else's forward, too.
  expect(mayMeet(called('203', '+74951234567')[0])).toBe(true);
});

test('others are in whatever thread has room', () => {
  expect(mayMeet(called('201', '203')[0])).toBe(false);
  expect(mayMeet(called('700', '203')[0])).toBe(true);
});

test.each([
  ['{ hangup: busy }', false],
  ['{ conference: "700" }', true],
  ['{ menu: { prompt: main-menu, keys: { "1": { ring: "201" } } } }', false],
  ['{ menu: { prompt: main-menu, keys: { "1": { conference: "700" } } } }', true],
  ['{ menu: { prompt: main-menu, keys: { "1": { ring: "201" } }, extension: true } }', true],
])('a call by a scheme may meet others only where one of the schemes leads to a conference: %s', (last, may) => {
  const model = modelOf(`
domain: office.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Xk3mPq92tLw }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Xk3mPq92tLw }] }
numbers: [{ number: "+74951234567", scheme: main }]
schemes: [{ name: main, open: [{ ring: "201" }, ${last}] }]
conferences: [{ extension: "700", name: Weekly }]
`);
  const domain = onlyDomain(model);
  const world = worldOf(model);
  const found = world.directory.findDevice(domain, 'boris')!;
  const plan = route({ domain, caller: { kind: 'device', ...found }, dialled: '+74951234567' }, world);
  expect([plan.step.do, mayMeet(plan)]).toEqual(['ring', may]);
});
