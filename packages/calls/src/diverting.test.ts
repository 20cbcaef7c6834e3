import type { Plan } from '@vats/pbx';
import { describe, expect, test } from 'vitest';
import { countOf, type Diverted, shortened } from './diversions.ts';
import { divertingOf, isCircle } from './diverting.ts';

const [HERE, THERE, FIRST] = ['+74951234567', '+79161234567', '+78120000001'];
const from = (number: string, count = 1): Diverted => ({ number, reason: 'unconditional', count });

describe('a circle', () => {
  test.each([
    ['nothing was before', [], false],
    ['it was elsewhere', [from(FIRST)], false],
    ['it was here, and goes elsewhere now', [from(HERE), from(FIRST)], false],
    ['it was here, and was sent on from where it would go', [from(HERE), from(THERE)], true],
    ['in the other order', [from(THERE), from(HERE)], true],
    ['it was here twice', [from(HERE), from(FIRST), from(HERE)], true],
    ['it was there, and never here', [from(THERE)], false],
    ['ten times', [from(FIRST, 4), from(THERE, 6)], true],
    ['nine times', [from(FIRST, 4), from(THERE, 5)], false],
  ])('%s', (_, before, circle) => {
    expect(isCircle(before, HERE, THERE)).toBe(circle);
  });

  test('without a number of ours only the count tells', () => {
    expect(isCircle([from(HERE), from(THERE)], undefined, THERE)).toBe(false);
    expect(isCircle([from(FIRST, 10)], undefined, THERE)).toBe(true);
  });
});

test('RFC 5806 §9.1: counters are bounded, whoever writes them', () => {
  const many = Array.from({ length: 20 }, () => from(FIRST, 100));
  expect(countOf(many)).toBe(100);
  expect(shortened(many).map(({ count }) => count)).toEqual([100, 100, 100, 100, 100]);
  expect(shortened(many.slice(0, 5))).toEqual(many.slice(0, 5));
});

const user = (extension: string) => ({ in: 'user', user: { extension }, entries: [], path: [] });
const planned = (parts: object): Plan => ({ path: ['user 201'], frames: [], ...parts }) as unknown as Plan;

test.each([
  ['what somebody dials is none', { path: [] }, undefined],
  ['a number leads outside', { path: [`number ${HERE}`], did: HERE }, { reason: 'unconditional', count: 1, did: HERE }],
  ['a forward', { forwards: [{ by: '201', to: THERE, when: 'no-answer' }] }, { reason: 'no-answer', count: 1 }],
  ['out of hours', { forwards: [{ by: '201', to: THERE, when: 'closed' }] }, { reason: 'time-of-day', count: 1 }],
  [
    'an outcome without a word of its own',
    { forwards: [{ by: '201', to: THERE, when: 'no-common-codec' }] },
    { reason: 'unknown', count: 1 },
  ],
  [
    'two in turn',
    {
      forwards: [
        { by: '201', to: '202', when: 'always' },
        { by: '202', to: THERE, when: 'callee-busy' },
      ],
    },
    { reason: 'user-busy', count: 2 },
  ],
  ['a mobile phone among an employee’s own', { frames: [user('201')] }, { reason: 'follow-me', count: 1 }],
  [
    'the same of whom the call was sent on to',
    { forwards: [{ by: '201', to: '202', when: 'always' }], frames: [user('202')] },
    { reason: 'follow-me', count: 2 },
  ],
])('%s', (_, parts, diverting) => {
  expect(divertingOf(planned(parts))).toEqual(diverting);
});
