import { type DigestAlgorithm, digestResponse, type HeaderField, ha1, type SipMessage } from '@vats/sip';

/** One challenge of a 401 or 407. */
export interface Challenge {
  readonly algorithm: string;
  readonly realm: string;
  readonly nonce: string;
  readonly stale: boolean;
}

/** The challenges of an answer in their order, found by plain search and not by the reader that is under test. */
export function challengesIn(answer: SipMessage): Challenge[] {
  const text = answer.bytes.toString('latin1');
  return [...text.matchAll(/^(?:WWW|Proxy)-Authenticate: Digest (.*)\r$/gm)].map(([, value = '']) => ({
    algorithm: /algorithm=([\w-]+)/.exec(value)?.[1] ?? 'MD5',
    realm: /realm="([^"]*)"/.exec(value)?.[1] ?? '',
    nonce: /nonce="([^"]*)"/.exec(value)?.[1] ?? '',
    stale: /stale=true/i.test(value),
  }));
}

export function challengeIn(answer: SipMessage): Challenge {
  const [challenge] = challengesIn(answer);
  if (challenge === undefined) throw new Error(`no challenge:\n${answer.bytes}`);
  return challenge;
}

export interface Credentials {
  readonly login: string;
  readonly password: string;
  readonly realm: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  readonly algorithm?: DigestAlgorithm;
  readonly count?: number;
}

/** The line that a phone would send for this, right or wrong. */
export function credentialsFor(given: Credentials): HeaderField {
  const { login, password, realm, nonce, method, uri, algorithm = 'MD5', count = 1 } = given;
  const protection = { qop: 'auth', nc: count.toString(16).padStart(8, '0'), cnonce: 'c0ffee' };
  const own = ha1(algorithm, login, realm, password);
  const response = digestResponse({ algorithm, ha1: own, method, uri, nonce, protection });
  const fields = [
    `username="${login}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    `qop=auth, nc=${protection.nc}, cnonce="${protection.cnonce}"`,
  ];
  return [method === 'REGISTER' ? 'Authorization' : 'Proxy-Authorization', `Digest ${fields.join(', ')}`];
}
