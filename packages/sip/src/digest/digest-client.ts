import type { Endpoint, Random } from '@vats/kernel';
import { toWire } from '../message/wire-text.ts';
import { type DigestHash, ha1ForRealm } from './calculation.ts';
import type { DigestChallenge } from './challenge.ts';
import { credentialsFor } from './client.ts';
import { DigestExchange } from './digest-exchange.ts';
import type { Challenger } from './server.ts';

export interface DigestClientOptions {
  /** Text; at the wire it is UTF-8. */
  readonly username: string;
  readonly password: string;
  /**
   * The only realm whose challenges are answered, compared as written. Without it the realm of the first challenge to a
   * REGISTER or INVITE outside dialogs is taken for it, and kept.
   */
  readonly realm?: string;
  /**
   * Whether this far end is the peer that the account is at. Requests to anybody else carry no credentials and their
   * challenges go unanswered, whatever realm they name (RFC 3261 §22: whoever may ask for a digest may guess at it).
   */
  readonly isPeer: (observed: Endpoint) => boolean;
  readonly random: Random;
}

/** What a request is that may be challenged (RFC 3261 §22.2). */
export interface DigestRequest {
  readonly method: string;
  /** A request within a dialog teaches no realm: its far end may be anybody whom the peer connected us with. */
  readonly inDialog: boolean;
}

/** Credentials as they were sent. */
export interface SentCredentials {
  readonly value: string;
  readonly nonce: string;
  /** How often their nonce had been used, these included. */
  readonly count: number;
}

/** A nonce of the peer, and how often we have used it. */
interface KnownNonce {
  readonly challenge: DigestChallenge;
  /** Of all requests under it, for a `-sess` algorithm. */
  cnonce?: string;
  count: number;
}

const CNONCE_CHARACTERS = 20;

/**
 * Digest as client (RFC 3261 §22.2, RFC 7616, RFC 8760) for one account at one peer. It remembers the last nonce of the
 * peer's server and of its proxy, so that a later request carries credentials before it is asked. The password leaves
 * it in no other way than inside a digest.
 *
 * @example
 * const credentials = new DigestClient({ username: '74951234567', password, isPeer: ({ address }) => address === proxy, random });
 * sendAuthenticated(transactions, { draft, flow }, credentials, user);
 */
export class DigestClient {
  readonly username: string;
  readonly #password: string;
  readonly #random: Random;
  readonly #isPeer: (observed: Endpoint) => boolean;
  readonly #nonces = new Map<Challenger, KnownNonce>();
  readonly #ha1 = new Map<DigestHash, string>();
  #realm: string | undefined;

  /** @throws RangeError for a username that cannot stand in a header */
  constructor(options: DigestClientOptions) {
    const { username, password, realm, isPeer, random } = options;
    if (!/^[^\0-\x1f\x7f]+$/.test(username)) {
      throw new RangeError(
        `digest username ${JSON.stringify(username)}: it must not be empty nor hold control characters`,
      );
    }
    this.username = username;
    this.#password = password;
    this.#realm = realm === undefined ? undefined : toWire(realm);
    this.#isPeer = isPeer;
    this.#random = random;
  }

  /** The realm that the credentials are bound to, a wire string; undefined until one is known. */
  get realm(): string | undefined {
    return this.#realm;
  }

  /** Follows one request through the challenges that it meets. */
  begin(request: DigestRequest): DigestExchange {
    return new DigestExchange(this, request);
  }

  isPeer(observed: Endpoint): boolean {
    return this.#isPeer(observed);
  }

  /** Binds the credentials to this realm, if they are bound to none yet. */
  learn(realm: string): void {
    this.#realm ??= realm;
  }

  /** From now on requests answer this challenge. */
  remember(challenger: Challenger, challenge: DigestChallenge): void {
    this.#nonces.set(challenger, { challenge, count: 0 });
  }

  /** The peer gave a nonce for the next request (`nextnonce`, RFC 7616 §3.5). */
  renew(challenger: Challenger, nonce: string): void {
    const known = this.#nonces.get(challenger);
    // Whether a session's key outlives its nonce is read in both ways (RFC 7616 §3.4.2): it ends when the peer says so.
    if (known === undefined || known.challenge.isSession) return;
    this.remember(challenger, { ...known.challenge, nonce });
  }

  /** This nonce brought nothing but a refusal: no request carries credentials under it any more. */
  forget(challenger: Challenger, nonce: string): void {
    if (this.#nonces.get(challenger)?.challenge.nonce === nonce) this.#nonces.delete(challenger);
  }

  /** Credentials under the last nonce of this challenger; undefined when there is none. */
  credentials(challenger: Challenger, method: string, uri: string, body?: Buffer): SentCredentials | undefined {
    const known = this.#nonces.get(challenger);
    if (known === undefined) return undefined;
    const { challenge } = known;
    const count = ++known.count;
    const cnonce = this.#cnonceFor(known);
    const request = { method, uri, count, cnonce, body };
    const value = credentialsFor(challenge, this.username, this.#ha1For(challenge), request);
    return { value, nonce: challenge.nonce, count };
  }

  #cnonceFor(known: KnownNonce): string {
    const { qop, isSession } = known.challenge;
    if (qop === undefined) return '';
    if (!isSession) return this.#random.token(CNONCE_CHARACTERS);
    known.cnonce ??= this.#random.token(CNONCE_CHARACTERS);
    return known.cnonce;
  }

  /** One for each algorithm: every challenge that is remembered names the one realm. */
  #ha1For({ algorithm, realm }: DigestChallenge): string {
    let known = this.#ha1.get(algorithm);
    if (known === undefined) {
      known = ha1ForRealm(algorithm, this.username, realm, this.#password);
      this.#ha1.set(algorithm, known);
    }
    return known;
  }
}
