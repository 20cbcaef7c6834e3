import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePattern } from '../schema/pattern.ts';
import { classOf, type NumberClass } from './number-class.ts';
import { meansAbroad, meansPremium, permissionOf } from './permission.ts';

test.each<[string, NumberClass]>([
  ['112', 'emergency'],
  ['101', 'emergency'],
  ['301', 'short'],
  ['*100#', 'short'],
  ['8 (495) 123-45-67', 'national'],
  ['+73431234567', 'national'],
  ['+78121234567', 'national'],
  ['89161234567', 'mobile'],
  ['8-800-555-35-35', 'toll-free'],
  ['+78041234567', 'toll-free'],
  ['+78091234567', 'premium'],
  ['8 803 123 45 67', 'premium'],
  ['+77271234567', 'international'],
  ['+76001234567', 'international'],
  ['+78401234567', 'international'],
  ['+79401234567', 'international'],
  ['+7810441234567', 'international'],
  ['+70001234567', 'international'],
  ['+4930123456', 'international'],
  ['810 49 30 123456', 'international'],
  ['+12685551234', 'international'],
  ['+19005551234', 'premium'],
  ['+881612345678', 'premium'],
  ['+88299123456', 'premium'],
  ['+883510012345', 'premium'],
  ['+870773111222', 'premium'],
  ['+447012345678', 'premium'],
  ['+449012345678', 'premium'],
  ['+442012345678', 'international'],
  ['00493012345678', 'international'],
  ['00449011123456', 'premium'],
  ['+7495123', 'unknown'],
  ['+749512345678901', 'unknown'],
  ['0049301', 'unknown'],
  ['9161234567', 'unknown'],
  ['anna', 'unknown'],
  ['', 'unknown'],
])('%s is %s', (number, kind) => {
  expect(classOf(number)).toBe(kind);
});

test('a number of a city where the domain has one is local, and Moscow is one city', () => {
  expect(classOf('+74951234567', ['+74957654321'])).toBe('local');
  expect(classOf('+74991234567', ['+79161234567', '+74957654321'])).toBe('local');
  expect(classOf('+78121234567', ['+74957654321'])).toBe('national');
});

test('a call abroad needs a rule that means it', () => {
  const berlin = '+4930123456';
  expect(permissionOf({ match: '+*' }, berlin)).toMatchObject({ permitted: false, lacks: 'international' });
  expect(permissionOf({ match: '*' }, berlin)).toMatchObject({ permitted: false });
  expect(permissionOf({ match: '+[1-9]*' }, berlin)).toMatchObject({ permitted: false });
  expect(permissionOf({ match: '+xx30123456' }, berlin)).toMatchObject({ permitted: false });
  expect(permissionOf({ match: '+49*' }, berlin)).toEqual({ permitted: true });
  expect(permissionOf({ match: '+4[39]*' }, berlin)).toEqual({ permitted: true });
  expect(permissionOf({ match: berlin }, berlin)).toEqual({ permitted: true });
  expect(permissionOf({ match: '+*', international: true }, berlin)).toEqual({ permitted: true });
});

test('the rule for Russia of the contract lets no call out of it', () => {
  const rule = { match: '+7*' };
  expect(permissionOf(rule, '+74951234567')).toEqual({ permitted: true });
  expect(permissionOf(rule, '+77271234567')).toMatchObject({ lacks: 'international' });
  expect(permissionOf(rule, '+78091234567')).toMatchObject({ lacks: 'premium' });
  expect(permissionOf({ match: '+7[67]*' }, '+77271234567')).toEqual({ permitted: true });
  expect(permissionOf({ match: '+7809*' }, '+78091234567')).toEqual({ permitted: true });
});

test('a premium number abroad needs both permissions', () => {
  const premium = '+449012345678';
  expect(permissionOf({ match: '+44*' }, premium)).toMatchObject({ lacks: 'premium' });
  expect(permissionOf({ match: '+*', premium: true }, premium)).toMatchObject({ lacks: 'international' });
  expect(permissionOf({ match: '+44*', premium: true }, premium)).toEqual({ permitted: true });
  expect(permissionOf({ match: '+449*' }, premium)).toEqual({ permitted: true });
  expect(permissionOf({ match: '+881*' }, '+881612345678')).toEqual({ permitted: true });
});

test('digits that a trunk may take for a number abroad need a permission too', () => {
  expect(permissionOf({ match: '*' }, '00493012345678')).toMatchObject({ lacks: 'international' });
  expect(permissionOf({ match: '0049*' }, '00493012345678')).toEqual({ permitted: true });
  expect(permissionOf({ match: '3xx' }, '301')).toEqual({ permitted: true });
  expect(permissionOf({ match: '*' }, '112')).toEqual({ permitted: true });
});

test('a pattern that means a kind of numbers matches no others', () => {
  const token = fc.constantFrom('x', '[67]', '[2-5]', ...'0123456789');
  const pattern = fc.tuple(fc.array(token, { minLength: 1, maxLength: 9 }), fc.constantFrom('', '*'));
  const digits = fc.stringMatching(/^[1-9]{7,14}$/);
  fc.assert(
    fc.property(pattern, digits, fc.infiniteStream(fc.nat(9)), ([tokens, end], more, coin) => {
      const text = `+${tokens.join('')}${end}`;
      // A number that the pattern matches, by choosing a digit for each token.
      const chosen = tokens.map((one) => {
        if (one === 'x') return coin.next().value;
        return /^\d$/.test(one) ? one : /\d/.exec(one)![0];
      });
      const number = `+${chosen.join('')}${end === '*' ? more : ''}`.slice(0, 16);
      const read = parsePattern(text);
      if (!read.ok || !read.value.matches(number)) return;
      const kind = classOf(number);
      if (kind === 'unknown') return;
      if (meansPremium(text)) expect(kind, `${text} ${number}`).toBe('premium');
      if (meansAbroad(text)) expect(['international', 'premium'], `${text} ${number}`).toContain(kind);
    }),
    { numRuns: 2000 },
  );
});
