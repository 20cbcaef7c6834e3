import { sameHost } from './host.ts';
import type { SipUri } from './sip-uri.ts';
import { type TelUri, withoutSeparators } from './tel-uri.ts';
import type { Uri } from './uri.ts';
import type { UriParams } from './uri-params.ts';

/**
 * Equivalence of URIs: SIP and SIPS by RFC 3261 §19.1.4, tel by RFC 3966 §4, others by their text. It is not
 * transitive, because a parameter that only one of two URIs has may be ignored.
 */
export function sameUri(one: Uri, other: Uri): boolean {
  if (one.kind === 'sip') return other.kind === 'sip' && sameSipUri(one, other);
  if (one.kind === 'tel') return other.kind === 'tel' && sameTelUri(one, other);
  return other.kind === 'other' && one.scheme === other.scheme && textBehindScheme(one) === textBehindScheme(other);
}

function textBehindScheme(uri: { readonly text: string; readonly scheme: string }): string {
  return uri.text.slice(uri.scheme.length);
}

function sameSipUri(one: SipUri, other: SipUri): boolean {
  return (
    one.scheme === other.scheme &&
    one.user === other.user &&
    one.password === other.password &&
    one.port === other.port &&
    sameHost(one.host, other.host) &&
    sameParams(one.params, other.params) &&
    sameParams(other.params, one.params) &&
    sameHeaders(one, other)
  );
}

/** These change where or how a request goes: one URI having them and the other not is a difference. */
const DECISIVE = new Set(['user', 'ttl', 'method', 'maddr', 'transport']);

/** Every parameter of `these` must be equal in `those`, or absent there and of no weight. */
function sameParams(these: UriParams, those: UriParams): boolean {
  for (const [name, value] of these) {
    const others = those.get(name);
    if (others === undefined ? DECISIVE.has(name.toLowerCase()) : others.toLowerCase() !== value.toLowerCase()) {
      return false;
    }
  }
  return true;
}

/** Headers are never ignored; their order does not count. */
function sameHeaders(one: SipUri, other: SipUri): boolean {
  if (one.headersText === other.headersText) return true;
  return sortedHeaders(one) === sortedHeaders(other);
}

function sortedHeaders(uri: SipUri): string {
  return JSON.stringify(uri.headers.map(([name, value]) => `${name.toLowerCase()}=${value}`).sort());
}

function sameTelUri(one: TelUri, other: TelUri): boolean {
  return (
    one.digits.toLowerCase() === other.digits.toLowerCase() &&
    one.params.size === other.params.size &&
    [...one.params].every(([name, value]) => sameTelParam(name, value, other.params.get(name)))
  );
}

/** Extensions and a `phone-context` that is a number are compared as numbers are. */
function sameTelParam(name: string, value: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const isNumber = name.toLowerCase() === 'ext' || value.startsWith('+');
  const [left, right] = isNumber ? [withoutSeparators(value), withoutSeparators(other)] : [value, other];
  return left.toLowerCase() === right.toLowerCase();
}
