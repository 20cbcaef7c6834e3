import { QUIET_MS } from './channel-notes.ts';
import type { Note, RecordedOn, RecordedParty } from './note.ts';

/** A party of a room that is recorded. */
interface Noted {
  /** When its talk ended that was noted last to begin; undefined while that has been noted too. */
  talkedTo: number | undefined;
}

/**
 * What is noted of a room that is recorded: who comes and leaves, and who talks when; pauses of less than a second are not told.
 * A turn of a party that goes on talking costs a look-up. Times are milliseconds of the recording.
 */
export class RoomNotes {
  readonly #on: RecordedOn;
  readonly #now: () => number;
  readonly #tell: (note: Note) => void;
  readonly #closed: (notes: RoomNotes) => void;
  readonly #parties = new Map<string, Noted>();

  constructor(
    on: RecordedOn,
    parts: { readonly now: () => number; tell(note: Note): void; closed(notes: RoomNotes): void },
  ) {
    this.#on = on;
    this.#now = parts.now;
    this.#tell = parts.tell;
    this.#closed = parts.closed;
  }

  joined(leg: string, { number, name }: RecordedParty): void {
    if (this.#parties.has(leg)) return;
    this.#parties.set(leg, { talkedTo: undefined });
    const party = { number, ...(name !== undefined && { name }) };
    this.#tell({ note: 'joined', channel: this.#on, ms: this.#now(), leg, ...party });
  }

  left(leg: string): void {
    const party = this.#parties.get(leg);
    if (party === undefined) return;
    this.#fallsSilent(leg, party);
    this.#parties.delete(leg);
    this.#tell({ note: 'left', channel: this.#on, ms: this.#now(), leg });
  }

  /** It is heard in the sound of so many milliseconds that is put into the recording now. */
  talks(leg: string, milliseconds: number): void {
    const party = this.#parties.get(leg);
    if (party === undefined) return;
    const now = this.#now();
    if (party.talkedTo !== undefined && now - party.talkedTo >= QUIET_MS) this.#fallsSilent(leg, party);
    if (party.talkedTo === undefined) this.#tell({ note: 'talks', channel: this.#on, ms: now, leg });
    party.talkedTo = now + milliseconds;
  }

  /** To be called a few times a second. */
  tick(): void {
    const now = this.#now();
    for (const [leg, party] of this.#parties) {
      if (party.talkedTo !== undefined && now - party.talkedTo > 2 * QUIET_MS) this.#fallsSilent(leg, party);
    }
  }

  /** Nothing of what is said from now on is kept. */
  stop(): void {
    for (const [leg, party] of this.#parties) this.#fallsSilent(leg, party);
  }

  /** The room is recorded no more. */
  close(): void {
    for (const leg of [...this.#parties.keys()]) this.left(leg);
    this.#closed(this);
  }

  #fallsSilent(leg: string, party: Noted): void {
    if (party.talkedTo !== undefined) this.#tell({ note: 'silent', channel: this.#on, ms: party.talkedTo, leg });
    party.talkedTo = undefined;
  }
}
