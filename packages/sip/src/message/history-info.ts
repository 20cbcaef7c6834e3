import type { Parsed } from '@vats/kernel';
import type { DiversionReason } from './diversion.ts';
import { type NameAddr, readNameAddr } from './name-addr.ts';
import { readPrivacy } from './privacy.ts';
import type { UriHeader } from './sip-uri.ts';
import { parseReason } from './token-headers.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** Deepest index that is read: `1.1.1…`. No call that still works has been sent on so often. */
const DEEPEST = 32;

/** One entry of History-Info (RFC 7044 §5): where the request was sent, in the order of its way. */
export interface HistoryEntry {
  /** Whom it was sent to, without the headers that its URI carried. */
  readonly address: NameAddr;
  /** `1`, `1.1`, `1.2`: its place in the tree of forks. */
  readonly index: readonly number[];
  /** Why it was sent to here (RFC 4458 `cause` of the URI), such as 302 or 486. */
  readonly cause?: number;
  /** What became of it here: the SIP cause of its escaped Reason. */
  readonly ended?: number;
  /** Its escaped Privacy asks not to show it. */
  readonly isPrivate: boolean;
  /** The index of the entry that it was mapped from to another person (`mp`, RFC 7044 §5). */
  readonly mappedFrom?: readonly number[];
}

/** @example parseHistoryEntry('<sip:+79161234567@itsp.example;cause=302>;index=1.1;mp=1') */
export function parseHistoryEntry(text: string): Parsed<HistoryEntry, ValueFault> {
  return readWhole(text, (cursor) => {
    const read = readNameAddr(cursor);
    if (read === undefined) return undefined;
    const { params, uri } = read;
    const index = indexOf(params.get('index'));
    if (index === undefined) return cursor.fail('bad-param');
    const mappedFrom = indexOf(params.get('mp'));
    const headers = uri.kind === 'sip' ? uri.headers : [];
    const cause = causeOf(uri.kind === 'sip' ? uri.params.get('cause') : undefined);
    const ended = sipCauseOf(headers);
    const address = read.with({ params: {}, uri: uri.kind === 'sip' ? uri.with({ headers: [] }) : uri });
    return {
      address,
      index,
      ...(cause !== undefined && { cause }),
      ...(ended !== undefined && { ended }),
      isPrivate: hidesIn(headers),
      ...(mappedFrom !== undefined && { mappedFrom }),
    };
  });
}

/** A value of History-Info; the `cause`, Reason and Privacy are put into its URI. @throws UnsafeValue when the address can't be written */
export function formatHistoryEntry({ address, index, cause, ended, isPrivate, mappedFrom }: HistoryEntry): string {
  const headers: UriHeader[] = [
    ...(ended === undefined ? [] : [['Reason', `SIP;cause=${ended}`] as const]),
    ...(isPrivate ? [['Privacy', 'history'] as const] : []),
  ];
  const { uri } = address;
  const written =
    uri.kind === 'sip'
      ? uri.with({ headers, ...(cause !== undefined && { params: uri.params.with('cause', String(cause)) }) })
      : uri;
  const params = { index: index.join('.'), ...(mappedFrom !== undefined && { mp: mappedFrom.join('.') }) };
  return address.with({ uri: written, params }).toString();
}

/** Compares two indices in the order of the request's way. */
export function compareIndices(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** What a `cause` of History-Info is in Diversion's words (RFC 7544); undefined for one that tells of no diversion. */
export function reasonOfCause(cause: number): DiversionReason | undefined {
  return REASONS[cause];
}

/** And the other way round (RFC 7544): what has no cause of its own is 404. */
export function causeOfReason(reason: DiversionReason): number {
  return CAUSES[reason] ?? 404;
}

const REASONS: Readonly<Record<number, DiversionReason>> = {
  302: 'unconditional',
  404: 'unknown',
  408: 'no-answer',
  480: 'deflection',
  486: 'user-busy',
  487: 'deflection',
  503: 'unavailable',
};

const CAUSES: Partial<Record<DiversionReason, number>> = {
  unconditional: 302,
  'no-answer': 408,
  deflection: 480,
  'user-busy': 486,
  unavailable: 503,
};

function indexOf(text: string | undefined): readonly number[] | undefined {
  if (text === undefined || !/^\d{1,5}(\.\d{1,5})*$/.test(text)) return undefined;
  const index = text.split('.').map(Number);
  return index.length > DEEPEST ? undefined : index;
}

function causeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[3-6]\d\d$/.test(text) ? Number(text) : undefined;
}

function sipCauseOf(headers: readonly UriHeader[]): number | undefined {
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'reason') continue;
    const reason = parseReason(value);
    if (reason.ok && reason.value.protocol.toLowerCase() === 'sip') return causeOf(String(reason.value.cause));
  }
  return undefined;
}

function hidesIn(headers: readonly UriHeader[]): boolean {
  const values = headers.flatMap(([name, value]) => (name.toLowerCase() === 'privacy' ? [value] : []));
  const { kinds } = readPrivacy(values);
  return kinds.has('history') || kinds.has('header') || kinds.has('id') || kinds.has('user');
}
