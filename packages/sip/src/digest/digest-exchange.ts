import type { Endpoint } from '@vats/kernel';
import { type AuthValue, parseAuthValue } from '../message/auth-values.ts';
import type { SipResponse } from '../message/message.ts';
import { detached } from '../message/wire-text.ts';
import type { HeaderField } from '../message/write-message.ts';
import { type DigestChallenge, isUsableNonce, readChallenge, strongest } from './challenge.ts';
import type { DigestClient, DigestRequest, SentCredentials } from './digest-client.ts';
import type { Challenger } from './server.ts';

/**
 * What a 401 or 407 to a request of ours comes to:
 * - `answered`: the request is to be sent again, with `credentials()`
 * - `rejected`: the peer refused our credentials, or asks for others again and again
 * - `foreign-realm`: no challenge is for the realm that our credentials are bound to
 * - `foreign-peer`: the request had not gone to the peer that they are for
 * - `unsupported`: no challenge for our realm has an algorithm and a protection that we speak, or none can be read
 */
export type ChallengeVerdict = 'answered' | 'rejected' | 'foreign-realm' | 'foreign-peer' | 'unsupported';

/** Credentials that one request may have renewed because their nonce, not they, were refused. */
const RENEWALS_LIMIT = 2;
/** A server and a proxy, and the renewals: whatever else happens, a request is not repeated more often. */
const ANSWERS_LIMIT = 2 + RENEWALS_LIMIT;

const CREDENTIALS_HEADER = { uas: 'Authorization', proxy: 'Proxy-Authorization' } as const;
const INFO_HEADER = { uas: 'Authentication-Info', proxy: 'Proxy-Authentication-Info' } as const;
const CHALLENGERS: readonly Challenger[] = ['proxy', 'uas'];

/**
 * One request of ours and the challenges that it meets, each of which is answered once: by the server (401) and by a
 * proxy on the way (407). Made by `DigestClient.begin`.
 */
export class DigestExchange {
  readonly #client: DigestClient;
  readonly #request: DigestRequest;
  /** What the last sending carried. */
  readonly #sent = new Map<Challenger, SentCredentials>();
  #answers = 0;
  #renewals = 0;
  #verdict: ChallengeVerdict | undefined;

  constructor(client: DigestClient, request: DigestRequest) {
    this.#client = client;
    this.#request = request;
  }

  /** How often a challenge was answered. */
  get answers(): number {
    return this.#answers;
  }

  /** How often it was because a nonce was stale, or was not taken a second time. */
  get renewals(): number {
    return this.#renewals;
  }

  /** Of the last challenge; undefined: none came. */
  get verdict(): ChallengeVerdict | undefined {
    return this.#verdict;
  }

  /**
   * Header lines for the next sending, to this far end; none when nothing is known to be asked for.
   * @param uri the Request-URI, a wire string
   * @param body of that sending, if it has one
   */
  credentials(uri: string, to: Endpoint, body?: Buffer): HeaderField[] {
    this.#sent.clear();
    const lines: HeaderField[] = [];
    if (!this.#client.isPeer(to)) return lines;
    for (const challenger of CHALLENGERS) {
      const made = this.#client.credentials(challenger, this.#request.method, uri, body);
      if (made === undefined) continue;
      this.#sent.set(challenger, made);
      lines.push([CREDENTIALS_HEADER[challenger], made.value]);
    }
    return lines;
  }

  /** Judges a 401 or 407 to what was sent to this far end. */
  challenged(response: SipResponse, to: Endpoint): ChallengeVerdict {
    this.#verdict = this.#judge(response, to);
    return this.#verdict;
  }

  /** Takes from the final response what it says for the requests to come. */
  finished(response: SipResponse): void {
    if (response.status < 200 || response.status > 299) return;
    for (const challenger of this.#sent.keys()) {
      const info = response.value(INFO_HEADER[challenger]);
      // Parameters without a scheme (RFC 7615 §3), read as if they had one.
      const read = info === undefined ? undefined : parseAuthValue(`Digest ${info}`);
      const next = read?.ok ? read.value.get('nextnonce') : undefined;
      if (next !== undefined && isUsableNonce(next)) this.#client.renew(challenger, detached(next));
    }
  }

  #judge(response: SipResponse, to: Endpoint): ChallengeVerdict {
    const client = this.#client;
    if (!client.isPeer(to)) return 'foreign-peer';
    const challenger: Challenger = response.status === 407 ? 'proxy' : 'uas';
    const offered = digestChallenges(response, challenger);
    if (offered.length === 0) return 'unsupported';
    const ours = offered.filter((each) => this.#isOurs(each.get('realm')));
    if (ours.length === 0) return 'foreign-realm';
    const challenge = strongest(ours.map(readChallenge).filter((each) => each !== undefined));
    if (challenge === undefined) return 'unsupported';
    const sent = this.#sent.get(challenger);
    if (this.#answers >= ANSWERS_LIMIT || (sent !== undefined && !this.#mayRenew(sent, challenge))) {
      if (sent !== undefined) client.forget(challenger, sent.nonce);
      return 'rejected';
    }
    this.#answers++;
    client.learn(challenge.realm);
    client.remember(challenger, challenge);
    return 'answered';
  }

  #isOurs(realm: string | undefined): boolean {
    const bound = this.#client.realm;
    if (bound !== undefined) return realm === bound;
    const { method, inDialog } = this.#request;
    return !inDialog && (method === 'REGISTER' || method === 'INVITE');
  }

  /**
   * Whether refused credentials are refused for their nonce: it is stale, or was used before and another one is offered
   * now, as by servers that take each nonce once and do not say `stale`.
   */
  #mayRenew(sent: SentCredentials, challenge: DigestChallenge): boolean {
    const isNonceAtFault = challenge.stale || (sent.count > 1 && challenge.nonce !== sent.nonce);
    if (!isNonceAtFault || this.#renewals >= RENEWALS_LIMIT) return false;
    this.#renewals++;
    return true;
  }
}

function digestChallenges(response: SipResponse, challenger: Challenger): AuthValue[] {
  const header = challenger === 'proxy' ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  const found: AuthValue[] = [];
  for (const value of response.challenges(header)) if (value.ok && value.value.isDigest) found.push(value.value);
  return found;
}
