import type { AuthValue } from '../message/auth-values.ts';
import { detached, isSafeValue } from '../message/wire-text.ts';
import type { DigestHash } from './calculation.ts';

/** A Digest challenge that we can answer (RFC 7616 §3.3). All texts are wire strings that keep no message alive. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestHash;
  /** The algorithm is a `-sess` one (RFC 7616 §3.4.2). */
  readonly isSession: boolean;
  /** As the challenge wrote it, for the answer; undefined where it named none. */
  readonly algorithmText: string | undefined;
  /** What is answered with; undefined: the challenge of RFC 2069, whose answer has no counter. */
  readonly qop: 'auth' | 'auth-int' | undefined;
  /** Our credentials were right, but their nonce is too old. */
  readonly stale: boolean;
}

/** What answers a challenge has to echo; longer ones would fill our requests with a peer's text. */
const ECHO_LIMIT = 2048;

/**
 * Reads a challenge. Undefined: it is no Digest, lacks a part, wants an algorithm or a protection that we do not speak, or holds what
 * cannot be echoed. Where both are offered `auth` is taken, for a proxy may have to change a body on its way; its `domain` says
 * nothing that the binding to a peer does not.
 */
export function readChallenge(value: AuthValue): DigestChallenge | undefined {
  const realm = value.get('realm');
  const nonce = value.get('nonce');
  if (!value.isDigest || realm === undefined || nonce === undefined) return undefined;
  const algorithmText = value.get('algorithm');
  const algorithm = algorithmOf(algorithmText);
  const qop = protectionOf(value.get('qop'));
  const opaque = value.get('opaque');
  const echo = realm + nonce + (opaque ?? '');
  if (algorithm === undefined || qop === 'unknown' || echo.length > ECHO_LIMIT || !isSafeValue(echo)) {
    return undefined;
  }
  // Without qop no cnonce is sent (RFC 2617 §3.2.2), which such an algorithm is made of.
  if (algorithm.isSession && qop === undefined) return undefined;
  return {
    realm: detached(realm),
    nonce: detached(nonce),
    opaque: opaque && detached(opaque),
    algorithm: algorithm.hash,
    isSession: algorithm.isSession,
    algorithmText: algorithmText && detached(algorithmText),
    qop,
    stale: value.get('stale')?.toLowerCase() === 'true',
  };
}

/** Whether a nonce that a peer gives us can stand in our requests. */
export function isUsableNonce(nonce: string): boolean {
  return nonce !== '' && nonce.length <= ECHO_LIMIT && isSafeValue(nonce);
}

const STRONGEST_FIRST: readonly DigestHash[] = ['SHA-512-256', 'SHA-256', 'MD5'];

/** The strongest of several challenges; the first one where they are alike (RFC 8760 §2.4). */
export function strongest(challenges: readonly DigestChallenge[]): DigestChallenge | undefined {
  for (const hash of STRONGEST_FIRST) {
    const found = challenges.find(({ algorithm }) => algorithm === hash);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Absent means MD5 (RFC 7616 §3.3). */
function algorithmOf(text = 'MD5'): { readonly hash: DigestHash; readonly isSession: boolean } | undefined {
  const name = text.toUpperCase();
  const isSession = name.endsWith('-SESS');
  const hash = STRONGEST_FIRST.find((each) => each === (isSession ? name.slice(0, -'-SESS'.length) : name));
  return hash && { hash, isSession };
}

/** What of the list is answered with. An empty list is read as none. */
function protectionOf(qop: string | undefined): DigestChallenge['qop'] | 'unknown' {
  if (qop === undefined || qop.trim() === '') return undefined;
  const offered = qop.split(',').map((each) => each.trim().toLowerCase());
  return (['auth', 'auth-int'] as const).find((each) => offered.includes(each)) ?? 'unknown';
}
