import { expect, test } from 'vitest';
import { z } from 'zod';
import { scheme, schemeStep } from './scheme.ts';

test.each([
  [{ ring: '201' }, { ring: { to: ['201'] } }],
  [{ ring: ['201', '8 (495) 123-45-67'] }, { ring: { to: ['201', '+74951234567'] } }],
  [{ ring: 'warehouse' }, { ring: { to: ['warehouse'] } }],
  [
    { ring: { trunk: 'warehouse', number: '300', ring: '20s' } },
    { ring: { to: ['warehouse'], number: '300', ring: 20_000 } },
  ],
  [{ ring: { to: ['201'], order: 'in-turn', ring: '20s' } }, { ring: { to: ['201'], order: 'in-turn', ring: 20_000 } }],
])('the step %j reads as %j and is written as short as it can be', (written, read) => {
  expect(z.decode(schemeStep, written)).toEqual(read);
  expect(z.decode(schemeStep, z.encode(schemeStep, read as z.output<typeof schemeStep>))).toEqual(read);
});

test('a menu within a menu is read to the bottom', () => {
  const written = {
    menu: { prompt: 'a', keys: { '1': { menu: { prompt: 'b', keys: { '#': { goto: 'x' } }, timeout: '5s' } } } },
  };
  expect(z.decode(schemeStep, written)).toEqual({
    menu: { prompt: 'a', keys: { '1': { menu: { prompt: 'b', keys: { '#': { goto: 'x' } }, timeout: 5_000 } } } },
  });
});

test.each([
  [{}],
  [{ play: 'a', ring: '201' }],
  [{ ring: 'no body' }],
  [{ ring: [] }],
  [{ hangup: 'rudely' }],
  ['ring'],
])('%j is no step', (step) => {
  expect(schemeStep.safeParse(step).success).toBe(false);
});

test('a scheme with hours says what happens outside them, one without has no outside', () => {
  const open = [{ ring: '201' }];
  expect(scheme.safeParse({ name: 'a', open }).success).toBe(true);
  expect(scheme.safeParse({ name: 'a', open, closed: open }).success).toBe(false);
  expect(scheme.safeParse({ name: 'a', open, hours: { mon: '09:00-18:00' } }).success).toBe(false);
});
