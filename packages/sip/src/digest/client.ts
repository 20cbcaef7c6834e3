import { type AuthValue, formatCredentials } from '../message/auth-values.ts';
import { toWire } from '../message/wire-text.ts';
import { digestResponse, ha1ForRealm, sessionHa1 } from './calculation.ts';
import { type DigestChallenge, readChallenge } from './challenge.ts';

/** What the answer to a challenge is made for. */
export interface AnsweredRequest {
  readonly method: string;
  /** The Request-URI, as a wire string. */
  readonly uri: string;
  /** How often this nonce was used, this request included: 1 for the first. */
  readonly count: number;
  /** Random text of ours; needed when the challenge offers qop. For a `-sess` algorithm one for all requests under a nonce. */
  readonly cnonce: string;
  /** The request's body, which qop `auth-int` protects. */
  readonly body?: Buffer | undefined;
}

/** Who we are to whoever challenges us (RFC 7616 §3.4). */
export interface ClientCredentials extends AnsweredRequest {
  readonly username: string;
  readonly password: string;
}

/**
 * The value of an Authorization or Proxy-Authorization line that answers a Digest challenge (RFC 7616 §3.4), with qop
 * `auth` where it is offered, else `auth-int`. Undefined when the challenge wants an algorithm or a protection that we do not speak.
 */
export function answerChallenge(challenge: AuthValue, client: ClientCredentials): string | undefined {
  const read = readChallenge(challenge);
  if (read === undefined) return undefined;
  const { username, password } = client;
  return credentialsFor(read, username, ha1ForRealm(read.algorithm, username, read.realm, password), client);
}

/** The same for a challenge that is read; `ha1` is for its algorithm and realm. */
export function credentialsFor(
  challenge: DigestChallenge,
  username: string,
  ha1: string,
  request: AnsweredRequest,
): string {
  const { realm, nonce, opaque, algorithm, isSession, algorithmText, qop } = challenge;
  const { method, uri, count, cnonce, body } = request;
  const protection = qop === undefined ? undefined : { qop, nc: count.toString(16).padStart(8, '0'), cnonce };
  const key = isSession ? sessionHa1(algorithm, ha1, nonce, cnonce) : ha1;
  const response = digestResponse({ algorithm, ha1: key, method, uri, nonce, protection, body });
  return formatCredentials({
    username: toWire(username),
    realm,
    nonce,
    uri,
    response,
    algorithm: algorithmText,
    opaque,
    ...protection,
  });
}
