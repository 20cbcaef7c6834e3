import { MAX_DROPOUT, MAX_MISORDER } from '../rtp/sequence-bounds.ts';

/** A packet that is late, or came before. */
export const LATE = -1;
/** A packet of another stream than those before it, or of one that began anew. */
export const RESTARTED = -2;

/** Puts the packets of a stream in a row, by SSRC and sequence number. */
export class PacketOrder {
  #ssrc = -1;
  #highest = 0;

  /** Whatever comes next is another stream's. */
  forget(): void {
    this.#ssrc = -1;
  }

  /** How many packets are missing before this one; LATE; RESTARTED. */
  place(ssrc: number, sequence: number): number {
    const step = (sequence - this.#highest) & 0xffff;
    const back = (0x1_0000 - step) & 0xffff;
    if (ssrc === this.#ssrc && back <= MAX_MISORDER) return LATE;
    const follows = ssrc === this.#ssrc && step <= MAX_DROPOUT;
    this.#ssrc = ssrc;
    this.#highest = sequence;
    return follows ? step - 1 : RESTARTED;
  }
}
