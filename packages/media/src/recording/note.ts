import type { RecordingFault } from './sound-writer.ts';

/** Which channel of the file. */
export type Channel = 'left' | 'right';

/** Where in the file something is: `mix` is on both channels. */
export type RecordedOn = Channel | 'mix';

/** Who is recorded, as whoever commands the recording names them. */
export interface RecordedParty {
  /** What a person dials or sees. */
  readonly number: string;
  readonly name?: string;
}

/**
 * Why a recording ended: with its call, because somebody asked, because nobody was heard for as long as it waits, because the disk
 * has no room left for more, because the switch was killed, or by a fault of its own.
 */
export type RecordingEnd = 'call-ended' | 'stopped' | 'quiet' | 'low-disk' | 'killed' | RecordingFault;

/** In what a recording lies when its call is over. `wav` is G.711 as it was received. */
export type RecordingFormat = 'wav' | 'pcm' | 'mp3' | 'ogg' | 'opus';

/**
 * One line of a recording's journal. Times are milliseconds since its beginning, by a clock that never steps. A kill may cut
 * the last line; what came before it stands.
 */
export type Note =
  | {
      readonly note: 'begun';
      readonly version: 1;
      readonly call: string;
      /** `Domain.id`: whose key an encrypted recording is under. */
      readonly domain?: string;
      /** Wall time, milliseconds since the epoch. */
      readonly at: number;
      /** What is to become of the file. */
      readonly format: RecordingFormat;
      /** A recording that is shorter is not kept. */
      readonly minimumMs: number;
    }
  /** From now on the channel holds what this leg says, or what is heard in this room; without any, nothing. */
  | ({
      readonly note: 'from';
      readonly channel: Channel;
      readonly ms: number;
      readonly leg?: string;
      readonly room?: string;
    } & Partial<RecordedParty>)
  /** Somebody is in the room that is recorded there, by the name that they have in it. */
  | ({
      readonly note: 'joined';
      readonly channel: RecordedOn;
      readonly ms: number;
      readonly leg: string;
    } & RecordedParty)
  | {
      readonly note: 'left' | 'talks' | 'silent';
      readonly channel: RecordedOn;
      readonly ms: number;
      readonly leg: string;
    }
  /** Packets begin to come, and stop. */
  | { readonly note: 'heard' | 'quiet'; readonly channel: Channel; readonly ms: number }
  /** Packets of the channel were lost between these times; silence stands there. */
  | {
      readonly note: 'gap';
      readonly channel: Channel;
      readonly ms: number;
      readonly toMs: number;
      readonly packets: number;
    }
  | { readonly note: 'codec'; readonly channel: Channel; readonly ms: number; readonly codec: string }
  | { readonly note: 'paused' | 'resumed'; readonly ms: number }
  /** Notes that were too many to be kept. */
  | { readonly note: 'left-out'; readonly count: number }
  | {
      readonly note: 'ended';
      readonly ms: number;
      readonly at: number;
      readonly why: RecordingEnd;
      readonly detail?: string;
    };

export function writeNote(note: Note): string {
  return `${JSON.stringify(note)}\n`;
}

/** The notes of a journal up to the first line that is not whole; notes that do not say what they must are left out. */
export function readNotes(text: string): Note[] {
  const notes: Note[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    try {
      const note: unknown = JSON.parse(line);
      if (typeof note !== 'object' || note === null || !('note' in note)) break;
      if (isNote(note)) notes.push(note as Note);
    } catch {
      break;
    }
  }
  return notes;
}

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => Number.isFinite(value);
/** One that a date can be made of. */
const isMoment: Check = (value) => isNumber(value) && Math.abs(value as number) <= 8.64e15;
const isText: Check = (value) => typeof value === 'string';
const isTextOrMissing: Check = (value) => value === undefined || isText(value);
const isChannel: Check = (value) => value === 'left' || value === 'right';
const isRecordedOn: Check = (value) => value === 'mix' || isChannel(value);
const FORMATS: readonly RecordingFormat[] = ['wav', 'pcm', 'mp3', 'ogg', 'opus'];
const isFormat: Check = (value) => FORMATS.includes(value as RecordingFormat);
const OF_A_ROOM = { channel: isRecordedOn, ms: isNumber, leg: isText };

/** A damaged note must not keep a recording from being finished: whoever reads one may trust its fields. */
const FIELDS: Readonly<Record<Note['note'], Readonly<Record<string, Check>>>> = {
  begun: { call: isText, domain: isTextOrMissing, at: isMoment, format: isFormat, minimumMs: isNumber },
  from: {
    ...{ channel: isChannel, ms: isNumber, leg: isTextOrMissing, room: isTextOrMissing },
    ...{ number: isTextOrMissing, name: isTextOrMissing },
  },
  joined: { ...OF_A_ROOM, number: isText, name: isTextOrMissing },
  left: OF_A_ROOM,
  talks: OF_A_ROOM,
  silent: OF_A_ROOM,
  heard: { channel: isChannel, ms: isNumber },
  quiet: { channel: isChannel, ms: isNumber },
  gap: { channel: isChannel, ms: isNumber, toMs: isNumber, packets: isNumber },
  codec: { channel: isChannel, ms: isNumber, codec: isText },
  paused: { ms: isNumber },
  resumed: { ms: isNumber },
  'left-out': { count: isNumber },
  ended: { ms: isNumber, at: isMoment, why: isText, detail: isTextOrMissing },
};

function isNote(note: { readonly note: unknown }): boolean {
  const kind = String(note.note);
  if (!Object.hasOwn(FIELDS, kind)) return false;
  const fields = FIELDS[kind as Note['note']];
  return Object.entries(fields).every(([name, check]) => check(note[name as 'note']));
}
