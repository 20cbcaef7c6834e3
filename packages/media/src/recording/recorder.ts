import type { Clock } from '@vats/kernel';
import { G711_RATE } from '../rtp/g711.ts';
import { rtpMarker, rtpSequence, rtpSsrc, rtpTimestamp } from '../rtp/packet.ts';
import type { Law } from '../sdp/codec.ts';
import { ChannelNotes } from './channel-notes.ts';
import { JournalWriter } from './journal-writer.ts';
import type { Channel, RecordedOn, RecordedParty, RecordingEnd, RecordingFormat } from './note.ts';
import type { OutputFiles } from './output-file.ts';
import { journalOf } from './recording-files.ts';
import { RoomNotes } from './room-notes.ts';
import { type Seal, SealedWriter } from './sealed-writer.ts';
import { SoundWindow, WINDOW_FRAMES } from './sound-window.ts';
import type { RecordingFault, SoundOutcome, SoundWriter } from './sound-writer.ts';
import { TalkspurtAnchor } from './talkspurt-anchor.ts';
import { WavWriter } from './wav-writer.ts';

/** Which channel of the file a leg is on; `both` when it is recorded alone with its own echo. */
export type Side = 'left' | 'right' | 'both';

/** How a recording ended. */
export interface RecordingOutcome {
  readonly path: string;
  readonly law: Law;
  readonly durationMs: number;
  readonly octets: number;
  readonly why: RecordingEnd;
  /** Why it ended before it was finished. */
  readonly fault: RecordingFault | undefined;
  readonly detail: string;
}

/** What is to be recorded, and what is to become of it. */
export interface RecorderOptions {
  /** Of the sound file; the journal lies beside it. */
  readonly path: string;
  readonly call: string;
  readonly domain?: string | undefined;
  readonly format: RecordingFormat;
  readonly minimumMs: number;
  /** It ends when nothing was heard for so long, and holds no more of a silence at its end than a breath: a message, not a conversation. */
  readonly quietMs?: number | undefined;
  /** Encrypts it. */
  readonly seal?: Seal | undefined;
  readonly files: OutputFiles;
  readonly clock: Clock;
  readonly ended: (outcome: RecordingOutcome) => void;
}

/** How often sound goes to disk. */
const FLUSH_EVERY_MS = 500;
/** A packet that holds more than a second of sound is not telephony. */
const LONGEST_PACKET = G711_RATE;
/** What may come before the first packet once another one was late. */
const LEAD_FRAMES = G711_RATE / 5;
/** How long an encrypted recording waits for sound to be in its law. */
const LAW_AWAITED_FRAMES = 2 * G711_RATE;
const FRAMES_PER_MS = G711_RATE / 1000;
/** What stays of the silence at the end of a recording that ends by itself. */
const BREATH_FRAMES = G711_RATE / 2;

/**
 * One recording of one call: takes RTP as it arrives, puts it on the call's time line, and has it written. The file's
 * law is that of the first sound; what comes in the other one is converted. Whose sound a channel holds may change while
 * it runs, and it may pause: silence is written then. What happened when is noted in a journal beside the file.
 */
export class Recorder {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #writer: SoundWriter;
  readonly #isSealed: boolean;
  readonly #quietFrames: number;
  /** Where what was heard last ends. */
  #heardTo = 0;
  readonly #journal: JournalWriter;
  #left = new TalkspurtAnchor();
  #right = new TalkspurtAnchor();
  readonly #leftNotes: ChannelNotes;
  readonly #rightNotes: ChannelNotes;
  readonly #rooms = new Set<RoomNotes>();
  #window: SoundWindow | undefined;
  #flushedAt: number;
  #paused = false;
  /** Nothing of what was said before it is kept: where the last pause ended. */
  #floor = Number.NEGATIVE_INFINITY;
  #why: RecordingEnd = 'call-ended';
  #finished = false;

  constructor(options: RecorderOptions) {
    const { path, files, clock, call, domain, format, minimumMs, quietMs } = options;
    this.#quietFrames = quietMs === undefined ? Number.POSITIVE_INFINITY : quietMs * FRAMES_PER_MS;
    this.#path = path;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
    this.#flushedAt = this.#startedAt;
    // The journal first: where it can't be made there is no sound file either that nobody could tell the story of.
    this.#journal = new JournalWriter({
      path: journalOf(path),
      files,
      failed: (error) => {
        this.#finished = true;
        this.#writer.fail(error);
      },
    });
    this.#journal.note({
      ...({ note: 'begun', version: 1, call, at: clock.now(), format, minimumMs } as const),
      ...(domain !== undefined && { domain }),
    });
    this.#journal.flush();
    this.#leftNotes = new ChannelNotes('left', (note) => this.#journal.note(note));
    this.#rightNotes = new ChannelNotes('right', (note) => this.#journal.note(note));
    const writer = {
      ...{ path, files },
      ended: ({ frames, fault, detail, octets }: SoundOutcome) => {
        this.#finished = true;
        const durationMs = frames / FRAMES_PER_MS;
        const why = fault ?? this.#why;
        this.#journal.note({
          ...({ note: 'ended', ms: durationMs, at: clock.now(), why } as const),
          ...(detail !== '' && { detail }),
        });
        const law = this.#window?.law ?? 'PCMA';
        this.#journal.close(() => options.ended({ path, law, durationMs, octets, why, fault, detail }));
      },
    };
    const { seal } = options;
    this.#isSealed = seal !== undefined;
    this.#writer = seal === undefined ? new WavWriter({ ...writer, clock }) : new SealedWriter({ ...writer, seal });
  }

  get path(): string {
    return this.#path;
  }

  /** From now on the channel holds what this leg says, or what is heard in this room; undefined: nobody is on it. */
  from(
    channel: Channel,
    source: { readonly leg: string; readonly party: RecordedParty } | { readonly room: string } | undefined,
  ): void {
    if (this.#finished) return;
    const ms = this.#now() / FRAMES_PER_MS;
    if (channel === 'left') {
      this.#leftNotes.stop();
      this.#left = new TalkspurtAnchor();
    } else {
      this.#rightNotes.stop();
      this.#right = new TalkspurtAnchor();
    }
    if (source === undefined) this.#journal.note({ note: 'from', channel, ms });
    else if ('room' in source) this.#journal.note({ note: 'from', channel, ms, room: source.room });
    else {
      const { number, name } = source.party;
      this.#journal.note({ note: 'from', channel, ms, leg: source.leg, number, ...(name !== undefined && { name }) });
    }
  }

  /** Begins to note who is in a room that is recorded there; to be closed when it is not any more. */
  noteRoom(on: RecordedOn): RoomNotes {
    const notes = new RoomNotes(on, {
      now: () => this.#now() / FRAMES_PER_MS,
      tell: (note) => {
        if (!this.#finished) this.#journal.note(note);
      },
      closed: (closed) => void this.#rooms.delete(closed),
    });
    this.#rooms.add(notes);
    return notes;
  }

  /** Whether sound is kept now. */
  get keeps(): boolean {
    return !this.#paused && !this.#finished;
  }

  /** From now on silence is written, and nothing of the sound is kept. Idempotent. */
  pause(): void {
    if (this.#paused || this.#finished) return;
    this.#paused = true;
    const at = this.#now();
    // A source whose first packet was late has all others put that much behind their arrival.
    this.#window?.silence(at);
    this.#leftNotes.stop(at);
    this.#rightNotes.stop(at);
    for (const room of this.#rooms) room.stop();
    this.#journal.note({ note: 'paused', ms: at / FRAMES_PER_MS });
  }

  /** Sound is kept again. Idempotent. */
  resume(): void {
    if (!this.#paused || this.#finished) return;
    this.#paused = false;
    // Who was late before the pause is not put into it: each side is anchored anew, on what comes from now on.
    this.#left = new TalkspurtAnchor();
    this.#right = new TalkspurtAnchor();
    this.#floor = this.#now();
    this.#journal.note({ note: 'resumed', ms: this.#floor / FRAMES_PER_MS });
  }

  /** A G.711 packet of one side that came at `now`, by the recorder's clock: its payload is octets `at` up to `end`. */
  hear(side: Side, law: Law, packet: Uint8Array, at: number, end: number, now = this.#clock.monotonic()): void {
    const frames = end - at;
    if (this.#paused || this.#finished || frames <= 0 || frames > LONGEST_PACKET) return;
    const arrival = this.#frameAt(now);
    const ssrc = rtpSsrc(packet);
    const anchor = side === 'right' ? this.#right : this.#left;
    const frame = anchor.place(ssrc, rtpTimestamp(packet), rtpMarker(packet), frames, arrival);
    // Reordered behind the end of a pause: it was said within it.
    if (frame < this.#floor) return;
    this.#heardTo = Math.max(this.#heardTo, frame + frames);
    const window = this.#advance(Math.max(frame, 0), this.#window ?? this.#begin(law, frame));
    const sequence = rtpSequence(packet);
    if (side !== 'right') {
      window.write(0, frame, packet, at, end, law);
      this.#leftNotes.hear(law, ssrc, sequence, frame, frames);
    }
    if (side !== 'left') {
      window.write(1, frame, packet, at, end, law);
      this.#rightNotes.hear(law, ssrc, sequence, frame, frames);
    }
  }

  /** To be called a few times a second: writes what has come together. */
  tick(): void {
    const now = this.#clock.monotonic();
    if (this.#finished || now - this.#flushedAt < FLUSH_EVERY_MS) return;
    this.#flushedAt = now;
    const frame = this.#now();
    if (!this.#paused && frame - this.#heardTo >= this.#quietFrames) {
      this.finish('quiet');
      return;
    }
    this.#leftNotes.tick(frame);
    this.#rightNotes.tick(frame);
    for (const room of this.#rooms) room.tick();
    // An encrypted file is written from its beginning on, so it can't wait for ever for the law of the first sound.
    const end = this.#end(frame);
    if (this.#window === undefined && this.#isSealed && end > LAW_AWAITED_FRAMES) this.#begin('PCMA', end);
    // First, so that a kill leaves no sound whose story is not told.
    this.#journal.flush();
    if (this.#window !== undefined) {
      this.#advance(end, this.#window).extend(end);
      this.#flush(this.#window);
    }
  }

  /** The recording is over: the file gets its true length, silence up to now included, unless it is one that ends by itself. Idempotent. */
  finish(why: RecordingEnd = 'call-ended'): void {
    if (this.#finished) return;
    this.#leftNotes.stop();
    this.#rightNotes.stop();
    for (const room of this.#rooms) room.stop();
    this.#finished = true;
    this.#why = why;
    this.#journal.flush();
    const window = this.#window;
    const end = this.#end(this.#now());
    if (window === undefined) this.#writer.writeSilence(end);
    else {
      this.#advance(end, window).extend(end);
      this.#flush(window);
    }
    this.#writer.finish();
  }

  /** The recording can't go on, nor be finished: it ends with what is on disk, and says so. */
  fail(error: Error): void {
    this.#finished = true;
    this.#writer.fail(error);
  }

  #now(): number {
    return this.#frameAt(this.#clock.monotonic());
  }

  #frameAt(monotonic: number): number {
    return Math.floor((monotonic - this.#startedAt) * FRAMES_PER_MS);
  }

  /** Up to where the file is to hold sound. */
  #end(now: number): number {
    if (this.#quietFrames === Number.POSITIVE_INFINITY) return now;
    return this.#heardTo === 0 ? 0 : Math.min(now, this.#heardTo + BREATH_FRAMES);
  }

  // Before the first sound nothing is written, so that the file can be in the law of the call.
  #begin(law: Law, frame: number): SoundWindow {
    const start = Math.max(0, frame - LEAD_FRAMES);
    this.#writer.law = law;
    this.#writer.writeSilence(start);
    this.#window = new SoundWindow(law, start);
    return this.#window;
  }

  // Hands on in portions what would not fit into the window otherwise, which takes a worker that was stopped for seconds.
  #advance(frame: number, window: SoundWindow): SoundWindow {
    while (frame - window.changedFrom > WINDOW_FRAMES / 2) {
      window.extend(window.changedFrom + WINDOW_FRAMES / 2);
      this.#flush(window);
    }
    return window;
  }

  #flush(window: SoundWindow): void {
    const changed = window.take();
    if (changed !== undefined) this.#writer.write(changed.frame, changed.octets);
  }
}
