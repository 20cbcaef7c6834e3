/**
 * Why storage elsewhere did not do what it was asked. `away`: nobody answers, or asks for patience; it may do it later. `refused`: it
 * will not do it until somebody changes something. `missing`: there is no such object. `changed`: what lies there, or was read here,
 * is not what was to be stored.
 */
export type FaultKind = 'away' | 'refused' | 'missing' | 'changed';

/** A fault of storage elsewhere: the message says what and where, the remedy what to do. Neither ever holds a key. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
  readonly kind: FaultKind;
  readonly remedy: string;

  constructor(kind: FaultKind, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.remedy = remedy;
  }
}
