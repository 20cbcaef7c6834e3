import { expect, test } from 'vitest';
import { conversion, SILENCE } from './g711.ts';

/** ITU-T G.711 tables 1a and 2a, from the formulas: a decoder that is not the package's. */
function decodeAlaw(octet: number): number {
  const bits = octet ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = bits & 15;
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

function decodeMulaw(octet: number): number {
  const bits = ~octet & 0xff;
  const magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

test.each([
  ['PCMA', 'PCMU', decodeAlaw, decodeMulaw],
  ['PCMU', 'PCMA', decodeMulaw, decodeAlaw],
] as const)('%s said in %s stays within half a step of what it was', (from, to, decodeFrom, decodeTo) => {
  const table = conversion(from, to)!;
  for (let octet = 0; octet < 256; octet++) {
    const was = decodeFrom(octet);
    const is = decodeTo(table[octet]!);
    expect(Math.abs(is - was), `${octet}: ${was} became ${is}`).toBeLessThanOrEqual(Math.abs(was) / 16 + 16);
  }
});

test('one law needs no table; silence is the quietest octet', () => {
  expect(conversion('PCMA', 'PCMA')).toBeUndefined();
  expect(decodeAlaw(SILENCE.PCMA)).toBe(8);
  expect(decodeMulaw(SILENCE.PCMU)).toBe(0);
  expect(conversion('PCMU', 'PCMA')![SILENCE.PCMU]).toBe(SILENCE.PCMA);
});
