import type { Clock, Random } from '@vats/kernel';
import { type AuthValue, formatChallenge } from '../message/auth-values.ts';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import {
  type DigestAlgorithm,
  digestResponse,
  HEX_LENGTH,
  ha1Of,
  type Protection,
  type StoredHa1,
} from './calculation.ts';
import { namesRequest } from './digest-uri.ts';
import { NonceMint } from './nonce.ts';
import { NonceCounters, parseNonceCount } from './nonce-counter.ts';
import { TextComparison } from './text-comparison.ts';

/** Who asks for credentials: the server that the request is for (401), or a proxy on its way (407). */
export type Challenger = 'uas' | 'proxy';

export interface ChallengeOptions {
  readonly realm: string;
  /** Strongest first; one challenge each (RFC 8760 §2.3). */
  readonly algorithms: readonly DigestAlgorithm[];
  /** Observed IP address, without port. */
  readonly source: string;
  /** The port that the challenge goes to; 0 where it is not known. */
  readonly port: number;
  readonly challenger: Challenger;
  /** The credentials were not judged, because their nonce is too old, used or not ours: the phone need ask nobody. */
  readonly stale?: boolean;
}

export interface VerifyOptions {
  readonly realm: string;
  readonly source: string;
  /** The port that the credentials come from. */
  readonly port: number;
  /** Algorithms that this account may use. */
  readonly algorithms: readonly DigestAlgorithm[];
  /**
   * What is stored for the username of the credentials. Undefined for an unknown user, for whom the same work is done
   * with the same outcome as for a wrong password.
   */
  readonly ha1: StoredHa1 | undefined;
  /**
   * Whether the account may not be used from this source; asked for right credentials only. They are then refused as wrong
   * ones are, up to the counter of their nonce, which stays unused: a difference would tell whoever stole a password that
   * it is right.
   */
  readonly barred?: () => boolean;
  /**
   * Whether credentials are not to be judged now, as after too many guesses; asked only for those whose nonce proves their source
   * and is not used up, so that nobody's turn can be taken by whoever has none. The same work is done as for others.
   */
  readonly unheard?: () => boolean;
}

/**
 * - `good`: the peer knows the password; the nonce's counter is used up
 * - `absent`: no credentials for this realm: challenge
 * - `stale`: the nonce is ours, but too old, or its counter was used: challenge with `stale`; never a failure
 * - `foreign-nonce`: the nonce was not made by us for this source and realm, or by an earlier run: the same
 * - `unheard`: not judged, right or wrong, and no failure; to be answered as `bad` is
 * - `bad`: a failure that counts against the source, for the nonce proves that the address is no forgery; `samePort` when it was sent
 *   to that very port, so that the port is none either
 */
export type DigestVerdict =
  | { readonly outcome: 'good'; readonly username: string }
  | { readonly outcome: 'absent' | 'stale' | 'foreign-nonce' | 'unheard' }
  | { readonly outcome: 'bad'; readonly username: string; readonly why: BadCredentials; readonly samePort: boolean };

/**
 * `response`: wrong password or unknown user; `barred`: right, from where the account may not be used; `uri`: made for another request; `algorithm`: not one that this account may
 * use; `malformed`: a part is missing or unreadable, or a qop that we did not offer.
 */
export type BadCredentials = 'response' | 'barred' | 'uri' | 'algorithm' | 'malformed';

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
const REALMS_REMEMBERED = 1000;
/** How far into a message its credentials are looked for when it is not read. */
const QUICK_LOOK_OCTETS = 16_384;
/** A phone has them for us, and perhaps for a proxy before us; a hash is made for each. */
const CREDENTIALS_LOOKED_AT = 4;
const CREDENTIALS_LINE = /^(?:proxy-)?authorization[ \t]*:(?:[^\r\n]|\r\n[ \t])*/gim;

/**
 * Digest authentication as server (RFC 3261 §22, RFC 7616, RFC 8760). It keeps no state of those whom it challenges, and
 * of those whose credentials were good a bitmap a nonce.
 */
export class DigestServer {
  readonly #nonces: NonceMint;
  readonly #counters: NonceCounters;
  /** Stands in for the HA1 of unknown users: nobody knows the password that makes it. */
  readonly #dummyHa1: Readonly<Record<DigestAlgorithm, string>>;
  readonly #responses: Readonly<Record<DigestAlgorithm, TextComparison>> = {
    MD5: new TextComparison(HEX_LENGTH.MD5),
    'SHA-256': new TextComparison(HEX_LENGTH['SHA-256']),
  };
  readonly #beginnings = new Map<string, string>();

  constructor(options: DigestServerOptions) {
    const { clock, random, secret, nonceLifetime: lifetime = NONCE_LIFETIME_MS, nonceLimit = NONCE_LIMIT } = options;
    if (secret.length < 32) throw new RangeError(`digest secret of ${secret.length} octets: at least 32`);
    this.#nonces = new NonceMint({ clock, random, secret, lifetime });
    this.#counters = new NonceCounters({ clock, limit: nonceLimit, lifetime });
    this.#dummyHa1 = { MD5: random.bytes(16).toString('hex'), 'SHA-256': random.bytes(32).toString('hex') };
  }

  /**
   * Header lines for a 401 or 407. All share one nonce, as those of RFC 7616 §3.9.1 do: whoever answers, answers one.
   */
  challenge(options: ChallengeOptions): HeaderField[] {
    const { realm, algorithms, challenger } = options;
    const name = challenger === 'uas' ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    const beginning = `${this.#beginningFor(realm)}, nonce="${this.#nonces.make(options, options.port)}", algorithm=`;
    const end = options.stale === true ? ', qop="auth", stale=true' : ', qop="auth"';
    const lines: HeaderField[] = [];
    for (const algorithm of algorithms) lines.push([name, beginning + algorithm + end]);
    return lines;
  }

  /**
   * The request's first well-formed Digest credentials for this realm, which is compared as written (RFC 7616 §3.3).
   * `verify` is to be given the HA1 for their username, a wire string.
   */
  credentialsOf(request: SipRequest, realm: string, challenger: Challenger): AuthValue | undefined {
    const header = challenger === 'uas' ? 'Authorization' : 'Proxy-Authorization';
    for (const value of request.credentials(header)) {
      if (value.ok && value.value.isDigest && value.value.get('realm') === realm) return value.value;
    }
    return undefined;
  }

  /**
   * Whether octets that nobody has parsed carry a nonce made for this source lately, which only who hears our answers
   * there can have. A cheap look, for choosing what to read when there is too much to read all of it.
   */
  vouchesFor(octets: Buffer, source: string): boolean {
    if (octets.indexOf('nonce="', 0, 'latin1') < 0) return false;
    const text = octets.toString('latin1', 0, QUICK_LOOK_OCTETS);
    let left = CREDENTIALS_LOOKED_AT;
    for (const [line] of text.matchAll(CREDENTIALS_LINE)) {
      if (left-- === 0) return false;
      const nonce = /[\s,]nonce="([0-9a-z]+)"/.exec(line)?.[1];
      const realm = /[\s,]realm="([^"\\\r\n]*)"/.exec(line)?.[1];
      if (nonce === undefined || realm === undefined) continue;
      if (this.#nonces.judge(nonce, { source, realm })?.age === 'fresh') return true;
    }
    return false;
  }

  /** Judges what `credentialsOf` found in the request. */
  verify(request: SipRequest, credentials: AuthValue | undefined, options: VerifyOptions): DigestVerdict {
    if (credentials === undefined) return ABSENT;
    // The nonce comes before everything else: what it does not vouch for is neither judged nor counted, or guesses
    // under an old nonce would be free.
    const nonce = credentials.get('nonce') ?? '';
    const known = this.#nonces.judge(nonce, options);
    if (known?.age !== 'fresh') return known === undefined ? FOREIGN : STALE;
    const proof = readProof(credentials);
    if (proof !== undefined && !this.#counters.isNew(nonce, proof.count)) return STALE;
    if (options.unheard?.() === true) {
      if (proof !== undefined) this.#judge(request, nonce, proof, { ...options, ha1: undefined });
      return UNHEARD;
    }
    const username = credentials.get('username') ?? '';
    const samePort = known.port === options.port;
    if (proof === undefined) return { outcome: 'bad', username, why: 'malformed', samePort };
    const why = this.#judge(request, nonce, proof, options);
    if (why !== undefined) return { outcome: 'bad', username, why, samePort };
    this.#counters.record(nonce, proof.count);
    return { outcome: 'good', username };
  }

  /** What is wrong with the proof, undefined when it is right. */
  #judge(request: SipRequest, nonce: string, proof: Proof, options: VerifyOptions): BadCredentials | undefined {
    const { algorithm, uri, protection } = proof;
    if (!options.algorithms.includes(algorithm)) return 'algorithm';
    if (!namesRequest(uri, request)) return 'uri';
    const stored = options.ha1 && ha1Of(options.ha1, algorithm);
    const expected = digestResponse({
      algorithm,
      ha1: stored ?? this.#dummyHa1[algorithm],
      method: request.method,
      uri,
      nonce,
      protection,
    });
    const matches = this.#responses[algorithm].equal(expected, proof.response);
    if (!matches || stored === undefined) return 'response';
    return options.barred?.() === true ? 'barred' : undefined;
  }

  /** A challenge up to its realm, whose text is checked and quoted once. */
  #beginningFor(realm: string): string {
    const known = this.#beginnings.get(realm);
    if (known !== undefined) return known;
    const beginning = formatChallenge({ realm });
    // A realm for each domain; those that domains had before they were renamed go at some time.
    if (this.#beginnings.size >= REALMS_REMEMBERED) this.#beginnings.clear();
    this.#beginnings.set(realm, beginning);
    return beginning;
  }
}

const ABSENT: DigestVerdict = { outcome: 'absent' };
const STALE: DigestVerdict = { outcome: 'stale' };
const FOREIGN: DigestVerdict = { outcome: 'foreign-nonce' };
const UNHEARD: DigestVerdict = { outcome: 'unheard' };

/** The part of credentials that is computed over, found complete and well-formed. */
interface Proof {
  readonly algorithm: DigestAlgorithm;
  readonly uri: string;
  readonly response: string;
  readonly protection: Protection | undefined;
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
