import type { Cancel } from '@vats/kernel';
import { carriesTones, type MediaEvent, type RecordingEnd } from '@vats/media';
import type { CallContext } from '../call-context.ts';
import { CALLER } from '../call-state.ts';
import { roomOrderOf } from '../room-order.ts';
import type { Draft } from './mailboxes.ts';

/** How a recording ended. `durationMs`: of what is kept, without the silence at its end. */
export interface SoloEnd {
  readonly durationMs: number;
  /** `limit`: it is as long as it may become. `failed`: by a fault, and what of it is on the disk is not known. */
  readonly why: RecordingEnd | 'limit' | 'failed';
}

interface Running {
  readonly draft: Draft;
  readonly quietMs: number;
  readonly ended: (end: SoloEnd) => void;
  /** The media plane was told. */
  ordered: boolean;
  isLimited: boolean;
  stopTimer: Cancel;
}

type SoloCall = Pick<CallContext, 'id' | 'origin' | 'parts' | 'legs' | 'log' | 'recorder'>;

/**
 * Records the caller alone, for a mailbox: one recording at a time, in whatever codec they have. How it ended is told also when the call is
 * over by then. It takes the caller into a room of their own, where nobody is heard who is silent, so that silence is known.
 */
export class SoloRecorder {
  readonly #call: SoloCall;
  #running: Running | undefined;
  /** How the caller is in the room, as it was last ordered. */
  #entered = '';

  constructor(call: SoloCall) {
    this.#call = call;
  }

  /** The call's media is recorded into a file that is no conversation's. */
  get runs(): boolean {
    return this.#running !== undefined;
  }

  /**
   * @param quietMs it ends by itself when nothing was heard for so long
   * @param ended told once, in a later turn
   * @returns false where the caller has no codec that can be recorded: nothing was begun, and nothing will be told
   */
  begin(draft: Draft, quietMs: number, ended: (end: SoloEnd) => void): boolean {
    if (this.#running !== undefined) throw new Error(`${this.#call.id} is recorded for a mailbox already`);
    this.#entered = '';
    if (!this.#enter()) return false;
    this.#running = { draft, quietMs, ended, ordered: false, isLimited: false, stopTimer: () => {} };
    const { recorder } = this.#call;
    // What was said before a transfer ends here; the media plane records one thing at a time.
    if (recorder.occupied) recorder.stop('stopped');
    else this.#order();
    return true;
  }

  /** The caller's sound has other numbers now. False where it can't be recorded any more. */
  changed(): boolean {
    return this.#running === undefined || this.#enter();
  }

  stop(why: RecordingEnd): void {
    const running = this.#running;
    if (running === undefined) return;
    if (running.ordered) this.#call.legs.media?.stopRecording(why);
    else this.#end({ durationMs: 0, why });
  }

  /** The call's conversation is recorded no more, or one of the recordings here has ended. */
  onMedia(event: Extract<MediaEvent, { kind: 'recording-finished' | 'recording-failed' }>): void {
    const running = this.#running;
    if (running === undefined) return;
    if (!running.ordered) {
      this.#order();
      return;
    }
    if (event.path !== running.draft.path) return;
    if (event.kind === 'recording-finished')
      this.#end({ durationMs: event.durationMs, why: running.isLimited ? 'limit' : event.why });
    else {
      const { path, reason, detail } = event;
      this.#call.log.error('recording.failed', { path, reason, detail });
      this.#end({ durationMs: event.durationMs, why: 'failed' });
    }
  }

  /** Whether this recording is of this path. */
  has(path: string): boolean {
    return this.#running?.ordered === true && this.#running.draft.path === path;
  }

  /** The call's media is gone: nothing more comes of what runs. */
  close(): void {
    if (this.#running !== undefined) this.#end({ durationMs: 0, why: 'failed' });
  }

  #order(): void {
    const { legs, origin, id } = this.#call;
    const running = this.#running;
    const { media } = legs;
    if (running === undefined) return;
    if (media === undefined || legs.caller === undefined) {
      this.#end({ durationMs: 0, why: 'call-ended' });
      return;
    }
    running.ordered = true;
    const { path, seal, longestMs } = running.draft;
    running.stopTimer = this.#call.parts.clock.after(longestMs, () => {
      running.isLimited = true;
      this.stop('stopped');
    });
    media.record({ path, domain: origin.domain.id, mix: { room: roomOf(id) }, quietMs: running.quietMs, seal });
  }

  #enter(): boolean {
    const { legs, id } = this.#call;
    const { caller, media } = legs;
    if (caller === undefined || media === undefined) return false;
    const order = roomOrderOf(caller, { room: roomOf(id), as: CALLER, presence: 'talk' });
    if (order === undefined) return false;
    const entered = JSON.stringify(order);
    if (entered === this.#entered) return true;
    this.#entered = entered;
    media.joinRoom(caller.media, order);
    const { events, sound } = caller.sdp.heardIn;
    // In a room nobody listens for keys in the sound.
    media.hearTones(caller.media, events.length > 0 ? [] : sound.filter(([, encoding]) => carriesTones(encoding)));
    return true;
  }

  #end(end: SoloEnd): void {
    const running = this.#running;
    this.#running = undefined;
    running?.stopTimer();
    const { caller, media } = this.#call.legs;
    if (caller !== undefined) {
      media?.hearTones(caller.media, []);
      media?.unbridge(caller.media);
    }
    running?.ended(end);
  }
}

function roomOf(call: string): string {
  return `message ${call}`;
}
