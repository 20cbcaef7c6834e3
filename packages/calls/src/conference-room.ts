import type { MediaCall, RecordingEnd } from '@vats/media';
import { type Conference, type Domain, MOST_SEATS, recordsConference } from '@vats/pbx';
import type { Party } from './call-event.ts';
import { ConferenceRecording } from './conference-recording.ts';
import type { ConferenceSnapshot } from './conferences.ts';
import type { CallsParts, RecordingTerms } from './parts.ts';
import { BEEP, type Sound } from './speaker.ts';

/** Somebody in a conference, by their own call. */
export interface Attendee {
  /** The call's id. */
  readonly call: string;
  readonly party: Party;
  /** Their call's media: all of a room lives in one worker. */
  readonly media: MediaCall;
  /** They hear this in place of the room, once, after whatever they are being told. */
  tell(sound: Sound): void;
  /** Nobody else is there, or somebody is. */
  alone(isAlone: boolean): void;
}

/** Whoever keeps account of what is being recorded in all conferences. */
export interface Recordings {
  readonly began: (recording: ConferenceRecording) => void;
  readonly over: (recording: ConferenceRecording) => void;
}

/** One conference while somebody is in it: who that is, what they are told of each other, and its recording. */
export class ConferenceRoom {
  /** As the media plane knows it. */
  readonly name: string;
  readonly #parts: CallsParts;
  readonly #domain: Domain;
  readonly #conference: Conference;
  readonly #empty: () => void;
  readonly #recordings: Recordings;
  readonly #since: number;
  readonly #attendees = new Set<Attendee>();
  #recording: ConferenceRecording | undefined;

  constructor(options: {
    parts: CallsParts;
    domain: Domain;
    conference: Conference;
    recordings: Recordings;
    empty: () => void;
  }) {
    this.#recordings = options.recordings;
    this.#parts = options.parts;
    this.#domain = options.domain;
    this.#conference = options.conference;
    this.#empty = options.empty;
    this.#since = options.parts.clock.now();
    this.name = `conference ${options.domain.id} ${options.conference.extension}`;
  }

  /** @param conference as the model has it now, which may be another than when the first one came */
  hasSeat({ seats = MOST_SEATS }: Conference): boolean {
    return this.#attendees.size < seats;
  }

  /** False when all seats are taken. */
  join(conference: Conference, attendee: Attendee): boolean {
    if (!this.hasSeat(conference)) return false;
    this.#announce('conference-joined');
    this.#attendees.add(attendee);
    if (this.#attendees.size === 1) this.#begin(attendee);
    else for (const other of this.#attendees) if (other !== attendee) other.alone(false);
    if (this.#attendees.size === 1) attendee.alone(true);
    return true;
  }

  leave(attendee: Attendee): void {
    if (!this.#attendees.delete(attendee)) return;
    if (this.#attendees.size === 0) {
      this.#recording?.close();
      this.#empty();
      return;
    }
    this.#announce('conference-left');
    const [last] = this.#attendees;
    if (this.#attendees.size === 1) last?.alone(true);
  }

  /** What whoever comes is to hear first, because the conference is recorded. */
  get notice(): RecordingTerms['announce'] {
    return this.#recording?.runs === true ? this.#recording.announce : undefined;
  }

  snapshot(): ConferenceSnapshot {
    const { extension, name } = this.#conference;
    return {
      ...{ domain: this.#domain.name, extension, name, since: this.#since },
      recorded: this.#recording?.runs ?? false,
      people: [...this.#attendees].map(({ call, party }) => ({
        ...{ call, number: party.number },
        ...(party.name !== undefined && { name: party.name }),
      })),
    };
  }

  /** False where none runs. */
  stopRecording(why: RecordingEnd): boolean {
    if (this.#recording?.runs !== true) return false;
    this.#recording.stop(why);
    return true;
  }

  #begin(first: Attendee): void {
    if (!recordsConference(this.#domain, this.#conference)) return;
    const about = { domain: this.#domain, conference: this.#conference, room: this.name };
    const { began, over } = this.#recordings;
    this.#recording = ConferenceRecording.begin(this.#parts, about, first.media, over);
    if (this.#recording !== undefined) began(this.#recording);
  }

  #announce(what: 'conference-joined' | 'conference-left'): void {
    const { announce } = this.#conference;
    if (announce === undefined) return;
    const file = announce === 'voice' ? this.#parts.prompt?.(this.#domain, what) : undefined;
    const sound = file === undefined ? BEEP : { items: [{ file }] };
    for (const attendee of this.#attendees) attendee.tell(sound);
  }
}
