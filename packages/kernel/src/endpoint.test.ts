import { expect, test } from 'vitest';
import { formatEndpoint, parseEndpoint } from './endpoint.ts';

test.each(['127.0.0.1:5060', '[::1]:5060', '0.0.0.0:0', '[2001:db8::1]:65535'])(
  '%s is read and written back',
  (text) => {
    const parsed = parseEndpoint(text);
    expect(parsed.ok && formatEndpoint(parsed.value)).toBe(text);
  },
);

test.each([
  ['127.0.0.1', 'no-port'],
  ['', 'no-port'],
  ['::1:5060', 'not-an-address'],
  ['[127.0.0.1]:5060', 'not-an-address'],
  ['pbx.example:5060', 'not-an-address'],
  ['127.0.0.1:', 'bad-port'],
  ['127.0.0.1:65536', 'bad-port'],
  ['127.0.0.1:5x', 'bad-port'],
])('%s is refused as %s', (text, code) => {
  const parsed = parseEndpoint(text);
  expect(parsed.ok ? 'good' : parsed.error.code).toBe(code);
});
