/** Where a recording's sound is to be read. */
export type FoundRecording =
  | { readonly file: string }
  /** Elsewhere, under a URL that gives it to whoever has it, for a quarter of an hour; `beginning`: its first octets. */
  | { readonly url: string; readonly place: string; beginning(octets: number): Promise<Buffer> };

/** How storage does. */
export interface StorageStatus {
  /** Where recordings go, for people. */
  readonly place: string;
  /** Recordings that are known to wait here; there may be `more` on the disk. */
  readonly waiting: number;
  readonly more: boolean;
  /** Why they wait: since when, milliseconds since the epoch. */
  readonly fault?: { readonly message: string; readonly remedy: string; readonly since: number };
}

/**
 * Where finished recordings are kept. A recording is named by the absolute path that its sound has in the data directory, wherever it
 * lies; its manifest is always there.
 */
export interface RecordingStorage {
  /** Takes what is finished; returns at once, and whatever becomes of it nothing is lost. */
  take(path: string): void;
  /** @throws StorageFault when it lies where nobody can look now */
  find(path: string): Promise<FoundRecording>;
  /** Deletes sound and manifest wherever they lie; what is gone already is deleted. Rejects with all that could not be deleted left. */
  remove(path: string): Promise<void>;
  /** Of storage elsewhere. */
  readonly status: StorageStatus | undefined;
  /** Begins with what was left. */
  start(): void;
  close(): Promise<void>;
}
