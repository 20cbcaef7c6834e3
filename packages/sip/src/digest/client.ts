import { type AuthValue, formatCredentials } from '../message/auth-values.ts';
import { type DigestAlgorithm, digestResponse, ha1 } from './calculation.ts';

export interface ClientCredentials {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** The Request-URI, as a wire string. */
  readonly uri: string;
  /** How often this nonce was used, this request included: 1 for the first. */
  readonly count: number;
  /** Random text of ours; needed when the challenge offers qop. */
  readonly cnonce: string;
}

/**
 * The value of an Authorization or Proxy-Authorization line that answers a Digest challenge (RFC 7616 §3.4), with qop
 * `auth` where it is offered. Undefined when the challenge wants an algorithm or a protection that we do not speak.
 */
export function answerChallenge(challenge: AuthValue, client: ClientCredentials): string | undefined {
  const realm = challenge.get('realm');
  const nonce = challenge.get('nonce');
  const algorithm = algorithmOf(challenge);
  if (!challenge.isDigest || realm === undefined || nonce === undefined || algorithm === undefined) return undefined;
  const offered = challenge.get('qop');
  const offersAuth = offered?.split(',').some((qop) => qop.trim().toLowerCase() === 'auth');
  if (offersAuth === false) return undefined;
  const { username, password, method, uri, cnonce } = client;
  const nc = client.count.toString(16).padStart(8, '0');
  const protection = offersAuth ? { qop: 'auth', nc, cnonce } : undefined;
  const response = digestResponse({
    algorithm,
    ha1: ha1(algorithm, username, realm, password),
    method,
    uri,
    nonce,
    protection,
  });
  const opaque = challenge.get('opaque');
  return formatCredentials({
    username,
    realm,
    nonce,
    uri,
    response,
    algorithm: challenge.get('algorithm'),
    opaque,
    ...protection,
  });
}

function algorithmOf(challenge: AuthValue): DigestAlgorithm | undefined {
  const name = challenge.get('algorithm')?.toUpperCase() ?? 'MD5';
  return name === 'MD5' || name === 'SHA-256' ? name : undefined;
}
