import type { Plan, RingOutcome } from '@vats/pbx';
import {
  causeOfReason,
  type DiversionReason,
  formatDiversion,
  formatHistoryEntry,
  type HeaderField,
  type HistoryEntry,
  NameAddr,
  SipUri,
} from '@vats/sip';
import { countOf, type Diverted, shortened } from './diversions.ts';

/** How a plan sends the call on, before the number by which that is known outside is found. */
export interface Diverting {
  /** The number of ours that the call came by, E.164. */
  readonly did?: string;
  readonly reason: DiversionReason;
  /** Forwards of ours that led here, 1 at least. */
  readonly count: number;
}

/** Most times that a call may have been sent on, here and elsewhere, to be sent on once more: no way that still leads somewhere is longer. */
const MOST_TOGETHER = 10;

const REASONS: Partial<Record<RingOutcome | 'always' | 'closed', DiversionReason>> = {
  always: 'unconditional',
  closed: 'time-of-day',
  'callee-busy': 'user-busy',
  'no-answer': 'no-answer',
  'do-not-disturb': 'do-not-disturb',
  unreachable: 'unavailable',
  'trunk-failed': 'unavailable',
  'trunk-refused': 'unavailable',
};

/**
 * How the ringing that is due came about, when something of ours led there and not the caller's own dialling. Employees' forwards are
 * one diversion of the company: extensions mean nothing outside, and are nobody's business there.
 */
export function divertingOf({ path, forwards = [], frames, did }: Plan): Diverting | undefined {
  if (path.length === 0) return undefined;
  const frame = frames.at(-1);
  const last = forwards.at(-1);
  // A number among an employee's own phones follows that employee, whoever sent the call to them.
  const follows = frame?.in === 'user' && last?.by !== frame.user.extension;
  const reason = follows ? 'follow-me' : last === undefined ? 'unconditional' : (REASONS[last.when] ?? 'unknown');
  const count = forwards.length + (follows || last === undefined ? 1 : 0);
  return { reason, count, ...(did !== undefined && { did }) };
}

/**
 * Whether the call has come back to where it is now sent on: it was sent on from that number before, and from where it would go as
 * well, or twice already; or it has been sent on too often, wherever.
 *
 * @param from the number that sends it on now
 * @param to where it would go
 */
export function isCircle(before: readonly Diverted[], from: string | undefined, to: string): boolean {
  if (countOf(before) >= MOST_TOGETHER) return true;
  if (from === undefined) return false;
  const here = before.filter(({ number }) => number === from).length;
  return here > 1 || (here === 1 && before.some(({ number }) => number === to));
}

/** Which headers tell a trunk that a call was sent on. */
export type DiversionHeader = 'diversion' | 'history-info';

/** What is to be written of one call's diversions. */
export interface Written {
  /** The first one first; the last is ours. */
  readonly diverted: readonly Diverted[];
  /** The number as the trunk wants it written. */
  readonly written: (number: string) => string;
  readonly host: string;
  /** What is called, as it is sent. */
  readonly target: string;
}

/** Header lines that tell of the diversions, in each language that is wanted (RFC 5806, RFC 7044; RFC 7544 for both of one call). */
export function diversionHeaders(which: readonly DiversionHeader[], what: Written): HeaderField[] {
  const told = { ...what, diverted: shortened(what.diverted) };
  if (told.diverted.length === 0) return [];
  return which.flatMap((header) => (header === 'diversion' ? diversionLines(told) : historyLines(told)));
}

/** The latest first (RFC 5806 §9.1). */
function diversionLines({ diverted, written, host }: Written): HeaderField[] {
  return diverted.toReversed().map(({ number, reason, count, isPrivate = false }): HeaderField => {
    const address = addressOf(number, isPrivate, written, host);
    return ['Diversion', formatDiversion({ address, reason, counter: count, isPrivate })];
  });
}

/** Who was called first, and each whom the call was sent on to (RFC 7044 §5): `1`, `1.1`, `1.1.1` … */
function historyLines({ diverted, written, host, target }: Written): HeaderField[] {
  const stations = [...diverted.map(({ number, isPrivate = false }) => ({ number, isPrivate })), undefined];
  return stations.map((station, at): HeaderField => {
    const before = diverted[at - 1];
    const entry: HistoryEntry = {
      address:
        station === undefined ? addressAt(target, host) : addressOf(station.number, station.isPrivate, written, host),
      index: Array<number>(at + 1).fill(1),
      isPrivate: station?.isPrivate === true,
      ...(before !== undefined && {
        cause: causeOfReason(before.reason),
        mappedFrom: Array<number>(at).fill(1),
      }),
    };
    return ['History-Info', formatHistoryEntry(entry)];
  });
}

function addressOf(number: string, isPrivate: boolean, written: Written['written'], host: string): NameAddr {
  // RFC 5806's `privacy` and RFC 7044's Privacy ask others not to show it; a number that is not sent can't be shown.
  return isPrivate || number === '' ? addressAt('anonymous', 'anonymous.invalid') : addressAt(written(number), host);
}

function addressAt(user: string, host: string): NameAddr {
  return NameAddr.of({ uri: SipUri.of({ user, host }) });
}
