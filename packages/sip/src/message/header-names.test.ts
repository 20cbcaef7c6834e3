import { expect, test } from 'vitest';
import { canonicalName, HEADER, headerNumber, headerNumberAt, nameOf, UNKNOWN_HEADER } from './header-names.ts';

const numberOfOctets = (name: string): number => headerNumberAt(Buffer.from(name, 'latin1'), 0, name.length);

test.each(Object.entries(HEADER))('%s is recognised in every case, in octets and in text', (name, number) => {
  for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
    expect(numberOfOctets(spelling)).toBe(number);
    expect(headerNumber(spelling)).toBe(number);
  }
  expect(nameOf(number)).toBe(name);
});

test.each([
  ['v', 'Via'],
  ['F', 'From'],
  ['l', 'Content-Length'],
  ['X', 'Session-Expires'],
  ['o', 'Event'],
])('%s is %s (RFC 3261 §7.3.3)', (compact, name) => {
  expect(canonicalName(compact)).toBe(name);
  expect(nameOf(numberOfOctets(compact))).toBe(name);
});

test('what differs in one character is another header', () => {
  for (const name of Object.keys(HEADER)) {
    for (let at = 0; at < name.length; at++) {
      const other = `${name.slice(0, at)}${name[at] === '~' ? '!' : '~'}${name.slice(at + 1)}`;
      expect(numberOfOctets(other), other).toBe(UNKNOWN_HEADER);
    }
    expect(numberOfOctets(`${name}s`)).toBe(UNKNOWN_HEADER);
  }
  expect(numberOfOctets('Call_ID')).toBe(UNKNOWN_HEADER);
  expect(canonicalName('x-Other')).toBe('x-Other');
});

test('the Kelvin sign is no k', () => {
  expect(headerNumber('\u212a')).toBe(UNKNOWN_HEADER);
});

test('names of objects are not names of headers', () => {
  for (const name of ['constructor', '__proto__', 'toString']) expect(headerNumber(name)).toBe(UNKNOWN_HEADER);
});
