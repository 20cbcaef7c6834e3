import { normaliseOperatorNumber } from '@vats/pbx';
import {
  compareIndices,
  type DiversionReason,
  type HistoryEntry,
  MOST_DIVERSIONS,
  parseDiversion,
  parseHistoryEntry,
  reasonOfCause,
  type SipRequest,
} from '@vats/sip';
import type { CallOrigin } from './call-context.ts';
import { userOf } from './claimed-caller.ts';

/** A call was sent on: from which number, and why (RFC 5806, RFC 7044). */
export interface Diverted {
  /** E.164 or a short one, as `normaliseNumber` writes them; '' where it is not to be known. */
  readonly number: string;
  readonly reason: DiversionReason;
  /** How many diversions this one stands for. */
  readonly count: number;
  /** It is not to be shown to others. */
  readonly isPrivate?: true;
}

/** Values of one header that are looked at. */
const VALUES_READ = 32;
/** Diversions that are kept of a call: its first, and the latest. */
const DIVERSIONS_KEPT = 5;

/**
 * How a call was sent on before it came here, the first diversion first. What Diversion and History-Info say is the same thing in two
 * languages (RFC 7544); where both are there, the one that tells more is read.
 */
export function diversionsIn(request: SipRequest): readonly Diverted[] {
  const diverted = diversionsOf(request);
  const history = historyOf(request);
  return shortened(history.length > diverted.length ? history : diverted);
}

/** All diversions that these stand for, at most {@link MOST_DIVERSIONS}. */
export function countOf(diverted: readonly Diverted[]): number {
  return Math.min(
    diverted.reduce((sum, { count }) => sum + count, 0),
    MOST_DIVERSIONS,
  );
}

/** As many as others are told: the first, which was called, and the latest; the first stands for what is left out. */
export function shortened(diverted: readonly Diverted[]): readonly Diverted[] {
  const [first] = diverted;
  if (first === undefined || diverted.length <= DIVERSIONS_KEPT) return diverted;
  const latest = diverted.slice(1 - DIVERSIONS_KEPT);
  const count = countOf(diverted.slice(0, 1 - DIVERSIONS_KEPT));
  return [{ ...first, count }, ...latest];
}

/** What the story of a call tells of them: of a trunk that is trusted, and no number that is not to be shown. */
export function toldDiversions({ trusted, diverted = [] }: Pick<CallOrigin, 'trusted' | 'diverted'>) {
  if (trusted !== true || diverted.length === 0) return {};
  return {
    diverted: diverted.map(({ number, reason, count, isPrivate }) => ({
      from: isPrivate === true || number === '' ? 'anonymous' : number,
      reason,
      ...(count > 1 && { times: count }),
    })),
  };
}

/** The last diversion stands first in Diversion (RFC 5806 §9.1). */
function diversionsOf(request: SipRequest): Diverted[] {
  const diverted: Diverted[] = [];
  for (const value of request.list('Diversion').slice(0, VALUES_READ)) {
    const read = parseDiversion(value);
    if (!read.ok) continue;
    const { address, reason, counter, isPrivate } = read.value;
    const number = numberOf(userOf(address.uri));
    if (number === undefined && !isPrivate) continue;
    diverted.unshift({ number: number ?? '', reason, count: counter, ...(isPrivate && { isPrivate: true as const }) });
  }
  return diverted;
}

/** Of the entries those that were sent on for a reason that Diversion knows; what stands before such an entry diverted the call. */
function historyOf(request: SipRequest): Diverted[] {
  const entries = request
    .list('History-Info')
    .slice(0, VALUES_READ)
    .flatMap((value) => {
      const entry = parseHistoryEntry(value);
      return entry.ok ? [entry.value] : [];
    })
    .sort((one, other) => compareIndices(one.index, other.index));
  return entries.flatMap((entry, at) => {
    const reason = entry.cause === undefined ? undefined : reasonOfCause(entry.cause);
    const from = reason === undefined ? undefined : (mappedFrom(entry, entries) ?? entries[at - 1]);
    if (reason === undefined || from === undefined) return [];
    const number = numberOf(userOf(from.address.uri));
    if (number === undefined && !from.isPrivate) return [];
    return [{ number: number ?? '', reason, count: 1, ...(from.isPrivate && { isPrivate: true as const }) }];
  });
}

function mappedFrom({ mappedFrom: index }: HistoryEntry, entries: readonly HistoryEntry[]): HistoryEntry | undefined {
  return index === undefined ? undefined : entries.find((entry) => compareIndices(entry.index, index) === 0);
}

function numberOf(user: string): string | undefined {
  const { number, kind } = normaliseOperatorNumber(user);
  return kind === 'other' ? undefined : number;
}
