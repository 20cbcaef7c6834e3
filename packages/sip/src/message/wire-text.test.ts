import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { assertToken, detached, fromWire, isSafeValue, printable, toWire, UnsafeValue } from './wire-text.ts';

test('text becomes one character an octet and comes back', () => {
  expect(toWire('Иван')).toHaveLength(8);
  expect(fromWire(toWire('Иван 日本 🎧'))).toBe('Иван 日本 🎧');
  expect(toWire('plain')).toBe('plain');
});

test('octets that are not UTF-8 are read as latin1', () => {
  expect(fromWire('Andr\xe9')).toBe('André');
});

test.each([
  ['', true],
  ['tab\tand blank', true],
  ['\xff\x80', true],
  ['a\rb', false],
  ['a\nb', false],
  ['a\r\nVia: x', false],
  ['a\0b', false],
  ['é above an octet: я', false],
  ['"quoted \\\0 pair"', true],
  ['"quoted \0 alone"', false],
  ['unquoted \\\0 pair', false],
  ['"\\\\\0"', false],
  ['"\\"\\\0"', true],
  ['"\\\0" then \0', false],
  ['"\\\0\n"', false],
])('a header value %j is safe: %s', (value, safe) => {
  expect(isSafeValue(value)).toBe(safe);
});

test('what is no token is refused, shortened and printable', () => {
  expect(() => assertToken('INVITE', 'method')).not.toThrow();
  expect(() => assertToken('IN VITE', 'method')).toThrow(UnsafeValue);
  expect(() => assertToken('', 'method')).toThrow('method: "" is no token');
  expect(printable('a\r\nb')).toBe('"a\\r\\nb"');
  expect(printable('x'.repeat(500)).length).toBeLessThan(90);
});

test('a detached text equals the original', () => {
  const text = `${'x'.repeat(1000)}branch`;
  expect(detached(text.slice(1000))).toBe('branch');
});

test.each([3, 12, 13, 40])('%d detached characters keep no message alive', (length) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const kept: string[] = [];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let message = 0; message < 500; message++) {
    const text = Buffer.alloc(65_536, `${message} `).toString('latin1');
    kept.push(detached(text.slice(1_000, 1_000 + length)));
  }
  collectGarbage();
  expect(kept.every((text) => text.length === length)).toBe(true);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 * 2 ** 20);
});
