import { Resampler } from '../codec/resampler.ts';
import type { SamplingRate } from '../codec/sound-codec.ts';
import { TURN_MS } from '../sound/pacer.ts';
import { type Heard, isForSeveral } from '../sound/room.ts';

/** The mixes of one room that several of its parties may hear. */
export class SharedMixes {
  readonly #mixes = new Map<number, SharedMix>();
  #turn = 0;

  nextTurn(): void {
    this.#turn++;
  }

  /** Somebody hears this in the present turn, brought down as by `down`; undefined for what is one party's own. */
  hear({ sound, mix }: Heard, down: Resampler): SharedMix | undefined {
    if (!isForSeveral(mix)) return undefined;
    let shared = this.#mixes.get(mix);
    if (shared === undefined) {
      shared = new SharedMix(down.from, down.to, TURN_MS);
      this.#mixes.set(mix, shared);
    }
    shared.hear(sound, this.#turn);
    return shared;
  }
}

/**
 * What several parties of a room hear in the same turn, brought down to a narrow rate and encoded once for all of them. It is exact for
 * who heard the same mix in the turn before, too: a resampler looks back less than a turn.
 */
class SharedMix {
  readonly #resampler: Resampler;
  readonly #frame: Int16Array;
  #samples = 0;
  #turn = -1;
  /** By the codec's table, and of which turn they are. */
  readonly #octets = new Map<Uint8Array, { turn: number; readonly octets: Uint8Array }>();

  constructor(from: SamplingRate, to: SamplingRate, milliseconds: number) {
    this.#resampler = new Resampler(from, to);
    this.#frame = new Int16Array((to * milliseconds) / 1_000);
  }

  /** Somebody hears this in that turn; only the first time matters. */
  hear(sound: Int16Array, turn: number): void {
    if (turn === this.#turn) return;
    this.#turn = turn;
    this.#samples = this.#resampler.resample(sound, sound.length, this.#frame);
  }

  /** What was heard last, at the narrow rate; as octets by a table as `SoundCodec.octets` gives it. */
  octets(table: Uint8Array): Uint8Array {
    let made = this.#octets.get(table);
    if (made === undefined) {
      made = { turn: -1, octets: new Uint8Array(this.#frame.length) };
      this.#octets.set(table, made);
    }
    if (made.turn !== this.#turn) {
      made.turn = this.#turn;
      for (let i = 0; i < this.#samples; i++) made.octets[i] = table[this.#frame[i]! & 0xffff]!;
    }
    return made.octets;
  }
}
