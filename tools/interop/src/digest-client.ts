import { createHash } from 'node:crypto';

const md5 = (text: string) => createHash('md5').update(text, 'latin1').digest('hex');

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly qop: boolean;
}

/** Reads the challenge of a 401 or 407 as a simple phone would; undefined when the response has none. */
export function readChallenge(response: string): Challenge | undefined {
  const line = /^(?:WWW|Proxy)-Authenticate:\s*Digest (.*)$/im.exec(response)?.[1];
  if (line === undefined) return undefined;
  const value = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(line)?.[1];
  const [realm, nonce] = [value('realm'), value('nonce')];
  if (realm === undefined || nonce === undefined) return undefined;
  return { realm, nonce, opaque: value('opaque'), qop: /\bqop="?[^"]*\bauth\b/.test(line) };
}

let uses = 0;

/** A value for Authorization or Proxy-Authorization (RFC 2617's MD5), for text whose octets are latin1 characters. */
export function credentials(
  challenge: Challenge,
  account: { readonly login: string; readonly password: string },
  method: string,
  uri: string,
): string {
  const ha1 = md5(`${account.login}:${challenge.realm}:${account.password}`);
  const ha2 = md5(`${method}:${uri}`);
  const count = (++uses).toString(16).padStart(8, '0');
  const cnonce = `interop${uses}`;
  const response = challenge.qop
    ? md5(`${ha1}:${challenge.nonce}:${count}:${cnonce}:auth:${ha2}`)
    : md5(`${ha1}:${challenge.nonce}:${ha2}`);
  return [
    `Digest username="${account.login}"`,
    `realm="${challenge.realm}"`,
    `nonce="${challenge.nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    'algorithm=MD5',
    ...(challenge.opaque === undefined ? [] : [`opaque="${challenge.opaque}"`]),
    ...(challenge.qop ? ['qop=auth', `nc=${count}`, `cnonce="${cnonce}"`] : []),
  ].join(', ');
}
