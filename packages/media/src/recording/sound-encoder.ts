/** Makes another format of a recording's sound. What it gives out is the encoder's memory: use it before the next call. */
export interface SoundEncoder {
  /** What the file begins with. */
  readonly head: Uint8Array;
  /** Takes G.711, two channels interleaved, whole frames. */
  encode(octets: Buffer): Uint8Array;
  /** The rest of the file; nothing may follow. */
  finish(): Uint8Array;
}
