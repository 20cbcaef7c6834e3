import { timingSafeEqual } from 'node:crypto';
import type { Clock, Random } from '@vats/kernel';
import { type AuthValue, formatChallenge } from '../message/auth-values.ts';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import { type DigestAlgorithm, digestResponse, HEX_LENGTH, ha1Of, type StoredHa1 } from './calculation.ts';
import { namesRequest } from './digest-uri.ts';
import { NonceMint } from './nonce.ts';
import { NonceCounters, parseNonceCount } from './nonce-counter.ts';

/** Who asks for credentials: the server that the request is for (401), or a proxy on its way (407). */
export type Challenger = 'uas' | 'proxy';

export interface ChallengeOptions {
  readonly realm: string;
  /** Strongest first; one challenge each (RFC 8760 §2.3). */
  readonly algorithms: readonly DigestAlgorithm[];
  /** Observed IP address, without port. */
  readonly source: string;
  readonly challenger: Challenger;
  /** The credentials were not judged, because their nonce is too old, used or not ours: the phone need ask nobody. */
  readonly stale?: boolean;
}

export interface VerifyOptions {
  readonly realm: string;
  readonly source: string;
  readonly challenger: Challenger;
  /** Algorithms that this account may use. */
  readonly algorithms: readonly DigestAlgorithm[];
  /**
   * What is stored for the name that `claimedUser` told. Undefined for an unknown user, for whom the same work is done
   * with the same outcome as for a wrong password.
   */
  readonly ha1: StoredHa1 | undefined;
}

/**
 * - `good`: the peer knows the password; the nonce's counter is used up
 * - `absent`: no credentials for this realm: challenge
 * - `stale`: the nonce is ours, but too old, or its counter was used: challenge with `stale`; never a failure
 * - `foreign-nonce`: the nonce was not made by us for this source and realm, or by an earlier run: the same
 * - `bad`: a failure that counts against the source, for the nonce proves that the source is no forgery
 */
export type DigestVerdict =
  | { readonly outcome: 'good'; readonly username: string }
  | { readonly outcome: 'absent' | 'stale' | 'foreign-nonce' }
  | { readonly outcome: 'bad'; readonly username: string; readonly why: BadCredentials };

/**
 * `response`: wrong password or unknown user; `uri`: made for another request; `algorithm`: not one that this account may
 * use; `malformed`: a part is missing or unreadable, or a qop that we did not offer.
 */
export type BadCredentials = 'response' | 'uri' | 'algorithm' | 'malformed';

export interface DigestServerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** 32 random octets; keys the MAC of nonces. */
  readonly secret: Buffer;
  /** How long a nonce is good for, in milliseconds; 5 minutes unless given. */
  readonly nonceLifetime?: number;
  /** Nonces whose counters are remembered at most. */
  readonly nonceLimit?: number;
}

const NONCE_LIFETIME_MS = 300_000;
const NONCE_LIMIT = 100_000;

/**
 * Digest authentication as server (RFC 3261 §22, RFC 7616, RFC 8760). It keeps no state of those whom it challenges, and
 * of those whose credentials were good a bitmap a nonce.
 */
export class DigestServer {
  readonly #nonces: NonceMint;
  readonly #counters: NonceCounters;
  /** Stands in for the HA1 of unknown users: nobody knows the password that makes it. */
  readonly #dummyHa1: Readonly<Record<DigestAlgorithm, string>>;

  constructor(options: DigestServerOptions) {
    const { clock, random, secret, nonceLifetime: lifetime = NONCE_LIFETIME_MS, nonceLimit = NONCE_LIMIT } = options;
    if (secret.length < 32) throw new RangeError(`digest secret of ${secret.length} octets: at least 32`);
    this.#nonces = new NonceMint({ clock, random, secret, lifetime });
    this.#counters = new NonceCounters({ clock, limit: nonceLimit, lifetime });
    this.#dummyHa1 = { MD5: random.bytes(16).toString('hex'), 'SHA-256': random.bytes(32).toString('hex') };
  }

  /** Header lines for a 401 or 407. */
  challenge(options: ChallengeOptions): HeaderField[] {
    const { realm, source, algorithms, challenger, stale = false } = options;
    const name = challenger === 'uas' ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    return algorithms.map((algorithm) => {
      const nonce = this.#nonces.make({ source, realm });
      return [name, formatChallenge({ realm, nonce, algorithm, qop: 'auth', stale: stale ? 'true' : undefined })];
    });
  }

  /** The user name in the request's credentials for this realm, a wire string: whose HA1 `verify` is to be given. */
  claimedUser(request: SipRequest, realm: string, challenger: Challenger): string | undefined {
    return credentialsFor(request, realm, challenger)?.get('username');
  }

  /** Judges the request's credentials for this realm. */
  verify(request: SipRequest, options: VerifyOptions): DigestVerdict {
    const { realm, source } = options;
    const credentials = credentialsFor(request, realm, options.challenger);
    if (credentials === undefined) return { outcome: 'absent' };
    // The nonce comes before everything else: what it does not vouch for is neither judged nor counted, or guesses
    // under an old nonce would be free.
    const nonce = credentials.get('nonce') ?? '';
    const age = this.#nonces.judge(nonce, { source, realm });
    if (age !== 'fresh') return { outcome: age === 'stale' ? 'stale' : 'foreign-nonce' };
    const username = credentials.get('username') ?? '';
    const bad = (why: BadCredentials): DigestVerdict => ({ outcome: 'bad', username, why });
    const proof = readProof(credentials);
    if (proof === undefined) return bad('malformed');
    if (!this.#counters.isNew(nonce, proof.count)) return { outcome: 'stale' };
    if (!options.algorithms.includes(proof.algorithm)) return bad('algorithm');
    if (!namesRequest(proof.uri, request)) return bad('uri');
    const { algorithm, uri, protection } = proof;
    const stored = options.ha1 && ha1Of(options.ha1, algorithm);
    const expected = digestResponse({
      algorithm,
      ha1: stored ?? this.#dummyHa1[algorithm],
      method: request.method,
      uri,
      nonce,
      ...(protection && { protection }),
    });
    const matches = timingSafeEqual(Buffer.from(expected, 'latin1'), Buffer.from(proof.response, 'latin1'));
    if (!matches || stored === undefined) return bad('response');
    this.#counters.record(nonce, proof.count);
    return { outcome: 'good', username };
  }
}

/** The part of credentials that is computed over, found complete and well-formed. */
interface Proof {
  readonly algorithm: DigestAlgorithm;
  readonly uri: string;
  readonly response: string;
  readonly protection: { readonly qop: string; readonly nc: string; readonly cnonce: string } | undefined;
  /** `nc` as a number. Credentials of RFC 2069, which have none, use their nonce once, as its count 0. */
  readonly count: number;
}

function readProof(credentials: AuthValue): Proof | undefined {
  const algorithm = readAlgorithm(credentials.get('algorithm'));
  const uri = credentials.get('uri');
  const response = credentials.get('response')?.toLowerCase();
  if (algorithm === undefined || uri === undefined || credentials.get('username') === undefined) return undefined;
  if (response?.length !== HEX_LENGTH[algorithm] || !/^[0-9a-f]*$/.test(response)) return undefined;
  const qop = credentials.get('qop');
  if (qop === undefined) return { algorithm, uri, response, protection: undefined, count: 0 };
  const nc = credentials.get('nc') ?? '';
  const cnonce = credentials.get('cnonce');
  const count = parseNonceCount(nc);
  // auth-int is never offered; with it a relayed body could not be changed, which is what a B2BUA is for.
  if (qop.toLowerCase() !== 'auth' || cnonce === undefined || count === undefined) return undefined;
  return { algorithm, uri, response, protection: { qop, nc, cnonce }, count };
}

/** Absent means MD5 (RFC 7616 §3.4); some phones put the name in quotes or in lower case. */
function readAlgorithm(text = 'MD5'): DigestAlgorithm | undefined {
  const upper = text.toUpperCase();
  return upper === 'MD5' || upper === 'SHA-256' ? upper : undefined;
}

/** The first well-formed Digest credentials for the realm; compared as written (RFC 7616 §3.3). */
function credentialsFor(request: SipRequest, realm: string, challenger: Challenger): AuthValue | undefined {
  const header = challenger === 'uas' ? 'Authorization' : 'Proxy-Authorization';
  for (const value of request.credentials(header)) {
    if (value.ok && value.value.isDigest && value.value.get('realm') === realm) return value.value;
  }
  return undefined;
}
