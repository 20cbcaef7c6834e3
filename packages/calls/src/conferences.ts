import type { RecordingEnd } from '@vats/media';
import type { Conference, Domain } from '@vats/pbx';
import type { ConferenceRecording } from './conference-recording.ts';
import { type Attendee, ConferenceRoom } from './conference-room.ts';
import type { CallsParts } from './parts.ts';

/** A room as `vats conferences` shows it. */
export interface ConferenceSnapshot {
  /** `Domain.name`. */
  readonly domain: string;
  readonly extension: string;
  readonly name: string;
  /** Wall time, ms. */
  readonly since: number;
  readonly recorded: boolean;
  readonly people: readonly { readonly call: string; readonly number: string; readonly name?: string }[];
}

/** The conferences in which somebody is. A room is there from its first attendee to its last. */
export class Conferences {
  readonly #parts: CallsParts;
  readonly #rooms = new Map<string, ConferenceRoom>();
  /** Those whose room is gone are still being finished. */
  readonly #recordings = new Set<ConferenceRecording>();
  readonly #idle: () => void;

  /** @param idle called when none is recorded any more */
  constructor(parts: CallsParts, idle: () => void) {
    this.#parts = parts;
    this.#idle = idle;
  }

  /** Conferences whose recording is not finished. */
  get recorded(): number {
    return this.#recordings.size;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Whether one more finds a seat. */
  hasSeat(domain: Domain, conference: Conference): boolean {
    return this.#rooms.get(keyOf(domain, conference))?.hasSeat(conference) ?? true;
  }

  /** Undefined when all seats are taken. The attendee is in the room until `ConferenceRoom.leave`. */
  join(domain: Domain, conference: Conference, attendee: Attendee): ConferenceRoom | undefined {
    const key = keyOf(domain, conference);
    let room = this.#rooms.get(key);
    if (room === undefined) {
      const recordings = {
        began: (recording: ConferenceRecording) => void this.#recordings.add(recording),
        over: (recording: ConferenceRecording) => {
          if (this.#recordings.delete(recording) && this.#recordings.size === 0) this.#idle();
        },
      };
      const empty = (): void => void this.#rooms.delete(key);
      room = new ConferenceRoom({ parts: this.#parts, domain, conference, recordings, empty });
      this.#rooms.set(key, room);
    }
    return room.join(conference, attendee) ? room : undefined;
  }

  snapshots(): ConferenceSnapshot[] {
    return [...this.#rooms.values()].map((room) => room.snapshot());
  }

  /** Ends every recording; the conferences go on. Says how many there were. */
  stopRecordings(why: RecordingEnd): number {
    let stopped = 0;
    for (const room of this.#rooms.values()) if (room.stopRecording(why)) stopped++;
    return stopped;
  }
}

function keyOf(domain: Domain, { extension }: Conference): string {
  return `${domain.id}/${extension}`;
}
