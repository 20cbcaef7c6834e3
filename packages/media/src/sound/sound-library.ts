import type { Clock } from '@vats/kernel';
import type { SamplingRate } from '../codec/sound-codec.ts';
import { WavDecoding } from './wav-decoding.ts';
import { readWavForm, WAV_FAULTS } from './wav-form.ts';

/** The rim to the disk for prompts and music; a test puts a slow or a broken one in its place. */
export interface SoundFiles {
  /** Tells when the file was last changed (any number that a change changes) and its size. */
  look(path: string, done: (found: { readonly changed: number; readonly size: number } | Error) => void): void;
  read(path: string, done: (octets: Uint8Array | Error) => void): void;
}

/** A file that can't be played, in one clear line for a person. */
export class SoundFault {
  readonly path: string;
  readonly detail: string;

  constructor(path: string, detail: string) {
    this.path = path;
    this.detail = detail;
  }
}

/** A file that is being made readable. */
export interface Opening {
  /** Some of it: a millisecond of work. Undefined while there is more to do; then the WAV, or why there is none. */
  step(): Uint8Array | Error | undefined;
}

/** A whole piece of sound at one rate; shared by all who play it, so nobody writes to it. */
export type Clip = Readonly<Int16Array>;

export interface SoundLibraryOptions {
  readonly files: SoundFiles;
  readonly clock: Clock;
  /** What makes a file that is no WAV one; undefined for a file that is to be read as it is. */
  readonly opener?: (path: string, octets: Uint8Array, key: string | undefined) => Opening | undefined;
  /** Octets of decoded sound that are kept; what was not asked for longest goes first. */
  readonly keep?: number;
  /** Octets that a file may have. */
  readonly largestFile?: number;
}

interface Kept {
  readonly clip: Clip;
  readonly changed: number;
  readonly size: number;
}

interface Awaited {
  readonly done: ((clip: Clip | SoundFault) => void)[];
}

const KEEP = 64 * 2 ** 20;
const LARGEST_FILE = 128 * 2 ** 20;
/** Samples decoded in one go: a millisecond or two of the thread. */
const PORTION = 8_000;
/** Files that are read at the same time; more come after them. */
const AT_ONCE = 4;
/** Loads under way and waiting; a caller beyond hears that the machine is busy. */
const MOST_AWAITED = 256;

/**
 * Sound files as clips, each decoded once for each rate and kept while there is room. A file that has changed on disk is read
 * again. Every question is answered exactly once, in a later turn.
 */
export class SoundLibrary {
  readonly #files: SoundFiles;
  readonly #clock: Clock;
  readonly #opener: NonNullable<SoundLibraryOptions['opener']>;
  readonly #keep: number;
  readonly #largestFile: number;
  /** In the order in which they were last asked for. */
  readonly #kept = new Map<string, Kept>();
  readonly #awaited = new Map<string, Awaited>();
  readonly #waiting: (() => void)[] = [];
  #working = 0;
  #octets = 0;

  constructor(options: SoundLibraryOptions) {
    this.#files = options.files;
    this.#clock = options.clock;
    this.#opener = options.opener ?? (() => undefined);
    this.#keep = options.keep ?? KEEP;
    this.#largestFile = options.largestFile ?? LARGEST_FILE;
  }

  /** Octets of sound that are kept now. */
  get octets(): number {
    return this.#octets;
  }

  /** @param secret with which a file is opened that needs one */
  get(path: string, rate: SamplingRate, done: (clip: Clip | SoundFault) => void, secret?: string): void {
    const key = `${rate} ${path}`;
    const awaited = this.#awaited.get(key);
    if (awaited !== undefined) {
      awaited.done.push(done);
      return;
    }
    if (this.#awaited.size >= MOST_AWAITED) {
      const fault = new SoundFault(path, `${path}: ${MOST_AWAITED} other sound files are being read; try again later`);
      this.later(() => done(fault));
      return;
    }
    this.#awaited.set(key, { done: [done] });
    const begin = (): void => this.#begin(path, rate, key, secret);
    if (this.#working < AT_ONCE) begin();
    else this.#waiting.push(begin);
  }

  /** Runs `then` in a later turn. */
  later(then: () => void): void {
    this.#clock.after(0, then);
  }

  #begin(path: string, rate: SamplingRate, key: string, secret: string | undefined): void {
    this.#working++;
    this.#files.look(path, (found) => {
      if (found instanceof Error) {
        this.#answer(key, new SoundFault(path, `${path} can't be read: ${found.message}`));
        return;
      }
      const kept = this.#kept.get(key);
      if (kept !== undefined && kept.changed === found.changed && kept.size === found.size) {
        this.#kept.delete(key);
        this.#kept.set(key, kept);
        this.#answer(key, kept.clip);
        return;
      }
      this.#forget(key);
      if (found.size > this.#largestFile) {
        const limit = Math.floor(this.#largestFile / 2 ** 20);
        const detail = `${path} is larger than ${limit} MiB: make it smaller with \`vats prompts import\``;
        this.#answer(key, new SoundFault(path, detail));
        return;
      }
      this.#files.read(path, (octets) => {
        if (octets instanceof Error) {
          this.#answer(key, new SoundFault(path, `${path} can't be read: ${octets.message}`));
          return;
        }
        const read = (wav: Uint8Array): void => {
          const form = readWavForm(wav);
          if (form.ok) this.#decode(key, new WavDecoding(wav, form.value, rate), found);
          else this.#answer(key, new SoundFault(path, `${path}: ${WAV_FAULTS[form.error.code]}`));
        };
        const opening = this.#opener(path, octets, secret);
        if (opening === undefined) read(octets);
        else this.#open(key, path, opening, read);
      });
    });
  }

  #open(key: string, path: string, opening: Opening, read: (wav: Uint8Array) => void): void {
    const opened = opening.step();
    if (opened === undefined) this.#clock.after(0, () => this.#open(key, path, opening, read));
    else if (opened instanceof Error) this.#answer(key, new SoundFault(path, `${path}: ${opened.message}`));
    else read(opened);
  }

  #decode(key: string, decoding: WavDecoding, found: { readonly changed: number; readonly size: number }): void {
    if (!decoding.step(PORTION)) {
      this.#clock.after(0, () => this.#decode(key, decoding, found));
      return;
    }
    const { changed, size } = found;
    this.#remember(key, { clip: decoding.sound, changed, size });
    this.#answer(key, decoding.sound);
  }

  #answer(key: string, clip: Clip | SoundFault): void {
    const awaited = this.#awaited.get(key)!;
    this.#awaited.delete(key);
    this.#working--;
    this.#waiting.shift()?.();
    for (const done of awaited.done) done(clip);
  }

  #remember(key: string, kept: Kept): void {
    if (kept.clip.byteLength > this.#keep) return;
    this.#kept.set(key, kept);
    this.#octets += kept.clip.byteLength;
    for (const oldest of this.#kept.keys()) {
      if (this.#octets <= this.#keep) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#octets -= kept.clip.byteLength;
  }
}
