/** One side of a finished call, as the switch knew it. */
export interface CallParty {
  /** What a person dials or sees: an extension, a number, a feature code. */
  readonly number: string;
  readonly name?: string;
  readonly extension?: string;
  /** The device's account, when the party is one of ours. */
  readonly login?: string;
}

/** What is kept of a call when it has ended. Times are milliseconds since the epoch. */
export interface CallRecord {
  readonly id: string;
  /** `Domain.id`. */
  readonly domain: string;
  readonly startedAt: number;
  readonly answeredAt?: number;
  readonly endedAt: number;
  readonly from: CallParty;
  /** What the caller dialled, as dialled. */
  readonly dialled: string;
  /** Who spoke with the caller. */
  readonly answeredBy?: CallParty;
  /** How it ended: a name in the table of failures. */
  readonly outcome: string;
  /** The final SIP status that the caller was given. */
  readonly status: number;
  /** The call's events in order, plain data: the story that everything else is told from. */
  readonly story: readonly unknown[];
}

/** Which finished calls; newest first. */
export interface CallFilter {
  readonly domain?: string;
  /** At most this many; 100 by default. */
  readonly limit?: number;
  /** Only calls that started before this time: the next page. */
  readonly before?: number;
}

/** Finished calls. */
export interface HistoryStore {
  /** Keeps a finished call; resolves when that is durable. A second record of the same id replaces the first. */
  append(record: CallRecord): Promise<void>;
  list(filter?: CallFilter): Promise<CallRecord[]>;
}

/** A recording on disk. */
export interface RecordingEntry {
  readonly id: string;
  readonly call: string;
  readonly domain: string;
  /** The file, relative to the data directory. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  /** Length of its sound, once it is known. */
  readonly durationMs?: number;
  /** `writing` until the call ends; `repaired` when a killed process left it; `failed` with what was saved. */
  readonly state: 'writing' | 'complete' | 'repaired' | 'failed';
  readonly error?: string;
}

export interface RecordingFilter {
  readonly domain?: string;
  readonly call?: string;
  readonly state?: RecordingEntry['state'];
  readonly limit?: number;
  readonly before?: number;
}

/** The list of recordings; the files themselves are the media plane's. */
export interface RecordingStore {
  /** Enters a recording or replaces its entry of the same id; resolves when that is durable. */
  put(entry: RecordingEntry): Promise<void>;
  list(filter?: RecordingFilter): Promise<RecordingEntry[]>;
}
