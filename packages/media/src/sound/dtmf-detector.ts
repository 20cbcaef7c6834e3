import type { DtmfKey } from '../rtp/telephone-event.ts';
import { COLUMNS, KEYPAD, ROWS } from './dtmf-tones.ts';
import { amplitudeOf } from './level.ts';

/** Length of what is judged at a time: long enough to part 697 from 770 Hz, and two of them fit into any 40 ms. */
const BLOCK_SECONDS = 102 / 8_000;
/** Both tones are louder than this, in dBm0. */
const FAINTEST = -36;
/** The share of all energy that the two tones make up: a voice has more partials than two. */
const SHARE = 0.68;
/**
 * By how much the higher tone may be louder, and quieter, than the lower one: 8 and 4 dB (Q.24), and what the louder tone does to
 * the measure of the other one in so short a block.
 */
const MOST_TWIST = 10 ** 1.1;
const MOST_REVERSE_TWIST = 10 ** 0.75;
/** A tone beside the other three of its group, and beside its own second harmonic, which a voice has and a key has not. */
const ABOVE_GROUP = 10 ** 0.7;
const ABOVE_HARMONIC = 10 ** 1.0;
/** Blocks in a row that begin a press, and that end it: a break of 10 ms in a press is none (Q.24). */
const TO_BEGIN = 2;
const TO_END = 3;
/** A column this near to a row's second harmonic can't be told from it, in Hz. */
const TOO_NEAR = 120;

/**
 * Hears key presses in sound (ITU-T Q.24): one press for one key, however long it is held. Fed with samples as they come, in
 * pieces of any length; it allocates nothing, and a quiet stretch costs it nearly nothing.
 */
export class DtmfDetector {
  readonly #pressed: (key: DtmfKey, milliseconds: number) => void;
  readonly #block: Int16Array;
  readonly #blockMs: number;
  readonly #rows: readonly Resonator[];
  readonly #columns: readonly Resonator[];
  readonly #rowHarmonics: readonly Resonator[];
  readonly #columnHarmonics: readonly Resonator[];
  readonly #quiet: number;
  readonly #faintest: number;
  readonly #powers = new Float64Array(8);
  #filled = 0;
  /** What the last block held, and in how many in a row. */
  #last: DtmfKey | undefined;
  #run = 0;
  /** The press under way. */
  #key: DtmfKey | undefined;
  #blocks = 0;
  #misses = 0;

  /**
   * @param rate of the samples: 8,000, 16,000 or 48,000 a second
   * @param pressed told once a press, when it is over, and how long it was to about 13 ms
   */
  constructor(rate: number, pressed: (key: DtmfKey, milliseconds: number) => void) {
    this.#pressed = pressed;
    const length = Math.round(rate * BLOCK_SECONDS);
    this.#block = new Int16Array(length);
    this.#blockMs = (1_000 * length) / rate;
    const resonators = (hertz: readonly number[], times: number) =>
      hertz.map((each) => new Resonator(each * times, rate));
    this.#rows = resonators(ROWS, 1);
    this.#columns = resonators(COLUMNS, 1);
    this.#rowHarmonics = resonators(ROWS, 2);
    this.#columnHarmonics = resonators(COLUMNS, 2);
    // A resonator answers a sine with its amplitude times half the block, squared.
    this.#faintest = ((amplitudeOf(FAINTEST) * length) / 2) ** 2;
    this.#quiet = length * amplitudeOf(FAINTEST) ** 2;
  }

  hear(sound: Int16Array, samples = sound.length): void {
    const block = this.#block;
    let filled = this.#filled;
    for (let i = 0; i < samples; i++) {
      block[filled++] = sound[i]!;
      if (filled < block.length) continue;
      filled = 0;
      this.#judge(this.#keyOf(block));
    }
    this.#filled = filled;
  }

  /** Whether a press is under way: what is fed now is its tone, or was until a moment ago. */
  get hearsKey(): boolean {
    return this.#key !== undefined || this.#last !== undefined;
  }

  /** There is no more: a press under way is over. */
  end(): void {
    this.#over();
    this.#last = undefined;
    this.#run = 0;
    this.#filled = 0;
  }

  #judge(key: DtmfKey | undefined): void {
    this.#run = key === this.#last ? this.#run + 1 : 1;
    this.#last = key;
    if (this.#key !== undefined) {
      if (key === this.#key) {
        this.#blocks += this.#misses + 1;
        this.#misses = 0;
        return;
      }
      const another = key !== undefined && this.#run >= TO_BEGIN;
      if (++this.#misses < TO_END && !another) return;
      this.#over();
    }
    if (key === undefined || this.#run < TO_BEGIN) return;
    this.#key = key;
    this.#blocks = this.#run;
    this.#misses = 0;
  }

  #over(): void {
    const key = this.#key;
    this.#key = undefined;
    if (key !== undefined) this.#pressed(key, Math.round(this.#blocks * this.#blockMs));
  }

  #keyOf(block: Int16Array): DtmfKey | undefined {
    let energy = 0;
    for (let i = 0; i < block.length; i++) energy += block[i]! ** 2;
    if (energy < this.#quiet) return undefined;
    const row = this.#loudest(this.#rows, block, 0);
    if (row < 0) return undefined;
    const column = this.#loudest(this.#columns, block, 4);
    if (column < 0) return undefined;
    const low = this.#powers[row]!;
    const high = this.#powers[4 + column]!;
    if (high > low * MOST_TWIST || low > high * MOST_REVERSE_TWIST) return undefined;
    if ((low + high) * (2 / block.length) < SHARE * energy) return undefined;
    if (
      Math.abs(2 * ROWS[row]! - COLUMNS[column]!) > TOO_NEAR &&
      // What a column much louder than its row spills there is no harmonic.
      this.#rowHarmonics[row]!.power(block) * ABOVE_HARMONIC > Math.max(low, high / 2)
    ) {
      return undefined;
    }
    if (this.#columnHarmonics[column]!.power(block) * ABOVE_HARMONIC > high) return undefined;
    return KEYPAD[row]![column] as DtmfKey;
  }

  /** The place of the one tone of a group that stands out; -1 when none does. */
  #loudest(group: readonly Resonator[], block: Int16Array, at: number): number {
    const powers = this.#powers;
    let best = 0;
    for (let i = 0; i < 4; i++) {
      powers[at + i] = group[i]!.power(block);
      if (powers[at + i]! > powers[at + best]!) best = i;
    }
    if (powers[at + best]! < this.#faintest) return -1;
    for (let i = 0; i < 4; i++) if (i !== best && powers[at + i]! * ABOVE_GROUP > powers[at + best]!) return -1;
    return best;
  }
}

/** How much of one frequency there is, by Goertzel's algorithm. */
class Resonator {
  readonly #twiceCos: number;

  constructor(hertz: number, rate: number) {
    this.#twiceCos = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  }

  power(block: Int16Array): number {
    const twiceCos = this.#twiceCos;
    let last = 0;
    let before = 0;
    for (let i = 0; i < block.length; i++) {
      const next = block[i]! + twiceCos * last - before;
      before = last;
      last = next;
    }
    return last * last + before * before - twiceCos * last * before;
  }
}
