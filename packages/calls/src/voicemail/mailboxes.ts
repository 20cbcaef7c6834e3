import type { PlayedItem, Seal } from '@vats/media';
import type { Domain, VoicemailTerms } from '@vats/pbx';
import type { Party } from '../call-event.ts';

/** Mailboxes as calls need them. Whoever keeps them answers at once; what is to outlive the process is written behind. */
export interface Mailboxes {
  /** The mailbox of a user or a group; undefined where nobody has that extension. */
  find(domain: Domain, extension: string): Mailbox | undefined;
}

/** Why nothing can be recorded. `full`: as many messages, or minutes of them, as the mailbox holds. `no-key`: none yet to encrypt with. */
export type TakeRefusal = 'full' | 'low-disk' | 'no-key';

/** The mailbox of one user or group. */
export interface Mailbox {
  readonly extension: string;
  /** Of its user or group. */
  readonly name: string;
  readonly terms: VoicemailTerms;
  /** Its own greeting. */
  readonly greeting: PlayedItem | undefined;
  readonly hasPin: boolean;
  /** Compared in a time that tells nothing. */
  isPin(digits: string): boolean;
  setPin(digits: string): void;
  /** New ones first, urgent before others, the oldest first. */
  messages(): readonly BoxMessage[];
  /** A message is to be left by this caller. */
  take(from: Party, call: string): Draft | TakeRefusal;
  /** A greeting is to be recorded, in the place of the one that there is. */
  greet(call: string): Draft | TakeRefusal;
  /** Back to the standard greeting. */
  forgetGreeting(): void;
  /** It has been heard. */
  heard(id: string): void;
  remove(ids: readonly string[]): void;
  /** Puts a copy of a message into another mailbox. */
  forward(id: string, to: string): 'forwarded' | 'no-mailbox' | 'full' | 'low-disk' | 'gone';
}

/** A message in a mailbox, as whoever hears it is told of it. */
export interface BoxMessage {
  readonly id: string;
  /** An empty number where it was hidden. */
  readonly from: { readonly number: string; readonly name?: string };
  /** Wall time, ms. */
  readonly takenAt: number;
  readonly durationMs: number;
  readonly isNew: boolean;
  readonly urgent: boolean;
  readonly sound: PlayedItem;
}

/** Something that is being recorded for a mailbox. Exactly one of `keep`, `drop` and `leave` is called. */
export interface Draft {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  readonly seal?: Seal | undefined;
  /** What was recorded, to be heard. */
  readonly sound: PlayedItem;
  /** How long it may become. */
  readonly longestMs: number;
  /** It is to be kept as it is. */
  keep(about: { readonly durationMs: number; readonly urgent: boolean }): void;
  /** It is not wanted. */
  drop(): void;
  /** The media plane could not end it: what there is of it is mended at the next start. */
  leave(): void;
}
