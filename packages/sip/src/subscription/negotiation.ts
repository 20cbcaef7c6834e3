import type { Refusal } from '../dialog/index.ts';
import { parseMediaType } from '../message/media-type.ts';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';

/** How long a subscription or a publication may live, in seconds. */
export interface ExpiryBounds {
  /** Less is refused with 423, unless it is 0, which ends or only asks. */
  readonly shortest: number;
  /** Without Expires. */
  readonly usual: number;
  /** More is granted no longer than this. */
  readonly longest: number;
}

/** RFC 6665 §4.2.1.1: whoever asks for an hour or more is never told that it is too little. */
const NEVER_TOO_BRIEF = 3_600;

/** What is granted of what a request asks for: seconds, 0 to end or only to ask; or 400, or 423 with Min-Expires. */
export function grantedExpiry(request: SipRequest, bounds: ExpiryBounds): number | Refusal {
  const { expires } = request;
  if (expires === undefined) return bounds.usual;
  if (!expires.ok) return { status: 400, headers: [] };
  const asked = expires.value;
  if (asked > 0 && asked < bounds.shortest && asked < NEVER_TOO_BRIEF)
    return { status: 423, headers: [['Min-Expires', `${bounds.shortest}`]] };
  return Math.min(asked, bounds.longest);
}

/** Values of Accept that are looked at. */
const ACCEPTED_TYPES = 32;

/**
 * Which of the types that we write a request accepts (RFC 3261 §20.1): the first of ours that it names, without Accept the
 * first of all. A type at q=0 is not accepted.
 */
export function acceptedType(request: SipRequest, ours: readonly string[]): string | undefined {
  if (request.values('Accept').length === 0) return ours[0];
  const [yes, no] = [new Set<string>(), new Set<string>()];
  for (const written of request.list('Accept').slice(0, ACCEPTED_TYPES)) {
    const media = parseMediaType(written);
    if (!media.ok) continue;
    const { type, subtype, params } = media.value;
    (Number(params.get('q') ?? 1) === 0 ? no : yes).add(`${type}/${subtype}`);
  }
  const isNamed = (names: ReadonlySet<string>, type: string): boolean =>
    names.has(type) || names.has(`${type.slice(0, type.indexOf('/'))}/*`) || names.has('*/*');
  return ours.find((type) => !no.has(type) && isNamed(yes, type));
}

/** 406, and what would have been written. */
export function notAcceptable(ours: readonly string[]): Refusal {
  const accept: HeaderField = ['Accept', ours.join(', ')];
  return { status: 406, headers: [accept] };
}
