import type { Parsed } from '@vats/kernel';
import { type NameAddr, parseNameAddr, readNameAddr } from './name-addr.ts';
import type { SipUri } from './sip-uri.ts';
import type { TelUri } from './tel-uri.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** Values of one header that are looked at; who writes more than that says nothing that could be believed. */
const VALUES_READ = 16;

/** Who somebody is, as a network that knows says it: a sip address, a telephone number, or both of one person. */
export interface Identities {
  readonly sip?: NameAddr & { readonly uri: SipUri };
  readonly tel?: NameAddr & { readonly uri: TelUri };
}

/**
 * Reads the values of P-Asserted-Identity or P-Preferred-Identity (RFC 3325 §9.1, §9.2): one sip or sips URI and one tel URI at most.
 * Of several with one scheme the first counts (RFC 5876 §4.5), another scheme and what can't be read do not.
 */
export function readIdentities(values: readonly string[]): Identities {
  const found: { sip?: NameAddr; tel?: NameAddr } = {};
  for (const value of values.slice(0, VALUES_READ)) {
    const address = parseNameAddr(value);
    if (!address.ok) continue;
    const { kind } = address.value.uri;
    if (kind === 'sip') found.sip ??= address.value;
    else if (kind === 'tel') found.tel ??= address.value;
  }
  return found as Identities;
}

/** One value of Remote-Party-ID (draft-ietf-sip-privacy-04 §5), as PBXs of before RFC 3325 write it. */
export interface RemotePartyId {
  readonly address: NameAddr;
  readonly party: 'calling' | 'called';
  /** Whose number it is has been looked at by the network, and is right. */
  readonly isScreened: boolean;
  /** The number is not to be shown. */
  readonly hidesNumber: boolean;
  /** The name is not to be shown. */
  readonly hidesName: boolean;
}

/** @example parseRemotePartyId('"Anna" <sip:201@pbx.example>;party=calling;screen=yes;privacy=off') */
export function parseRemotePartyId(text: string): Parsed<RemotePartyId, ValueFault> {
  return readWhole(text, (cursor) => {
    const address = readNameAddr(cursor);
    if (address === undefined) return undefined;
    const { params } = address;
    const privacy = (params.get('privacy') ?? 'off').toLowerCase();
    // `full`, `name` and `uri` may carry a suffix of who asked for it (`uri-network`).
    const hides = (what: string) => privacy === what || privacy.startsWith(`${what}-`);
    return {
      address,
      party: params.get('party')?.toLowerCase() === 'called' ? 'called' : 'calling',
      isScreened: params.get('screen')?.toLowerCase() === 'yes',
      hidesNumber: hides('full') || hides('uri'),
      hidesName: hides('full') || hides('name'),
    };
  });
}
