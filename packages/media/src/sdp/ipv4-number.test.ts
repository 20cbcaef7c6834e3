import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ipv4Number } from './ipv4-number.ts';

test.each([
  ['0.0.0.0', 0],
  ['0.0.1.2', 258],
  ['192.0.2.1', 0xc000_0201],
  ['255.255.255.255', 0xffff_ffff],
])('%s is %d', (text, number) => {
  expect(ipv4Number(text)).toBe(number);
});

test('it knows exactly the addresses that the socket knows', () => {
  const octet = fc.oneof(
    fc.nat(300).map(String),
    fc.constantFrom('', '0', '00', '01', '010', '256', '-1', '1e1', ' 1'),
  );
  const dotted = fc.array(octet, { minLength: 3, maxLength: 5 }).map((octets) => octets.join('.'));
  fc.assert(
    fc.property(fc.oneof(dotted, fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
      expect(ipv4Number(text) !== undefined).toBe(isIPv4(text));
    }),
    { numRuns: 2_000 },
  );
});
