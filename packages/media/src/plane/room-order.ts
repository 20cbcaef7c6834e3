import type { RecordedParty } from '../recording/note.ts';
import type { SpokenFormat } from '../sdp/spoken-format.ts';

/** How a leg takes part in a room. */
export interface RoomOrder {
  /** Rooms are known by this in all calls of a worker. */
  readonly room: string;
  /** What others of the room call this party; one of each name. */
  readonly as: string;
  /** Who is named in recordings of the room; by default the name that it has there. */
  readonly party?: RecordedParty;
  /** Heard by all, by nobody, or only by those of these names. Who may come later under them counts too. */
  readonly presence: 'talk' | 'listen' | { readonly whisperTo: readonly string[] };
  readonly muted?: boolean;
  readonly deaf?: boolean;
  /** In decibels. */
  readonly volume?: number;
  readonly format: SpokenFormat;
  /** Sound of the leg's, by its numbers as it arrives. */
  readonly sources: readonly (readonly [payloadType: number, encoding: string])[];
  /** Telephone events of the leg's, with their clock in Hz: they are told as `dtmf`. */
  readonly events: readonly (readonly [payloadType: number, clockRate: number])[];
}

/** Changes of how a party takes part; what is not named stays. */
export type RoomChange = Partial<Pick<RoomOrder, 'presence' | 'muted' | 'deaf' | 'volume'>>;

/** A leg as far as a room needs one. */
export interface RoomLeg {
  readonly output: {
    say(packet: Buffer): void;
    readonly hasLeft: boolean;
    /** It wants to hear something, which on hold it does not. */
    readonly receives: boolean;
    /** What is played to it gives way to what others say. */
    readonly yielding: boolean;
  };
  /** When its last packet arrived; ms, monotonic. */
  readonly heardAt: number;
  /** It holds the line: what it sends is music, or nothing. */
  readonly held: boolean;
  onFault(error: unknown): void;
}
