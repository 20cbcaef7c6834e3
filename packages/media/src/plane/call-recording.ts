import type { Clock } from '@vats/kernel';
import type { Channel, RecordedParty, RecordingEnd, RecordingFormat } from '../recording/note.ts';
import type { OutputFiles } from '../recording/output-file.ts';
import { Recorder, type RecordingOutcome } from '../recording/recorder.ts';

/** What of a leg a recording needs. */
interface RecordedLeg {
  readonly name: string;
  record(recorder: Recorder | undefined, side: 'left' | 'right' | 'both'): void;
}

/** Whose sound a channel holds; the leg is undefined when it has closed meanwhile. */
export interface ChannelSource<Leg> {
  readonly leg: Leg | undefined;
  readonly party: RecordedParty;
}

/** What a recording of a call is to be. */
export interface RecordingOrder {
  readonly path: string;
  /** The call's id, as its manifest names it. */
  readonly callId: string;
  readonly domain?: string;
  readonly format: RecordingFormat;
  readonly minimumMs: number;
  /** Base64 of the file's key and salt, where it is to be encrypted. */
  readonly seal?: { readonly key: string; readonly salt: string };
}

/**
 * The recording of a call, which is bound to the call: the legs on its two channels may change and close while it runs.
 */
export class CallRecording<Leg extends RecordedLeg> {
  readonly #recorder: Recorder;
  readonly #on: { left: Leg | undefined; right: Leg | undefined } = { left: undefined, right: undefined };

  constructor(
    order: RecordingOrder,
    parts: { readonly clock: Clock; readonly files: OutputFiles; ended(outcome: RecordingOutcome): void },
  ) {
    const { path, callId, domain, format, minimumMs, seal } = order;
    this.#recorder = new Recorder({
      seal: seal && { key: Buffer.from(seal.key, 'base64'), salt: Buffer.from(seal.salt, 'base64') },
      ...{ path, call: callId, domain, format, minimumMs, clock: parts.clock, files: parts.files },
      ended: (outcome) => {
        this.#on.left?.record(undefined, 'left');
        this.#on.right?.record(undefined, 'left');
        parts.ended(outcome);
      },
    });
  }

  /** From now on the channel holds what this leg says; undefined, or a leg that is gone: silence. */
  from(channel: Channel, source: ChannelSource<Leg> | undefined): void {
    const before = this.#on[channel];
    const leg = source?.leg;
    this.#on[channel] = leg;
    if (before !== leg) this.#attach(before);
    this.#attach(leg);
    this.#recorder.from(channel, leg && source && { leg: leg.name, party: source.party });
  }

  /** A leg of the call is gone: whoever was on its channel is noted to have left. */
  legClosed(leg: Leg): void {
    for (const channel of ['left', 'right'] as const) {
      if (this.#on[channel] === leg) this.from(channel, undefined);
    }
  }

  pause(): void {
    this.#recorder.pause();
  }

  resume(): void {
    this.#recorder.resume();
  }

  tick(): void {
    this.#recorder.tick();
  }

  finish(why: RecordingEnd): void {
    this.#recorder.finish(why);
  }

  /** A fault of ours: it ends with what is on disk. */
  fail(error: Error): void {
    this.#recorder.fail(error);
  }

  #attach(leg: Leg | undefined): void {
    if (leg === undefined) return;
    const { left, right } = this.#on;
    if (left !== leg && right !== leg) leg.record(undefined, 'left');
    else leg.record(this.#recorder, left !== right ? (left === leg ? 'left' : 'right') : 'both');
  }
}
