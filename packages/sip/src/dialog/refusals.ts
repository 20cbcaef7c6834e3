import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';

/** A final response that ends the matter: what RFC 3261 §8.2 has a UAS answer before it looks at a request's meaning. */
export interface Refusal {
  readonly status: number;
  readonly headers: readonly HeaderField[];
}

/**
 * Methods that this stack understands, allowed or not; any other gets 501 rather than 405 (RFC 3261 §21.4.6, §21.5.2).
 */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'INFO',
  'MESSAGE',
  'NOTIFY',
  'PRACK',
  'PUBLISH',
  'REFER',
  'SUBSCRIBE',
  'UPDATE',
]);

/** 405 with Allow, or 501, for a method that is not in `allow` (RFC 3261 §8.2.1); method names are case-sensitive. */
export function refusedMethod(request: SipRequest, allow: readonly string[]): Refusal | undefined {
  if (allow.includes(request.method)) return undefined;
  const status = KNOWN_METHODS.has(request.method) ? 405 : 501;
  return { status, headers: [['Allow', allow.join(', ')]] };
}

/**
 * 420 with Unsupported for a Require that names what is not in `supported` (RFC 3261 §8.2.2.3). Out of dialog ask this
 * after authentication. Not for ACK and CANCEL.
 */
export function refusedExtension(request: SipRequest, supported: readonly string[]): Refusal | undefined {
  if (request.require.length === 0) return undefined;
  const known = new Set(supported.map((tag) => tag.toLowerCase()));
  const unsupported = request.require.filter((tag) => !known.has(tag.toLowerCase()));
  return unsupported.length === 0 ? undefined : { status: 420, headers: [['Unsupported', unsupported.join(', ')]] };
}

/** 483 for a request that has no hop left and would have to go on (RFC 3261 §16.3); asking us ourselves is allowed. */
export function refusedHops(request: SipRequest): Refusal | undefined {
  const { maxForwards } = request;
  return maxForwards?.ok && maxForwards.value === 0 ? { status: 483, headers: [] } : undefined;
}
