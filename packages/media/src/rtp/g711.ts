import alawmulaw from 'alawmulaw';
import type { Law } from '../sdp/codec.ts';

/** Samples a second, and octets too. */
export const G711_RATE = 8000;

/** The octet that is silence in each law. */
export const SILENCE: Readonly<Record<Law, number>> = { PCMA: 0xd5, PCMU: 0xff };

function tableOf(decode: (octet: number) => number, encode: (sample: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => encode(decode(octet)));
}

const { alaw, mulaw } = alawmulaw;
const ALAW_TO_MULAW = tableOf(alaw.decodeSample, mulaw.encodeSample);
const MULAW_TO_ALAW = tableOf(mulaw.decodeSample, alaw.encodeSample);

/** Octet for octet, `from` said in `to`; undefined when they are the same law. */
export function conversion(from: Law, to: Law): Uint8Array | undefined {
  if (from === to) return undefined;
  return from === 'PCMA' ? ALAW_TO_MULAW : MULAW_TO_ALAW;
}

/** Of each octet its sample, on the scale of 16 bits. */
export const G711_TO_LINEAR: Readonly<Record<Law, Int16Array>> = {
  PCMA: Int16Array.from({ length: 256 }, (_, octet) => alaw.decodeSample(octet)),
  PCMU: Int16Array.from({ length: 256 }, (_, octet) => mulaw.decodeSample(octet)),
};
