/** A message in a mailbox. Times are milliseconds since the epoch. */
export interface VoiceMessage {
  readonly id: string;
  /** `Domain.id`. */
  readonly domain: string;
  /** Extension of the user or group whose mailbox it lies in. */
  readonly box: string;
  /** The call that it was left by. */
  readonly call: string;
  /** Who left it; an empty number where it was hidden. */
  readonly from: { readonly number: string; readonly name?: string };
  readonly takenAt: number;
  readonly durationMs: number;
  /** The sound file, relative to the data directory. */
  readonly path: string;
  /** `recording`: it is being left, or a kill cut it off there. It counts as a message from `new` on. */
  readonly state: 'recording' | 'new' | 'heard';
  readonly urgent?: true;
  /** The extension that sent it on from its own mailbox. */
  readonly forwardedBy?: string;
}

/** What a mailbox has of its own. */
export interface MailboxEntry {
  /** `Domain.id`. */
  readonly domain: string;
  readonly box: string;
  /** A keyed digest of the PIN, and never the PIN. */
  readonly pin?: { readonly salt: string; readonly digest: string };
  /** The sound file of its greeting, relative to the data directory. */
  readonly greeting?: string;
}

/** Mailboxes on disk. Every promise of a write resolves when it is durable. */
export interface VoicemailStore {
  load(): Promise<{ readonly messages: readonly VoiceMessage[]; readonly boxes: readonly MailboxEntry[] }>;
  /** Enters a message, or replaces the one of the same id. */
  put(message: VoiceMessage): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  putBox(box: MailboxEntry): Promise<void>;
}
