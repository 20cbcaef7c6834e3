import type { Clock } from '@vats/kernel';
import type { Channel, RecordedParty, RecordingEnd, RecordingFormat } from '../recording/note.ts';
import type { OutputFiles } from '../recording/output-file.ts';
import { Recorder, type RecordingOutcome } from '../recording/recorder.ts';

/** What a recording needs of a leg, or of a room. */
interface Recorded {
  readonly name: string;
  record(recorder: Recorder | undefined, side: 'left' | 'right' | 'both'): void;
}

/** Whose sound a channel holds; undefined when the leg has closed meanwhile. */
export interface ChannelSource<Source> {
  readonly of: Source | undefined;
  /** Of a leg; the parties of a room are told by the room. */
  readonly party?: RecordedParty;
}

/** What a recording of a call is to be. */
export interface RecordingOrder {
  readonly path: string;
  /** The call's id, as its manifest names it. */
  readonly callId: string;
  readonly domain?: string;
  readonly format: RecordingFormat;
  readonly minimumMs: number;
  /** As of `RecordOptions`. */
  readonly quietMs?: number;
  /** Base64 of the file's key and salt, where it is to be encrypted. */
  readonly seal?: { readonly key: string; readonly salt: string };
}

/**
 * The recording of a call, which is bound to the call: who is on its two channels, legs and rooms, may change and close while it runs.
 */
export class CallRecording<Source extends Recorded> {
  readonly #recorder: Recorder;
  readonly #on: { left: Source | undefined; right: Source | undefined } = { left: undefined, right: undefined };

  constructor(
    order: RecordingOrder,
    parts: { readonly clock: Clock; readonly files: OutputFiles; ended(outcome: RecordingOutcome): void },
  ) {
    const { path, callId, domain, format, minimumMs, quietMs, seal } = order;
    this.#recorder = new Recorder({
      seal: seal && { key: Buffer.from(seal.key, 'base64'), salt: Buffer.from(seal.salt, 'base64') },
      ...{ path, call: callId, domain, format, minimumMs, quietMs, clock: parts.clock, files: parts.files },
      ended: (outcome) => {
        this.#on.left?.record(undefined, 'left');
        this.#on.right?.record(undefined, 'left');
        parts.ended(outcome);
      },
    });
  }

  /** From now on the channel holds what this source says; undefined, or a leg that is gone: silence. */
  from(channel: Channel, source: ChannelSource<Source> | undefined): void {
    const before = this.#on[channel];
    const now = source?.of;
    this.#on[channel] = now;
    if (before !== now) this.#attach(before);
    this.#note(channel, source);
    this.#attach(now);
  }

  /** From now on both channels hold what this source says. */
  fromBoth(source: ChannelSource<Source>): void {
    const { left, right } = this.#on;
    this.#on.left = this.#on.right = source.of;
    this.#attach(left);
    this.#attach(right);
    this.#note('left', source);
    this.#note('right', source);
    this.#attach(source.of);
  }

  /** A source is gone: it is noted to have left whatever channel it was on. */
  closed(source: Source): void {
    for (const channel of ['left', 'right'] as const) {
      if (this.#on[channel] === source) this.from(channel, undefined);
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

  #note(channel: Channel, source: ChannelSource<Source> | undefined): void {
    const of = source?.of;
    if (source === undefined || of === undefined) this.#recorder.from(channel, undefined);
    else if (source.party === undefined) this.#recorder.from(channel, { room: of.name });
    else this.#recorder.from(channel, { leg: of.name, party: source.party });
  }

  #attach(source: Source | undefined): void {
    if (source === undefined) return;
    const { left, right } = this.#on;
    if (left !== source && right !== source) source.record(undefined, 'left');
    else source.record(this.#recorder, left !== right ? (left === source ? 'left' : 'right') : 'both');
  }
}
