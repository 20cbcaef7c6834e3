import { G711_RATE } from '../rtp/g711.ts';
import type { Law } from '../sdp/codec.ts';
import type { Channel, Note } from './note.ts';

const MS = G711_RATE / 1000;
/** Lost sound that is shorter is not worth a note: three packets of 20 ms. */
export const GAP_MS = 60;
/** Who says nothing for so long has stopped; a phone that is silent between words has not. */
export const QUIET_MS = 1_000;
/** A gap may be mended by late packets for so long; then it is noted. */
const MENDABLE_MS = 1_000;
/** A jump of the sequence numbers that no loss explains. */
const LOST_AT_MOST = 3_000;

/**
 * What is noted of one channel: when it was heard, what was lost, what it was in. A packet that follows its forerunner
 * costs a comparison; notes are made when something changes. Times are frames of the recording.
 */
export class ChannelNotes {
  readonly #channel: Channel;
  readonly #tell: (note: Note) => void;
  #law: Law | undefined;
  #heard = false;
  /** Behind the newest sample. */
  #end = 0;
  #ssrc = -1;
  #sequence = 0;
  #gapFrom = -1;
  #gapTo = 0;
  #gapPackets = 0;

  constructor(channel: Channel, tell: (note: Note) => void) {
    this.#channel = channel;
    this.#tell = tell;
  }

  hear(law: Law, ssrc: number, sequence: number, frame: number, frames: number): void {
    if (frame === this.#end && this.#heard && law === this.#law) {
      this.#end = frame + frames;
    } else if (!this.#change(law, ssrc, sequence, frame, frames)) {
      return;
    }
    this.#ssrc = ssrc;
    this.#sequence = sequence;
  }

  /** Another party from now on, or nobody; or the recording pauses: what was heard ends here. @param at nothing behind it was kept */
  stop(at = Number.POSITIVE_INFINITY): void {
    this.#noteGap();
    if (this.#heard) this.#tell({ note: 'quiet', channel: this.#channel, ms: Math.min(this.#end, at) / MS });
    this.#heard = false;
    this.#ssrc = -1;
  }

  /** To be called a few times a second with the present frame. */
  tick(now: number): void {
    if (this.#gapFrom >= 0 && now - this.#gapTo > MENDABLE_MS * MS) this.#noteGap();
    if (this.#heard && now - this.#end > 2 * QUIET_MS * MS) this.stop();
  }

  // False for a packet that is older than one before it.
  #change(law: Law, ssrc: number, sequence: number, frame: number, frames: number): boolean {
    const end = this.#end;
    if (this.#heard && frame + frames <= end && ssrc === this.#ssrc) {
      this.#mend(frame);
      return false;
    }
    const missing = frame - end;
    if (this.#heard && missing >= GAP_MS * MS) {
      const lost = ssrc === this.#ssrc ? (sequence - this.#sequence - 1) & 0xffff : 0;
      if (lost > 0 && lost <= LOST_AT_MOST) {
        this.#noteGap();
        this.#gapFrom = end;
        this.#gapTo = frame;
        this.#gapPackets = lost;
      }
      if (missing >= QUIET_MS * MS) this.stop();
    }
    if (law !== this.#law) {
      this.#law = law;
      this.#tell({ note: 'codec', channel: this.#channel, ms: Math.max(0, frame) / MS, codec: law });
    }
    if (!this.#heard) {
      this.#heard = true;
      this.#tell({ note: 'heard', channel: this.#channel, ms: Math.max(0, frame) / MS });
    }
    this.#end = Math.max(end, frame + frames);
    return true;
  }

  #mend(frame: number): void {
    if (frame < this.#gapFrom || frame >= this.#gapTo) return;
    if (--this.#gapPackets === 0) this.#gapFrom = -1;
  }

  #noteGap(): void {
    if (this.#gapFrom < 0) return;
    const [from, to, packets] = [this.#gapFrom / MS, this.#gapTo / MS, this.#gapPackets];
    this.#gapFrom = -1;
    this.#tell({ note: 'gap', channel: this.#channel, ms: from, toMs: to, packets });
  }
}
