import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { parseAuthValue } from '../../message/auth-values.ts';
import type { SipRequest } from '../../message/message.ts';
import { parseMessage } from '../../message/parse-message.ts';
import { type HeaderField, writeRequest } from '../../message/write-message.ts';
import { type DigestAlgorithm, digestResponse, ha1, storedHa1 } from '../calculation.ts';
import { DigestServer, type DigestServerOptions, type VerifyOptions } from '../server.ts';

export const REALM = 'office.example';
export const SOURCE = '192.0.2.7';
export const PORT = 5062;
export const URI = 'sip:office.example';
export const PASSWORD = 'correct horse';

export function world(options: Partial<DigestServerOptions> = {}) {
  const clock = new FakeClock();
  const random = new SeededRandom();
  const server = new DigestServer({ clock, random, secret: random.bytes(32), ...options });
  const challenge = (algorithms: DigestAlgorithm[] = ['MD5'], stale = false) =>
    server.challenge({ realm: REALM, source: SOURCE, port: PORT, algorithms, challenger: 'uas', stale });
  const nonce = () => parsed(challenge()[0]!).get('nonce')!;
  const verify = (message: SipRequest, changes: Partial<VerifyOptions> = {}) =>
    server.verify(message, server.credentialsOf(message, REALM, 'uas'), {
      realm: REALM,
      source: SOURCE,
      port: PORT,
      algorithms: ['MD5'],
      ha1: storedHa1('201', REALM, PASSWORD),
      ...changes,
    });
  return { clock, server, challenge, nonce, verify };
}

export function parsed([, value]: HeaderField) {
  const read = parseAuthValue(value);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

export function request(authorization?: string, uri = URI, header = 'Authorization'): SipRequest {
  const bytes = writeRequest({
    method: 'REGISTER',
    uri,
    headers: authorization === undefined ? [] : [[header, authorization]],
  });
  const message = parseMessage(bytes);
  if (!message.ok || message.value.kind !== 'request') throw new Error('no request');
  return message.value;
}

interface Parts {
  algorithm: DigestAlgorithm;
  username: string;
  password: string;
  realm: string;
  nonce: string;
  uri: string;
  nc: string;
  qop: string;
}

/** Credentials with any part of one's own; right for the rest. */
export function credentials(
  nonce: string,
  changes: Partial<Parts> = {},
  written: (text: string) => string = (text) => text,
) {
  const parts: Parts = {
    algorithm: 'MD5',
    username: '201',
    password: PASSWORD,
    realm: REALM,
    nonce,
    uri: URI,
    nc: '00000001',
    qop: 'auth',
    ...changes,
  };
  const { algorithm, username, realm, uri, nc, qop } = parts;
  const response = digestResponse({
    algorithm,
    ha1: ha1(algorithm, username, realm, parts.password),
    method: 'REGISTER',
    uri,
    nonce: parts.nonce,
    protection: { qop, nc, cnonce: 'c' },
  });
  return written(
    `Digest username="${username}", realm="${realm}", nonce="${parts.nonce}", uri="${uri}", response="${response}", ` +
      `algorithm=${algorithm}, qop=${qop}, nc=${nc}, cnonce="c"`,
  );
}
