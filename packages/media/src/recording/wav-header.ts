import { G711_RATE } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';

/** Octets before the first sample: RIFF, `fmt ` of 18, `fact` (which G.711 needs), `data`. */
export const WAV_HEADER_OCTETS = 58;
/** Left and right, interleaved, one octet each. */
export const FRAME_OCTETS = 2;

const FORMAT_TAG: Readonly<Record<Law, number>> = { PCMA: 6, PCMU: 7 };
const FMT_AT = 12;
const FACT_AT = 38;
const DATA_AT = 50;
const DATA_SIZE_AT = 54;

/** The header of a two-channel G.711 WAV that holds so many frames. */
export function wavHeader(law: Law, frames: number): Buffer {
  const data = frames * FRAME_OCTETS;
  const header = Buffer.alloc(WAV_HEADER_OCTETS);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(WAV_HEADER_OCTETS - 8 + data, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(18, FMT_AT + 4);
  header.writeUInt16LE(FORMAT_TAG[law], FMT_AT + 8);
  header.writeUInt16LE(2, FMT_AT + 10); // channels
  header.writeUInt32LE(G711_RATE, FMT_AT + 12);
  header.writeUInt32LE(G711_RATE * FRAME_OCTETS, FMT_AT + 16); // octets a second
  header.writeUInt16LE(FRAME_OCTETS, FMT_AT + 20);
  header.writeUInt16LE(8, FMT_AT + 22); // bits a sample; the extension behind it has 0 octets
  header.write('fact', FACT_AT, 'latin1');
  header.writeUInt32LE(4, FACT_AT + 4);
  header.writeUInt32LE(frames, FACT_AT + 8);
  header.write('data', DATA_AT, 'latin1');
  header.writeUInt32LE(data, DATA_SIZE_AT);
  return header;
}

/** What a header of ours says, or undefined when it is not one. */
export function readWavHeader(header: Buffer): { readonly law: Law; readonly frames: number } | undefined {
  if (header.length < WAV_HEADER_OCTETS) return undefined;
  const law = header.readUInt16LE(FMT_AT + 8) === FORMAT_TAG.PCMU ? 'PCMU' : 'PCMA';
  const frames = Math.floor(header.readUInt32LE(DATA_SIZE_AT) / FRAME_OCTETS);
  return header.subarray(0, WAV_HEADER_OCTETS).equals(wavHeader(law, frames)) ? { law, frames } : undefined;
}
