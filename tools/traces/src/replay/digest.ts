import { createHash } from 'node:crypto';
import { type SipText, valuesOf } from '../sip-text.ts';

/** A Digest challenge and the header that its answer goes into. */
export interface Challenge {
  readonly answerIn: 'Authorization' | 'Proxy-Authorization';
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: string | undefined;
  readonly opaque: string | undefined;
  readonly qop: boolean;
}

const HASHES: Readonly<Record<string, string>> = { md5: 'md5', 'sha-256': 'sha256' };

/** The first challenge of a 401 or 407 that can be answered. */
export function challengeOf(response: SipText): Challenge | undefined {
  for (const [header, answerIn] of [
    ['www-authenticate', 'Authorization'],
    ['proxy-authenticate', 'Proxy-Authorization'],
  ] as const) {
    for (const value of valuesOf(response, header)) {
      const parameters = digestParameters(value);
      const realm = parameters.get('realm');
      const nonce = parameters.get('nonce');
      const algorithm = parameters.get('algorithm');
      if (!/^digest\s/i.test(value) || realm === undefined || nonce === undefined) continue;
      if (HASHES[(algorithm ?? 'md5').toLowerCase()] === undefined) continue;
      const qop =
        parameters
          .get('qop')
          ?.split(',')
          .some((each) => each.trim() === 'auth') ?? false;
      return { answerIn, realm, nonce, algorithm, opaque: parameters.get('opaque'), qop };
    }
  }
  return undefined;
}

/** Parameters of a challenge or of credentials, without their quotes, by lower-case name. */
export function digestParameters(value: string): Map<string, string> {
  const found = value.matchAll(/([a-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi);
  return new Map([...found].map(([, name = '', quoted, token]) => [name.toLowerCase(), quoted ?? token ?? '']));
}

export interface Answer {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  /** How often this nonce has been used, this time included. */
  readonly count: number;
  readonly cnonce: string;
}

/**
 * Credentials for a challenge (RFC 7616 §3.4). Reckoned here and not by the stack, whose own reckoning a replay is to
 * judge.
 */
export function credentialsFor(challenge: Challenge, answer: Answer): string {
  const { realm, nonce, algorithm, opaque, qop } = challenge;
  const { username, password, method, uri, cnonce } = answer;
  const hash = (text: string): string =>
    createHash(HASHES[(algorithm ?? 'md5').toLowerCase()]!)
      .update(text, 'latin1')
      .digest('hex');
  const nc = answer.count.toString(16).padStart(8, '0');
  const middle = qop ? `${nonce}:${nc}:${cnonce}:auth` : nonce;
  const response = hash(`${hash(`${username}:${realm}:${password}`)}:${middle}:${hash(`${method}:${uri}`)}`);
  return [
    `Digest username="${username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ...(qop ? [`cnonce="${cnonce}"`, 'qop=auth', `nc=${nc}`] : []),
  ].join(', ');
}
