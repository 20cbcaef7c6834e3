/**
 * The outcome of reading something that a stranger wrote. A fault is a value, never an exception: the accessor that
 * found it once gives the same answer each time it is asked.
 *
 * @typeParam Code names of the faults that this reader knows
 */
export type Parsed<T, Code extends string = string> = Good<T> | Bad<Code>;

export interface Good<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Bad<Code extends string = string> {
  readonly ok: false;
  readonly error: ParseError<Code>;
}

export interface ParseError<Code extends string = string> {
  readonly code: Code;
  /** Offset of the fault in what was read: octets for messages, characters for values. */
  readonly at: number;
  /** Where it was found, for a person: a header's name, a key. */
  readonly where?: string;
}

/** @example good(5).value === 5 */
export function good<T>(value: T): Good<T> {
  return { ok: true, value };
}

/** @example bad('no-colon', 17, 'Via').error.at === 17 */
export function bad<Code extends string>(code: Code, at = 0, where?: string): Bad<Code> {
  return { ok: false, error: where === undefined ? { code, at } : { code, at, where } };
}
