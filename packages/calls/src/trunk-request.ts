import { normaliseNumber, normaliseOperatorNumber } from '@vats/pbx';
import { fromWire, type NameAddr, parseNameAddr, type SipRequest, type Uri } from '@vats/sip';

/** Where a trunk puts the number that was called. */
export type NumberPlace = 'request-uri' | 'to' | 'diversion' | 'p-called-party-id';

export const DEFAULT_PLACES: readonly NumberPlace[] = ['request-uri', 'to'];

/**
 * The number that a trunk's INVITE calls, as written there: the first of these places that holds a number of the domain decides;
 * if none does, the first that holds any number.
 *
 * @param own whether a number, as `normaliseNumber` writes it, is one of the domain's
 */
export function calledNumberOf(
  request: SipRequest,
  places: readonly NumberPlace[],
  own: (number: string) => boolean,
): string | undefined {
  let any: string | undefined;
  for (const place of places) {
    for (const written of numbersAt(request, place)) {
      const { number, kind } = normaliseNumber(written);
      if (kind === 'other') continue;
      if (own(number) || own(normaliseOperatorNumber(written).number)) return written;
      any ??= written;
    }
  }
  return any;
}

/** Who calls, as far as the request tells. */
export interface ClaimedCaller {
  /** E.164 where it is a public number, else a short one; absent for a caller who shows none, or hides it. */
  readonly number?: string;
  /** The user part as it came, where it is another writing of the number, or no number at all. */
  readonly raw?: string;
  readonly name?: string;
}

/** Longest name and longest writing of a number that are passed on. */
const LONGEST_NAME = 128;
const LONGEST_NUMBER = 64;

/** What stands in a number's place where there is none. */
const NOBODY: ReadonlySet<string> = new Set(['', 'anonymous', 'unknown', 'restricted', 'private', 'unavailable']);

/**
 * Who calls. A caller who hides (RFC 3323) has no number and no name, whatever else the request says: what the operator knows of them
 * is not ours to show.
 *
 * @param trusted whether P-Asserted-Identity is believed (RFC 3325): from a trunk, not from a phone
 */
export function claimedCallerOf(request: SipRequest, { trusted }: { readonly trusted: boolean }): ClaimedCaller {
  const from = request.from.ok ? request.from.value : undefined;
  const asserted = trusted ? assertedOf(request) : undefined;
  if (hides(request, from)) return {};
  const written = [asserted, from].map((address) => (address === undefined ? '' : userOf(address.uri)));
  const user = written.find((each) => !NOBODY.has(each.toLowerCase())) ?? '';
  if (user === '') return {};
  const { number, kind } = trusted ? normaliseOperatorNumber(user) : normaliseNumber(user);
  const name = nameOf(asserted) ?? nameOf(from);
  return {
    ...(kind !== 'other' && { number }),
    ...((kind === 'other' || number !== user) && { raw: user.slice(0, LONGEST_NUMBER) }),
    // Many systems repeat the number where the name would stand.
    ...(name !== undefined && name !== user && { name }),
  };
}

function hides(request: SipRequest, from: NameAddr | undefined): boolean {
  if (request.list('Privacy').some((value) => /(^|;)\s*(id|user|header)\s*(;|$)/i.test(value))) return true;
  if (from === undefined) return true;
  if (from.uri.kind === 'sip' && /^anonymous\.invalid$/i.test(from.uri.host)) return true;
  return /^(anonymous|restricted|private)$/i.test(userOf(from.uri));
}

function assertedOf(request: SipRequest): NameAddr | undefined {
  for (const value of request.list('P-Asserted-Identity')) {
    const address = parseNameAddr(value);
    if (address.ok && !NOBODY.has(userOf(address.value.uri).toLowerCase())) return address.value;
  }
  return undefined;
}

function nameOf(address: NameAddr | undefined): string | undefined {
  const name = address?.displayName?.trim().slice(0, LONGEST_NAME);
  return name === undefined || name === '' ? undefined : name;
}

function numbersAt(request: SipRequest, place: NumberPlace): string[] {
  switch (place) {
    case 'request-uri':
      return request.requestUri.ok ? [userOf(request.requestUri.value)] : [];
    case 'to':
      return request.to.ok ? [userOf(request.to.value.uri)] : [];
    case 'diversion':
    case 'p-called-party-id':
      return request.list(place).flatMap((value) => {
        const address = parseNameAddr(value);
        return address.ok ? [userOf(address.value.uri)] : [];
      });
  }
}

/** The user part without its own parameters (`+7495…;npdi@`), as a person would read it; the digits of a tel URI. */
function userOf(uri: Uri): string {
  if (uri.kind === 'tel') return uri.digits;
  if (uri.kind !== 'sip') return '';
  return fromWire(uri.user ?? '')
    .replace(/;.*$/s, '')
    .trim();
}
