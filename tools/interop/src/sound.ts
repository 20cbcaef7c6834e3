import { octets, run } from './child.ts';

/** G.711's rate; everything that phones record here has it. */
const RATE = 8_000;

/** A file's length in seconds, as sox reads it. */
export async function seconds(file: string): Promise<number> {
  const ran = await run('soxi', ['-D', file]);
  const value = Number(ran.stdout.trim());
  if (ran.code !== 0 || !Number.isFinite(value)) throw new Error(`soxi can't read ${file}: ${ran.stderr.trim()}`);
  return value;
}

export interface Part {
  /** 1 is the left channel. All channels mixed when absent. */
  readonly channel?: number;
  /** Seconds from the file's beginning. */
  readonly from?: number;
  /** Seconds; to the end when absent. */
  readonly length?: number;
}

function effects(part: Part): (string | number)[] {
  return [
    // sox takes the samples of several channels for one row of samples: a stereo tone would read too low.
    'remix',
    part.channel ?? '-',
    ...(part.from === undefined && part.length === undefined
      ? []
      : ['trim', part.from ?? 0, ...(part.length === undefined ? [] : [part.length])]),
  ];
}

/**
 * The tone that dominates, in hertz, by sox's own measure. Resampled first: at 8 kHz the measure reads 1,000 Hz as 974.
 * Good for a steady tone up to 700 Hz; NaN for silence.
 */
export async function tone(file: string, part: Part = {}): Promise<number> {
  const ran = await run('sox', [file, '-n', ...effects(part), 'rate', 48_000, 'stat']);
  const found = /Rough\s+frequency:\s+(-?[\d.]+)/.exec(ran.stderr)?.[1];
  if (ran.code !== 0 || found === undefined) throw new Error(`sox can't judge ${file}: ${ran.stderr.trim()}`);
  const value = Number(found);
  return value > 0 && (await loudness(file, part)) > 0.005 ? value : Number.NaN;
}

/** Root mean square of what is in `part`, 1 being full scale. */
export async function loudness(file: string, part: Part = {}): Promise<number> {
  const ran = await run('sox', [file, '-n', ...effects(part), 'stat']);
  const found = /RMS\s+amplitude:\s+([\d.]+)/.exec(ran.stderr)?.[1];
  if (found === undefined) throw new Error(`sox can't judge ${file}: ${ran.stderr.trim()}`);
  return Number(found);
}

/** The samples of one channel, -1 to 1, at 8 kHz. */
export async function samples(file: string, channel = 1): Promise<Float64Array> {
  const raw = await octets('sox', [file, '-t', 'raw', '-e', 'signed', '-b', 16, '-r', RATE, '-', 'remix', channel]);
  return Float64Array.from({ length: raw.length >> 1 }, (_, i) => raw.readInt16LE(i * 2) / 32_768);
}

/**
 * The part of the sound, 0 to 1, that is `hertz` and nothing but that, by windows of 20 ms: what is silent, torn or noisy is not.
 * Unlike `tone` it says how much of a broken tone is left.
 */
export async function purity(
  file: string,
  hertz: number,
  { channel = 1, from = 0, length }: Part = {},
): Promise<number> {
  const heard = await samples(file, channel);
  const window = RATE / 50;
  const end = length === undefined ? heard.length : Math.min(heard.length, (from + length) * RATE);
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
  let pure = 0;
  let windows = 0;
  for (let at = Math.floor(from * RATE); at + window <= end; at += window) {
    let power = 0;
    let [last, before] = [0, 0];
    for (let i = at; i < at + window; i++) {
      const sample = heard[i] as number;
      power += sample ** 2;
      [last, before] = [sample + turn * last - before, last];
    }
    const ofTone = (last ** 2 + before ** 2 - turn * last * before) / (window / 2);
    windows++;
    if (Math.sqrt(power / window) >= 0.005 && ofTone / power > 0.9) pure++;
  }
  return windows === 0 ? 0 : pure / windows;
}

export interface Gap {
  /** Seconds from the beginning. */
  readonly at: number;
  readonly length: number;
}

/** Stretches of at least `longest` seconds that are quieter than -46 dB, in windows of 20 ms. */
export async function gaps(file: string, channel = 1, longest = 0.1): Promise<Gap[]> {
  const heard = await samples(file, channel);
  const window = RATE / 50;
  const found: Gap[] = [];
  let began: number | undefined;
  const finish = (end: number) => {
    if (began !== undefined && end - began >= longest) found.push({ at: began, length: end - began });
    began = undefined;
  };
  for (let at = 0; at + window <= heard.length; at += window) {
    let power = 0;
    for (let i = at; i < at + window; i++) power += (heard[i] as number) ** 2;
    const quiet = Math.sqrt(power / window) < 0.005;
    if (quiet) began ??= at / RATE;
    else finish(at / RATE);
  }
  finish(heard.length / RATE);
  return found;
}

/** Writes `length` seconds of a tone as 8 kHz mono PCM, which every phone can play. */
export async function writeTone(file: string, hertz: number, length: number): Promise<void> {
  const ran = await run('sox', ['-n', '-r', RATE, '-c', 1, '-b', 16, file, 'synth', length, 'sine', hertz, 'vol', 0.5]);
  if (ran.code !== 0) throw new Error(`sox can't write ${file}: ${ran.stderr.trim()}`);
}

/** Whether `hertz` is `wanted` within `percent`. */
export function sameTone(hertz: number, wanted: number, percent = 2): boolean {
  return Math.abs(hertz - wanted) <= (wanted * percent) / 100;
}

/** How like `wanted` the best place in the first `seconds` of what was heard is; 1 is the same. */
export function likeness(heard: Float64Array, wanted: Float64Array, seconds: number): number {
  let best = 0;
  // A tenth of the samples is enough to find the place by, as both are the same to the sample there.
  for (let at = 0; at < seconds * RATE && at + wanted.length <= heard.length; at++) {
    let [product, one, other] = [0, 0, 0];
    for (let i = 0; i < wanted.length; i += 10) {
      const [a, b] = [heard[at + i] as number, wanted[i] as number];
      product += a * b;
      one += a * a;
      other += b * b;
    }
    best = Math.max(best, product / Math.sqrt(one * other || 1));
  }
  return best;
}
