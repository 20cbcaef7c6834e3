import { hash } from 'node:crypto';
import { toWire } from '../message/wire-text.ts';

/** Digest algorithms that we speak, as their challenges name them (RFC 8760 §2.1). */
export type DigestAlgorithm = 'MD5' | 'SHA-256';

/** Hashes that we answer challenges with: whoever asks us may know one more than we ask for ourselves (RFC 7616 §6.1). */
export type DigestHash = DigestAlgorithm | 'SHA-512-256';

/** What is stored instead of a password: its HA1 by algorithm, in lower-case hex. One form may be missing. */
export interface StoredHa1 {
  readonly md5?: string;
  readonly sha256?: string;
}

const HASH_NAMES: Readonly<Record<DigestHash, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};

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
export function ha1ForRealm(algorithm: DigestHash, username: string, realm: string, password: string): string {
  return hashOctets(algorithm, `${toWire(username)}:${realm}:${toWire(password)}`);
}

/**
 * HA1 of a `-sess` algorithm (RFC 7616 §3.4.2): the same for all requests under one challenge, so that whoever keeps the first cnonce
 * and whoever takes each request's own come to the same thing.
 */
export function sessionHa1(algorithm: DigestHash, ha1: string, nonce: string, cnonce: string): string {
  return hashOctets(algorithm, `${ha1}:${nonce}:${cnonce}`);
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
  readonly algorithm: DigestHash;
  readonly ha1: string;
  readonly method: string;
  /** The `uri` of the credentials. */
  readonly uri: string;
  readonly nonce: string;
  /** Absent: the response of RFC 2069, without counter. */
  readonly protection?: Protection | undefined;
  /** The body, which qop `auth-int` protects as well. */
  readonly body?: Buffer | undefined;
}

const NO_BODY = Buffer.alloc(0);

/** The `response` of credentials (RFC 7616 §3.4.1; qop `auth`, `auth-int` or, for RFC 2069 peers, none), in lower-case hex. */
export function digestResponse(input: DigestInput): string {
  const { protection, algorithm, body = NO_BODY } = input;
  const entity = protection?.qop === 'auth-int' ? `:${hash(HASH_NAMES[algorithm], body)}` : '';
  const ha2 = hashOctets(algorithm, `${input.method}:${input.uri}${entity}`);
  const middle =
    protection === undefined ? input.nonce : `${input.nonce}:${protection.nc}:${protection.cnonce}:${protection.qop}`;
  return hashOctets(input.algorithm, `${input.ha1}:${middle}:${ha2}`);
}

function hashOctets(algorithm: DigestHash, wire: string): string {
  // A string is hashed as UTF-8, faster than a buffer, and ASCII is the same in both.
  const isAscii = Buffer.byteLength(wire) === wire.length;
  return hash(HASH_NAMES[algorithm], isAscii ? wire : Buffer.from(wire, 'latin1'));
}
