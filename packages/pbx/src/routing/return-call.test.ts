import { expect, test } from 'vitest';
import { routesOf } from '../testing/routes.ts';
import type { LastCaller } from './plan.ts';

const ROUTES = routesOf(`domain: acme.example
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "210", name: Pbx, devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }] }
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
outbound:
  - { match: "+7916*", trunk: itsp }
`);

test.each([
  ['anna', { number: '202' }, 'ring boris 60000'],
  ['anna', { number: '+79161234567' }, 'ring +79161234567 by itsp 120000'],
  // No rule lets her call there.
  ['anna', { number: '+3581234567' }, 'reject not-found'],
  // Gone since.
  ['anna', { number: '299' }, 'reject not-found'],
  ['anna', {}, 'reject not-found'],
  ['anna', undefined, 'reject not-found'],
  ['user11', { number: '202' }, 'reject forbidden'],
] as const)('%s, whom %j called last: %s', (login, last: LastCaller | undefined, expected) => {
  expect(ROUTES.from(login, '*69', { lastCaller: () => last }).now).toBe(expected);
});

test('the plan tells whom it calls, and why not', () => {
  const story = (last: LastCaller | undefined): string =>
    ROUTES.from('anna', '*69', { lastCaller: () => last }).story.join('\n');
  expect(story({ number: '202' })).toMatch(/^\*69 calls whoever called last, which is 202: .*ring boris for/);
  expect(story({})).toBe('*69 calls whoever called last: who called last showed no number');
  expect(story(undefined)).toBe('*69 calls whoever called last: nobody has called Anna lately');
});
