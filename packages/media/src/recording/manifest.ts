import type { Law } from '../sdp/codec.ts';
import type { Channel, Note, RecordedOn, RecordedParty, RecordingEnd } from './note.ts';

/** A recording that ended so holds all that it was given. */
const GOOD_ENDS: readonly RecordingEnd[] = ['call-ended', 'stopped', 'quiet', 'low-disk'];

/** A stretch of a recording, milliseconds from its beginning. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Who is on a channel, or on both as a party of a mix: a leg, or a party by its name in the room, and who is behind it. */
interface Heard extends Stretch {
  readonly channel: RecordedOn;
  readonly leg: string;
  readonly party: RecordedParty;
}

/**
 * What is in a recording: written beside it, as NAME.json, when it has ended. All times but the two of the wall clock are
 * milliseconds from the beginning of the sound, by a clock that never steps.
 */
export interface Manifest {
  readonly manifest: 1;
  readonly call: string;
  /** `Domain.id`. */
  readonly domain?: string;
  /** `complete`: holds all that it was given. `failed`: ended early by a fault. `repaired`: a kill cut it off. */
  readonly state: 'complete' | 'failed' | 'repaired';
  /** ISO 8601, UTC. `endedAt` is missing where a kill cut the recording off. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly end: RecordingEnd;
  readonly detail?: string;
  /** Name of the sound file in the same directory. */
  readonly file: string;
  readonly format: 'wav-g711' | 'wav-pcm16' | 'mp3' | 'ogg-vorbis' | 'ogg-opus';
  /** The law of the file, where it is G.711. */
  readonly law?: Law;
  readonly encrypted: boolean;
  readonly durationMs: number;
  /** Of the file, and their SHA-256 in hexadecimal. */
  readonly octets: number;
  readonly sha256: string;
  /** Who was to be recorded on which channel. */
  readonly parties: readonly Heard[];
  /** When packets came from whom; of a room's parties when they talked. Pauses of less than a second are not told. */
  readonly heard: readonly Heard[];
  readonly gaps: readonly (Stretch & { readonly channel: Channel; readonly packets: number })[];
  /** From when on a channel was received in which codec. */
  readonly codecs: readonly { readonly channel: Channel; readonly atMs: number; readonly codec: string }[];
  /** While it was paused; silence stands there. */
  readonly pauses: readonly Stretch[];
  /** Notes that were too many to be kept: the lists above end early. */
  readonly leftOut?: number;
  /** Why the file is not in the format that it was to be in. */
  readonly unconverted?: string;
  /** Where the file lies besides here, or instead; the copy of the manifest that lies there does not say it. */
  readonly stored?: StoredElsewhere;
}

/** An object of an S3-compatible server. */
export interface StoredElsewhere {
  /** https://HOST */
  readonly endpoint: string;
  readonly bucket: string;
  readonly key: string;
  /** When it was found to lie there whole: ISO 8601, UTC. */
  readonly at: string;
}

/** What the sound file itself says. */
export interface SoundFacts {
  readonly file: string;
  readonly format: Manifest['format'];
  readonly law?: Law;
  readonly encrypted: boolean;
  readonly durationMs: number;
  readonly octets: number;
  readonly sha256: string;
  readonly unconverted?: string;
}

/**
 * Makes the manifest of what the journal noted and the sound file says. A journal without its end was cut off by a kill: what
 * was open there ends with the sound.
 *
 * @param fallback what is known of a recording whose journal says nothing
 */
export function manifestOf(
  notes: readonly Note[],
  sound: SoundFacts,
  fallback: { readonly call: string; readonly at: number },
): Manifest {
  const draft = new Draft(sound.durationMs);
  for (const note of notes) draft.take(note);
  return draft.finish(sound, fallback);
}

/** A manifest as it stands in its file. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

class Draft {
  readonly #durationMs: number;
  readonly #parties: Heard[] = [];
  readonly #heard: Heard[] = [];
  readonly #gaps: Manifest['gaps'][number][] = [];
  readonly #codecs: Manifest['codecs'][number][] = [];
  readonly #pauses: Stretch[] = [];
  readonly #openParty: Partial<Record<Channel, Omit<Heard, 'toMs'>>> = {};
  readonly #openHeard: Partial<Record<Channel, Omit<Heard, 'toMs'>>> = {};
  /** Parties of rooms by channel and name. */
  readonly #inRooms = new Map<string, { readonly party: Omit<Heard, 'toMs'>; talksFrom: number | undefined }>();
  #pausedAt: number | undefined;
  #begun: Extract<Note, { note: 'begun' }> | undefined;
  #ended: Extract<Note, { note: 'ended' }> | undefined;
  #leftOut = 0;

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  take(note: Note): void {
    switch (note.note) {
      case 'begun':
        this.#begun = note;
        break;
      case 'from':
        this.#close(note.channel, note.ms);
        if (note.leg !== undefined) {
          const { channel, leg, ms, number = '', name } = note;
          this.#openParty[channel] = {
            channel,
            leg,
            party: { number, ...(name !== undefined && { name }) },
            fromMs: ms,
          };
        }
        break;
      case 'heard': {
        const party = this.#openParty[note.channel];
        if (party !== undefined) this.#openHeard[note.channel] = { ...party, fromMs: note.ms };
        break;
      }
      case 'quiet':
        this.#quiet(note.channel, note.ms);
        break;
      case 'joined': {
        const { channel, leg, ms, number, name } = note;
        const party = { channel, leg, party: { number, ...(name !== undefined && { name }) }, fromMs: ms };
        this.#inRooms.set(`${channel} ${leg}`, { party, talksFrom: undefined });
        break;
      }
      case 'talks': {
        const found = this.#inRooms.get(`${note.channel} ${note.leg}`);
        if (found !== undefined) found.talksFrom ??= note.ms;
        break;
      }
      case 'silent':
        this.#fallsSilent(`${note.channel} ${note.leg}`, note.ms);
        break;
      case 'left':
        this.#leave(`${note.channel} ${note.leg}`, note.ms);
        break;
      case 'gap':
        this.#gaps.push({ channel: note.channel, ...this.#stretch(note.ms, note.toMs), packets: note.packets });
        break;
      case 'codec':
        this.#codecs.push({ channel: note.channel, atMs: note.ms, codec: note.codec });
        break;
      case 'paused':
        this.#pausedAt ??= note.ms;
        break;
      case 'resumed':
        this.#resume(note.ms);
        break;
      case 'left-out':
        this.#leftOut = note.count;
        break;
      case 'ended':
        this.#ended = note;
        break;
    }
  }

  finish(sound: SoundFacts, fallback: { readonly call: string; readonly at: number }): Manifest {
    for (const channel of ['left', 'right'] as const) this.#close(channel, this.#durationMs);
    for (const key of [...this.#inRooms.keys()]) this.#leave(key, this.#durationMs);
    this.#resume(this.#durationMs);
    const [begun, ended] = [this.#begun, this.#ended];
    const end = ended?.why ?? 'killed';
    const byFault = !GOOD_ENDS.includes(end);
    return {
      manifest: 1,
      call: begun?.call ?? fallback.call,
      ...(begun?.domain !== undefined && { domain: begun.domain }),
      state: ended === undefined ? 'repaired' : byFault ? 'failed' : 'complete',
      startedAt: new Date(begun?.at ?? fallback.at).toISOString(),
      ...(ended !== undefined && { endedAt: new Date(ended.at).toISOString() }),
      end,
      ...(ended?.detail !== undefined && { detail: ended.detail }),
      ...sound,
      parties: this.#parties,
      heard: this.#heard,
      gaps: this.#gaps,
      codecs: this.#codecs,
      pauses: this.#pauses,
      ...(this.#leftOut > 0 && { leftOut: this.#leftOut }),
    };
  }

  #close(channel: Channel, ms: number): void {
    this.#quiet(channel, ms);
    const party = this.#openParty[channel];
    if (party !== undefined) this.#push(this.#parties, { ...party, ...this.#stretch(party.fromMs, ms) });
    delete this.#openParty[channel];
  }

  #quiet(channel: Channel, ms: number): void {
    const heard = this.#openHeard[channel];
    if (heard !== undefined) this.#push(this.#heard, { ...heard, ...this.#stretch(heard.fromMs, ms) });
    delete this.#openHeard[channel];
  }

  #leave(key: string, ms: number): void {
    this.#fallsSilent(key, ms);
    const found = this.#inRooms.get(key);
    if (found !== undefined) this.#push(this.#parties, { ...found.party, ...this.#stretch(found.party.fromMs, ms) });
    this.#inRooms.delete(key);
  }

  #fallsSilent(key: string, ms: number): void {
    const found = this.#inRooms.get(key);
    if (found?.talksFrom === undefined) return;
    this.#push(this.#heard, { ...found.party, ...this.#stretch(found.talksFrom, ms) });
    found.talksFrom = undefined;
  }

  #resume(ms: number): void {
    if (this.#pausedAt !== undefined) this.#pauses.push(this.#stretch(this.#pausedAt, ms));
    this.#pausedAt = undefined;
  }

  #push(list: Heard[], { channel, leg, party, fromMs, toMs }: Heard): void {
    if (toMs > fromMs) list.push({ channel, leg, party, fromMs, toMs });
  }

  // The journal may be ahead of the sound that a killed process got to the disk.
  #stretch(fromMs: number, toMs: number): Stretch {
    const within = (ms: number): number => Math.max(0, Math.min(ms, this.#durationMs));
    return { fromMs: within(fromMs), toMs: within(toMs) };
  }
}
