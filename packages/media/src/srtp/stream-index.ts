/** Packets behind the newest one that may still come, each once (RFC 3711 §3.3.2 asks for 64 at least). */
export const REPLAY_WINDOW = 128;
/** What `guess` says of a number that stands before the first packet there can be, or behind the last. */
export const NO_INDEX = -1;

const SEQUENCES = 0x10000;
const HALF = 0x8000;
const ROLL_OVERS = 2 ** 32;

/** The numbers of one SSRC's packets under one key: their roll-over counter, and which of them there have been. */
export class StreamIndex {
  #highest = NO_INDEX;
  /** Bit n: there was the packet n below the highest. */
  readonly #seen = new Uint32Array(REPLAY_WINDOW / 32);

  /** The index that a sequence number most likely means (RFC 3711 §3.3.1): of the first packet, its own. */
  guess(sequence: number): number {
    if (this.#highest === NO_INDEX) return sequence;
    const last = this.#highest % SEQUENCES;
    let rolledOver = Math.floor(this.#highest / SEQUENCES);
    if (last < HALF && sequence - last > HALF) rolledOver--;
    else if (last >= HALF && sequence < last - HALF) rolledOver++;
    return rolledOver < 0 || rolledOver >= ROLL_OVERS ? NO_INDEX : rolledOver * SEQUENCES + sequence;
  }

  /** Whether that packet was there, or is too old to tell. */
  has(index: number): boolean {
    const behind = this.#highest - index;
    if (behind < 0) return false;
    return behind >= REPLAY_WINDOW || (this.#seen[behind >> 5]! & (1 << (behind & 31))) !== 0;
  }

  /** That packet is there; `has` it must not. */
  note(index: number): void {
    const ahead = index - this.#highest;
    if (ahead > 0) {
      this.#shift(this.#highest === NO_INDEX ? REPLAY_WINDOW : Math.min(ahead, REPLAY_WINDOW));
      this.#highest = index;
      this.#seen[0]! |= 1;
    } else if (ahead > -REPLAY_WINDOW) {
      this.#seen[-ahead >> 5]! |= 1 << (-ahead & 31);
    }
  }

  #shift(by: number): void {
    const seen = this.#seen;
    const words = by >> 5;
    const bits = by & 31;
    for (let i = seen.length - 1; i >= 0; i--) {
      const from = i - words;
      let word = from < 0 ? 0 : seen[from]! << bits;
      if (bits > 0 && from > 0) word |= seen[from - 1]! >>> (32 - bits);
      seen[i] = word;
    }
  }
}
