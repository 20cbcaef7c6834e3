import { hash } from 'node:crypto';
import { toWire } from '../message/wire-text.ts';

/** Digest algorithms that we speak, as their challenges name them (RFC 8760 §2.1). */
export type DigestAlgorithm = 'MD5' | 'SHA-256';

/** What is stored instead of a password: its HA1 by algorithm, in lower-case hex. One form may be missing. */
export interface StoredHa1 {
  readonly md5?: string;
  readonly sha256?: string;
}

const HASH_NAMES: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

/** Length of a hash in hex characters. */
export const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { MD5: 32, 'SHA-256': 64 };

/**
 * HA1, the hash that stands for an account (RFC 7616 §3.4.2). The arguments are human text, hashed as UTF-8. It holds
 * for this very `username`: an account that may name itself `login` and `login@domain` has one HA1 for each.
 */
export function ha1(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return hash(HASH_NAMES[algorithm], `${username}:${realm}:${password}`);
}

/** The same for a realm that a peer named, which is a wire string: its octets count, whatever they mean. */
export function ha1ForRealm(algorithm: DigestAlgorithm, username: string, realm: string, password: string): string {
  return hashOctets(algorithm, `${toWire(username)}:${realm}:${toWire(password)}`);
}

/** Both HA1 forms of an account. */
export function storedHa1(username: string, realm: string, password: string): Required<StoredHa1> {
  return { md5: ha1('MD5', username, realm, password), sha256: ha1('SHA-256', username, realm, password) };
}

/** The stored form that `algorithm` needs. */
export function ha1Of(stored: StoredHa1, algorithm: DigestAlgorithm): string | undefined {
  return algorithm === 'MD5' ? stored.md5 : stored.sha256;
}

/** Quality of protection, and what it adds to the computation (RFC 7616 §3.4). */
export interface Protection {
  readonly qop: string;
  readonly nc: string;
  readonly cnonce: string;
}

/** What a response is computed over. All texts are wire strings: one character an octet, quoted-string escapes undone. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly ha1: string;
  readonly method: string;
  /** The `uri` of the credentials. */
  readonly uri: string;
  readonly nonce: string;
  /** Absent: the response of RFC 2069, without counter. */
  readonly protection?: Protection | undefined;
}

/** The `response` of credentials (RFC 7616 §3.4.1; qop `auth` or, for RFC 2069 peers, none), in lower-case hex. */
export function digestResponse(input: DigestInput): string {
  const ha2 = hashOctets(input.algorithm, `${input.method}:${input.uri}`);
  const { protection } = input;
  const middle =
    protection === undefined ? input.nonce : `${input.nonce}:${protection.nc}:${protection.cnonce}:${protection.qop}`;
  return hashOctets(input.algorithm, `${input.ha1}:${middle}:${ha2}`);
}

function hashOctets(algorithm: DigestAlgorithm, wire: string): string {
  // A string is hashed as UTF-8, faster than a buffer, and ASCII is the same in both.
  const isAscii = Buffer.byteLength(wire) === wire.length;
  return hash(HASH_NAMES[algorithm], isAscii ? wire : Buffer.from(wire, 'latin1'));
}
