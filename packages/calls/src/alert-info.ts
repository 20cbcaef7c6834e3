import { fromWire, parseNameAddr } from '@vats/sip';

/** Where a ringing tone may be from; `urn:alert:…` names one without being anywhere (RFC 7462). */
const SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'urn']);

/** What phones take for an order to answer by themselves: nobody may listen into a room by calling it. */
const ANSWERS_BY_ITSELF = /answer|intercom|paging|delay/i;

const LONGEST = 256;

/**
 * Whether a value of Alert-Info does no more than choose how a phone rings (RFC 3261 §20.4): `<absoluteURI>` of a scheme that a tone can
 * have, and nothing that makes phones answer without anybody's doing.
 */
export function isHarmlessAlert(value: string): boolean {
  if (value.length > LONGEST || ANSWERS_BY_ITSELF.test(fromWire(value))) return false;
  const address = parseNameAddr(value);
  if (!address.ok || address.value.displayText !== '' || !value.trimStart().startsWith('<')) return false;
  const { uri } = address.value;
  return uri.kind === 'other' && SCHEMES.has(uri.scheme);
}
