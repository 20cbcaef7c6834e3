import type { SipMessage } from '@vats/sip';
import { FAILURES, type Failure, type FailureCode, reasonHeader } from './failures.ts';

/** Q.850 causes run to 127. */
const HIGHEST_CAUSE = 127;
/** Normal call clearing, and the same unspecified: nothing that our own reason does not say. */
const NORMAL: readonly number[] = [16, 31];

/** The Q.850 cause that a message gives; of several reasons, which may stand for several protocols (RFC 3326 §2), the first such one. */
export function causeOf({ reasons }: Pick<SipMessage, 'reasons'>): number | undefined {
  if (!reasons.ok) return undefined;
  const cause = reasons.value.find(({ protocol }) => /^q\.850$/i.test(protocol))?.cause;
  return cause !== undefined && cause >= 1 && cause <= HIGHEST_CAUSE ? cause : undefined;
}

/**
 * The `Reason` that the other side of a call is told: the failure's own, or the cause by which the far end hung up, in the words of the
 * table of failures where it has some.
 */
export function reasonFor(code: FailureCode, cause: number | undefined): string {
  if (cause === undefined || NORMAL.includes(cause) || cause === FAILURES[code].q850) return reasonHeader(code);
  const row = Object.values<Failure>(FAILURES).find(({ q850 }) => q850 === cause);
  return row === undefined ? `Q.850;cause=${cause}` : `Q.850;cause=${cause};text="${row.told ?? row.en}"`;
}
