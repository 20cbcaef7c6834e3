import type { AuthValue } from '../message/auth-values.ts';
import { detached, isSafeValue } from '../message/wire-text.ts';
import type { DigestAlgorithm } from './calculation.ts';

/** A Digest challenge that we can answer (RFC 7616 §3.3). All texts are wire strings that keep no message alive. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** As the challenge wrote it, for the answer; undefined where it named none. */
  readonly algorithmText: string | undefined;
  /** False: the challenge of RFC 2069, whose answer has no counter. */
  readonly offersAuth: boolean;
  /** Our credentials were right, but their nonce is too old. */
  readonly stale: boolean;
}

/** What answers a challenge has to echo; longer ones would fill our requests with a peer's text. */
const ECHO_LIMIT = 2048;

/**
 * Reads a challenge. Undefined: it is no Digest, lacks a part, wants an algorithm or a protection that we do not speak
 * (`auth-int` alone, say), or holds what cannot be echoed.
 */
export function readChallenge(value: AuthValue): DigestChallenge | undefined {
  const realm = value.get('realm');
  const nonce = value.get('nonce');
  if (!value.isDigest || realm === undefined || nonce === undefined) return undefined;
  const algorithmText = value.get('algorithm');
  const algorithm = algorithmOf(algorithmText);
  const offersAuth = protectionOf(value.get('qop'));
  const opaque = value.get('opaque');
  const echo = realm + nonce + (opaque ?? '');
  if (algorithm === undefined || offersAuth === undefined || echo.length > ECHO_LIMIT || !isSafeValue(echo)) {
    return undefined;
  }
  return {
    realm: detached(realm),
    nonce: detached(nonce),
    opaque: opaque && detached(opaque),
    algorithm,
    algorithmText: algorithmText && detached(algorithmText),
    offersAuth,
    stale: value.get('stale')?.toLowerCase() === 'true',
  };
}

/** Whether a nonce that a peer gives us can stand in our requests. */
export function isUsableNonce(nonce: string): boolean {
  return nonce !== '' && nonce.length <= ECHO_LIMIT && isSafeValue(nonce);
}

/** The strongest of several challenges; the first one where they are alike (RFC 8760 §2.4). */
export function strongest(challenges: readonly DigestChallenge[]): DigestChallenge | undefined {
  return challenges.find(({ algorithm }) => algorithm === 'SHA-256') ?? challenges[0];
}

/** Absent means MD5 (RFC 7616 §3.3). */
function algorithmOf(text = 'MD5'): DigestAlgorithm | undefined {
  const name = text.toUpperCase();
  return name === 'MD5' || name === 'SHA-256' ? name : undefined;
}

/** Whether `auth` is offered; undefined when something else is wanted. An empty list is read as none. */
function protectionOf(qop: string | undefined): boolean | undefined {
  if (qop === undefined || qop.trim() === '') return false;
  return qop.split(',').some((each) => each.trim().toLowerCase() === 'auth') ? true : undefined;
}
