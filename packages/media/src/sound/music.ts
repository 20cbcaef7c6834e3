import type { SamplingRate } from '../codec/sound-codec.ts';
import { Player } from './player.ts';
import type { Clip } from './sound-library.ts';
import type { SoundSource } from './sound-source.ts';

/** Where the listeners of a class of music are: all at one place, as with a radio, or each at the beginning. */
export type MusicPosition = 'shared' | 'own';

/** Music begins softly, as it breaks in on a talk. */
const FADE_IN_MS = 200;

/**
 * One class of music on hold: titles that are played in a ring. As all listeners are served by the same clock, a shared
 * position needs nothing in common but the moment at which the class began.
 */
export class Music {
  readonly rate: SamplingRate;
  readonly #clips: readonly Clip[];
  readonly #position: MusicPosition;
  readonly #startedAt: number;

  /** @param startedAt monotonic milliseconds; 'shared' positions count from then */
  constructor(options: { rate: SamplingRate; clips: readonly Clip[]; position: MusicPosition; startedAt: number }) {
    this.rate = options.rate;
    this.#clips = options.clips;
    this.#position = options.position;
    this.#startedAt = options.startedAt;
  }

  /**
   * @param now monotonic milliseconds
   * @param heardMs what this listener has heard before: an own position goes on from there
   */
  listen(now: number, options: { volume?: number; heardMs?: number } = {}): Player {
    const fromMs = this.#position === 'shared' ? Math.max(0, now - this.#startedAt) : (options.heardMs ?? 0);
    return new Player({
      rate: this.rate,
      pieces: this.#clips.map((clip) => ({ clip })),
      times: Number.POSITIVE_INFINITY,
      volume: options.volume ?? 0,
      fromMs,
      fadeInMs: FADE_IN_MS,
    });
  }
}

/** Silence of a length, or without end. */
export class Silence implements SoundSource {
  readonly rate: SamplingRate;
  #left: number;

  constructor(rate: SamplingRate, milliseconds = Number.POSITIVE_INFINITY) {
    this.rate = rate;
    this.#left = Math.round((milliseconds * rate) / 1_000);
  }

  read(out: Int16Array): number {
    out.fill(0);
    const samples = Math.min(out.length, this.#left);
    this.#left -= samples;
    return samples;
  }
}
