import { expect, test } from 'vitest';
import { LeavingLegs } from './leaving-legs.ts';

test('what a leg holds is given back once: when it is gone, with its call, or with all', () => {
  const leaving = new LeavingLegs();
  const given: string[] = [];
  for (const [call, leg] of [
    ['one', 'b1'],
    ['one', 'b2'],
    ['one', 'b3'],
    ['two', 'b1'],
  ] as const) {
    leaving.add(call, leg, () => given.push(`${call} ${leg}`));
  }
  expect(leaving.size).toBe(4);
  leaving.gone('one', 'b2');
  leaving.gone('one', 'b2');
  expect(given).toEqual(['one b2']);
  leaving.allGone('one');
  expect(given).toEqual(['one b2', 'one b1', 'one b3']);
  leaving.allGone();
  expect(given).toEqual(['one b2', 'one b1', 'one b3', 'two b1']);
  expect(leaving.size).toBe(0);
});
