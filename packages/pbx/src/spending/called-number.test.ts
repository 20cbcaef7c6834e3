import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePattern } from '../schema/pattern.ts';
import { calledBy, judgedNumbers, publicNumberOf, sentPattern } from './called-number.ts';
import { classOfCall } from './number-class.ts';
import { permissionOf } from './permission.ts';

const sentBy = (match: string, send: string, dialled: string) => {
  const pattern = parsePattern(match);
  if (!pattern.ok) throw new Error(match);
  return pattern.value.rewrite(dialled, send)!;
};

test.each([
  ['988095051234', '88095051234', '+78095051234'],
  ['988405051234', '88405051234', '+78405051234'],
  ['981049123456', '81049123456', '+49123456'],
  ['900449011123456', '00449011123456', '+449011123456'],
  ['98108811234567', '8108811234567', '+8811234567'],
  ['9301', '301', '301'],
  // An operator's own prefix, and Russian numbers without 8.
  ['+79161234567', '9161234567', '+79161234567'],
  ['+79161234567', '123#79161234567', '+79161234567'],
  ['+4930123456', '4930123456', '+4930123456'],
  ['7491234', '810491234', '810491234'],
  ['9449011123456', '449011123456', '449011123456'],
  // Bangladesh without its plus is a premium number of Russia.
  ['+88095051234', '88095051234', '+78095051234'],
  ['+810449011123456', '810449011123456', '+449011123456'],
])('%s, sent as %s, calls %s', (dialled, sent, called) => {
  expect(calledBy(dialled, sent)).toBe(called);
});

test('plus, 810 and 00 mean one number', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[1-9][0-9]{7,14}$/), (digits) => {
      fc.pre(!digits.startsWith('810'));
      for (const before of ['+', '810', '00', '+810']) expect(publicNumberOf(before + digits)).toBe(`+${digits}`);
    }),
  );
});

describe('a call is judged by what is dialled and by what is called', () => {
  test.each([
    ['+4930123456', '301', ['+4930123456', '301']],
    ['989161234567', '89161234567', ['+79161234567']],
    ['112', '88095051234', ['112']],
  ])('%s, sent as %s', (dialled, sent, judged) => {
    expect(judgedNumbers(dialled, sent)).toEqual(judged);
  });

  test.each([
    ['988095051234', '88095051234', 'premium'],
    ['+4930123456', '301', 'international'],
    ['+79161234567', '810449011123456', 'premium'],
    ['7491234', '810491234', 'unknown'],
    ['9112', '112', 'emergency'],
    ['301', '301', 'short'],
    ['989161234567', '89161234567', 'mobile'],
  ])('%s, sent as %s, is %s', (dialled, sent, kind) => {
    expect(classOfCall(dialled, sent)).toBe(kind);
  });
});

describe('a rule needs permission for what it sends', () => {
  test.each<[string, string, string, object, string | undefined]>([
    ['98xxxxxxxxxx', '8$1', '989161234567', {}, undefined],
    ['98xxxxxxxxxx', '8$1', '988095051234', {}, 'premium'],
    ['98xxxxxxxxxx', '8$1', '988405051234', {}, 'international'],
    ['98xxxxxxxxxx', '8$1', '981049123456', {}, 'international'],
    ['9xxxxxxxxxxx', '$1', '981049123456', {}, 'international'],
    ['9xxxxxxxxxxx', '$1', '988095051234', {}, 'premium'],
    ['9*', '$1', '9810449011123456', { international: true }, 'premium'],
    ['9*', '$1', '900449011123456', { international: true }, 'premium'],
    ['9*', '$1', '98108811234567', { international: true }, 'premium'],
    ['9*', '$1', '9810493012345678', { international: true }, undefined],
    ['9*', '$1', '9449011123456', { international: true }, 'premium'],
    ['9*', '$1', '9449011123456', { international: true, premium: true }, undefined],
    ['7xxxxxx', '810$1', '7491234', {}, 'international'],
    // The rule's own digits name the country, and the premium range.
    ['9x*', '81049$1', '9301234567', {}, undefined],
    ['777', '88095051234', '777', {}, undefined],
    ['3xx', '$1', '301', {}, undefined],
    ['+7*', '$1', '+79161234567', {}, undefined],
    ['+880*', '880$1', '+88095051234', {}, 'premium'],
    ['112', '88095051234', '112', {}, undefined],
  ])('%s, send %s: %s with %j lacks %s', (match, send, dialled, keys, lacks) => {
    const permission = permissionOf({ match, send, ...keys }, dialled, sentBy(match, send, dialled));
    expect(permission).toMatchObject(lacks === undefined ? { permitted: true } : { permitted: false, lacks });
  });
});

test.each([
  ['9x*', '81049$1', '+49x*'],
  ['9*', '$1', '*'],
  ['98xxxxxxxxxx', '8$1', '+7xxxxxxxxxx'],
  ['98[01]x*', '8$1', '+7[01]x*'],
  ['+49*', undefined, '+49*'],
  ['*43xx', '00$1', '+xx'],
  ['777', '88095051234', '+78095051234'],
])('the pattern of what %s sends by %s is %s', (match, send, pattern) => {
  expect(sentPattern(match, send)).toBe(pattern);
});
