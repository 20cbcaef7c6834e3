/** Why the store could not do what it was asked. */
export type StoreFault =
  /** Another process works on this database. */
  | 'in-use'
  /** The directory, or the file, may not be written. */
  | 'read-only'
  | 'disk-full'
  /** The file is no database, or a damaged one. */
  | 'corrupt'
  /** A newer VATS wrote it. */
  | 'newer'
  /** The key file is not there although the database holds secrets sealed with one. */
  | 'key-missing'
  /** The key file is not the one that sealed the database's secrets, or no key at all. */
  | 'key-wrong'
  /** The setting names a kind of store that there is none of. */
  | 'unsupported'
  /** A search would have to look through too much. */
  | 'too-wide'
  /** The store was closed. */
  | 'closed'
  /** Anything else: the message says what. */
  | 'failed';

/** The store's refusal, with a message and a remedy for a person. */
export class StoreError extends Error {
  readonly fault: StoreFault;
  readonly remedy: string;

  constructor(fault: StoreFault, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.fault = fault;
    this.remedy = remedy;
  }
}

/** A failure of the operating system or of SQLite, as it comes out of a worker: plain data. */
export interface Failure {
  /** 'SQLITE_FULL', 'EACCES'; empty when there is none. */
  readonly code: string;
  readonly message: string;
}

export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { code: '', message: String(thrown) };
  const { code } = thrown as { code?: unknown };
  return { code: typeof code === 'string' ? code : '', message: thrown.message };
}

const FAULTS: readonly (readonly [codes: RegExp, fault: StoreFault, remedy: string])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'disk-full', 'make room on the disk'],
  [
    /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|SQLITE_AUTH|EACCES|EPERM|EROFS)/,
    'read-only',
    'give the switch the right to write there',
  ],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB)/, 'corrupt', 'restore the file from a backup, or move it away to begin anew'],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, 'in-use', 'stop the other process that works on it'],
  [/^(ENOENT|ENOTDIR|EISDIR)/, 'failed', 'check the path'],
];

/** True when no write can succeed at the moment, whatever it says: trying each by itself would be in vain. */
export function isOfTheMachine({ code }: Failure): boolean {
  return FAULTS.some(([codes]) => codes.test(code)) || code.startsWith('SQLITE_IOERR');
}

/** What a failure with `subject` (a file, as the settings name it) means to a person. */
export function storeErrorOf(failure: Failure, subject: string): StoreError {
  const known = FAULTS.find(([codes]) => codes.test(failure.code));
  const why = failure.code === '' ? failure.message : `${failure.message} (${failure.code})`;
  if (known === undefined) return new StoreError('failed', `${subject}: ${why}`, 'see the message');
  const [, fault, remedy] = known;
  const said: Partial<Record<StoreFault, string>> = {
    'disk-full': `${subject}: the disk is full`,
    'read-only': `${subject} can not be written: ${why}`,
    corrupt: `${subject} is damaged or no database: ${why}`,
    'in-use': `${subject} is used by another process`,
  };
  return new StoreError(fault, said[fault] ?? `${subject}: ${why}`, remedy);
}
