import type { BanStore, PlaceStore } from '@vats/access';
import type { Clock, Log } from '@vats/kernel';
import type {
  ContactStore,
  HistoryStore,
  Model,
  RateStore,
  RecordingStore,
  RegisterStore,
  SpendingStore,
  VoicemailStore,
} from '@vats/pbx';
import type { BindingStore } from '@vats/registrar';
import type { RecordingKeys } from './recording-keys.ts';
import type { StoreError } from './store-error.ts';

/** Whether what is promised can be kept. */
export interface StoreHealth {
  /** False from a write that failed until one that succeeds. */
  readonly ok: boolean;
  /** Why the last write failed, while `ok` is false. */
  readonly error?: StoreError;
  /** Writes that are not durable yet. */
  readonly pending: number;
  /** Commits since the start, and the writes in them. */
  readonly commits: number;
  readonly writes: number;
}

/** A file that was applied, by the name it was given as (an absolute path). */
export interface AppliedFile {
  readonly name: string;
  /** `hashOf` its text. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly appliedAt: number;
}

/** The PBX model on disk. */
export interface ModelStore {
  /** The model as it was saved last. */
  readonly model: Model;
  /** Files applied so far, by name. */
  readonly applied: ReadonlyMap<string, AppliedFile>;
  /**
   * Writes what `next` changes against `model`, and the file that brought the change, in one transaction; resolves when
   * durable. Rejects with nothing changed. One save at a time: a second waits for the first.
   */
  save(next: Model, applied?: AppliedFile): Promise<void>;
}

/** Everything that outlives the process. Every promise of a write resolves when it is durable. */
export interface Store {
  readonly models: ModelStore;
  readonly bindings: BindingStore;
  readonly history: HistoryStore;
  readonly recordings: RecordingStore;
  /** Who is shut out. */
  readonly bans: BanStore;
  /** Where accounts were used from; those of a domain go with it. */
  readonly places: PlaceStore;
  /** What calls outside used up of the limits. */
  readonly spending: SpendingStore;
  /** What calls outside cost; the tables of a domain go with it, and so do its contacts. */
  readonly rates: RateStore;
  /** Who rings from which number. */
  readonly contacts: ContactStore;
  /** Whose numbers are whose, for all domains. */
  readonly numbering: RegisterStore;
  /** Mailboxes and their messages, which outlive the domain that they are of. */
  readonly voicemail: VoicemailStore;
  /** What recordings are encrypted with. */
  readonly recordingKeys: RecordingKeys;
  health(): StoreHealth;
  /** Seals a secret with the data directory's key, for `vats export`. */
  seal(text: string): string;
  /** Undefined for what another key sealed, or nobody. */
  unseal(sealed: string): string | undefined;
  /** 32 octets made from the data directory's key, for one purpose: the same after a restart, unknown without the key. */
  keyFor(purpose: string): Buffer;
  /** Writes what waits, then lets go of the database. Later calls reject with `closed`. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** `sqlite:PATH`; a relative path is meant from the working directory. */
  readonly url: string;
  /** The data directory's key file: 32 octets, made at the first start with mode 0600. */
  readonly keyFile: string;
  readonly clock: Clock;
  readonly log?: Log;
}
