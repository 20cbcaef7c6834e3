import { bad, good, type Parsed } from '@vats/kernel';

/** How one sample stands in a WAV file. */
export type SampleForm = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'alaw' | 'mulaw';

/** Where the sound of a WAV file lies and how it is written. */
export interface WavForm {
  readonly form: SampleForm;
  /** Frames a second; any from SLOWEST to FASTEST. */
  readonly rate: number;
  readonly channels: number;
  /** Octets of one frame: of all channels. */
  readonly frameOctets: number;
  readonly frames: number;
  /** Offset of the first frame. */
  readonly dataAt: number;
}

/** Why a file is no sound of ours. */
export type WavFault =
  | 'no-wav'
  | 'cut-short'
  | 'no-format'
  | 'no-data'
  | 'empty'
  | 'encoding'
  | 'rate'
  | 'channels'
  | 'too-long';

const IMPORT = 'convert it with `vats prompts import`';

/** Each fault for a person, with what to do about it. */
export const WAV_FAULTS: Readonly<Record<WavFault, string>> = {
  'no-wav': `the file is not a WAV: ${IMPORT}`,
  'cut-short': `the file ends inside its header: ${IMPORT} from a whole copy`,
  'no-format': `the WAV does not say how its sound is written (it has no fmt chunk): ${IMPORT}`,
  'no-data': `the WAV has no sound in it (no data chunk): ${IMPORT} from a whole copy`,
  empty: 'the WAV holds no sound at all: record it again',
  encoding: `the sound inside the WAV is neither PCM, float, A-law nor µ-law: ${IMPORT}`,
  rate: `the WAV's sampling rate is not between 4 and 192 kHz: ${IMPORT}`,
  channels: `the WAV has no channel, or more than 32: ${IMPORT}`,
  'too-long': `the sound is longer than an hour: cut it, or ${IMPORT} in parts`,
};

const SLOWEST = 4_000;
const FASTEST = 192_000;
const MOST_CHANNELS = 32;
const LONGEST_SECONDS = 3_600;
const CHUNK_HEADER = 8;
const EXTENSIBLE = 0xfffe;
/** The size of a data chunk that says 0. */
const LEFT_OPEN = -1;

/** Octets of a sample as it stands, by its form. */
export const SAMPLE_OCTETS: Readonly<Record<SampleForm, number>> = {
  u8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
  alaw: 1,
  mulaw: 1,
};

interface Format {
  readonly form: SampleForm;
  readonly rate: number;
  readonly channels: number;
}

/**
 * Finds the sound in a WAV file (RIFF, Microsoft's "Multimedia Programming Interface and Data Specifications 1.0"). What
 * writers are known to get wrong is forgiven: sizes of 0, of 0xFFFFFFFF or beyond the file's end, chunks of odd length without
 * the octet that fills them up, chunks in any order, a last frame that is not whole.
 */
export function readWavForm(file: Uint8Array): Parsed<WavForm, WavFault> {
  const octets = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (octets.length < 12) return bad(nameAt(octets, 0) === 'RIFF' ? 'cut-short' : 'no-wav');
  if (nameAt(octets, 0) !== 'RIFF' || nameAt(octets, 8) !== 'WAVE') return bad('no-wav');
  let format: Parsed<Format, WavFault> | undefined;
  let data: { readonly at: number; readonly size: number } | undefined;
  let at = 12;
  while (at + CHUNK_HEADER <= octets.length && (format === undefined || data === undefined)) {
    const name = nameAt(octets, at);
    const said = octets.readUInt32LE(at + 4);
    const begin = at + CHUNK_HEADER;
    const size = Math.min(said, octets.length - begin);
    if (name === 'fmt ') format = readFormat(octets, begin, size);
    else if (name === 'data') data = { at: begin, size: said === 0 ? LEFT_OPEN : size };
    at = nextChunk(octets, begin + size);
  }
  if (format === undefined) return bad(at > octets.length || octets.length < 44 ? 'cut-short' : 'no-format', at, 'fmt');
  if (!format.ok) return format;
  if (data === undefined) return bad('no-data', at, 'data');
  const { form, rate, channels } = format.value;
  const frameOctets = SAMPLE_OCTETS[form] * channels;
  // Not for each such chunk: a file of nothing else would be walked through once a chunk.
  const size = data.size === LEFT_OPEN ? sizeLeftOpen(octets, data.at) : data.size;
  const frames = Math.floor(size / frameOctets);
  if (frames === 0) return bad('empty', data.at, 'data');
  if (frames > rate * LONGEST_SECONDS) return bad('too-long', data.at, 'data');
  return good({ form, rate, channels, frameOctets, frames, dataAt: data.at });
}

function readFormat(octets: Buffer, at: number, size: number): Parsed<Format, WavFault> {
  if (size < 16) return bad('cut-short', at, 'fmt');
  const tag = octets.readUInt16LE(at);
  const channels = octets.readUInt16LE(at + 2);
  const rate = octets.readUInt32LE(at + 4);
  const align = octets.readUInt16LE(at + 12);
  const bits = octets.readUInt16LE(at + 14);
  if (channels < 1 || channels > MOST_CHANNELS) return bad('channels', at + 2, 'fmt');
  if (rate < SLOWEST || rate > FASTEST) return bad('rate', at + 4, 'fmt');
  // Of the extensible form the real tag is the beginning of a GUID.
  const real = tag === EXTENSIBLE && size >= 26 ? octets.readUInt16LE(at + 24) : tag;
  // A sample of 20 bits stands in 24, at their upper end; the frame's size says so when the bits do not.
  const width = align % channels === 0 && align > 0 ? (8 * align) / channels : 8 * Math.ceil(bits / 8);
  const form = FORMS.get(`${real}/${width}`);
  return form === undefined ? bad('encoding', at, 'fmt') : good({ form, rate, channels });
}

const FORMS: ReadonlyMap<string, SampleForm> = new Map([
  ['1/8', 'u8'],
  ['1/16', 's16'],
  ['1/24', 's24'],
  ['1/32', 's32'],
  ['3/32', 'f32'],
  ['3/64', 'f64'],
  ['6/8', 'alaw'],
  ['7/8', 'mulaw'],
]);

/** Who writes to a pipe can't say the size afterwards: all the rest is sound, unless chunks follow up to the very end. */
function sizeLeftOpen(octets: Buffer, begin: number): number {
  let at = begin;
  while (at + CHUNK_HEADER <= octets.length && isName(octets, at)) {
    at += CHUNK_HEADER + octets.readUInt32LE(at + 4);
    if (at % 2 === 1 && at < octets.length) at++;
  }
  return at > begin && at === octets.length ? 0 : octets.length - begin;
}

/** A chunk of odd size is filled up by one octet; not all writers do so. */
function nextChunk(octets: Buffer, end: number): number {
  return end % 2 === 1 && !isName(octets, end) ? end + 1 : end;
}

function isName(octets: Buffer, at: number): boolean {
  if (at + CHUNK_HEADER > octets.length) return false;
  for (let i = at; i < at + 4; i++) if (octets[i]! < 0x20 || octets[i]! > 0x7e) return false;
  return true;
}

function nameAt(octets: Buffer, at: number): string {
  return octets.toString('latin1', at, at + 4);
}
