import { createHash } from 'node:crypto';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AuthValue, formatChallenge, parseAuthValue } from '../message/auth-values.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { type HeaderField, writeRequest, writeResponse } from '../message/write-message.ts';
import { storedHa1 } from './calculation.ts';
import { DigestClient } from './digest-client.ts';
import { DigestServer } from './server.ts';

const PEER = { address: '192.0.2.1', port: 5060 };
const URI = 'sip:office.example';
const HASHES = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;
type Hash = keyof typeof HASHES;

/** As a peer would check it: RFC 7616 §3.4.1 to §3.4.3 and nothing of ours, over octets. */
function expected(
  hash: Hash,
  isSession: boolean,
  password: string,
  request: { readonly method: string; readonly body: Buffer },
  of: (name: string) => string | undefined,
): string {
  const h = (...parts: (string | Buffer)[]): string => {
    const sum = createHash(HASHES[hash]);
    parts.forEach((part, at) => {
      if (at > 0) sum.update(':');
      sum.update(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
    });
    return sum.digest('hex');
  };
  const [username = '', realm = '', nonce = '', uri = ''] = ['username', 'realm', 'nonce', 'uri'].map(of);
  const plain = h(username, realm, Buffer.from(password, 'utf8'));
  const a1 = isSession ? h(plain, nonce, of('cnonce') ?? '') : plain;
  const qop = of('qop');
  const a2 = qop === 'auth-int' ? h(request.method, uri, h(request.body)) : h(request.method, uri);
  return qop === undefined ? h(a1, nonce, a2) : h(a1, nonce, of('nc') ?? '', of('cnonce') ?? '', qop, a2);
}

const text = fc.string({ unit: fc.constantFrom(...'abcXYZ019 "\\,=/+ы'), minLength: 1, maxLength: 16 });
const wireText = text.map((value) => Buffer.from(value, 'utf8').toString('latin1'));
const qops = fc.constantFrom(undefined, 'auth', 'auth-int', 'auth,auth-int', 'auth-int, AUTH', ' ');

const readable = ([, value]: HeaderField): AuthValue => {
  const read = parseAuthValue(value);
  if (!read.ok) throw new Error(value);
  return read.value;
};

function challengeOf(values: readonly string[]): SipResponse {
  const headers = values.map((value): HeaderField => ['WWW-Authenticate', value]);
  const parsed = parseMessage(writeResponse({ status: 401, headers }));
  if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('no response');
  return parsed.value;
}

function clientOf(username: string, password: string): DigestClient {
  return new DigestClient({ username, password, isPeer: () => true, random: new SeededRandom(7) });
}

test('RFC 7616 §3.4: every algorithm, -sess or not, with every qop, is answered as the plain formula says (RFC 7616 §3.4.1, §3.4.3)', () => {
  const hashes = fc.constantFrom<Hash>('MD5', 'SHA-256', 'SHA-512-256');
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(hashes, fc.boolean(), qops, text, text, wireText, wireText, bodies, (hash, session, qop, ...rest) => {
      const [username, password, realm, nonce, contents] = rest;
      const isSession = session && qop?.trim() !== '' && qop !== undefined;
      const algorithm = isSession ? `${hash}-sess` : hash;
      const client = clientOf(username, password);
      const exchange = client.begin({ method: 'REGISTER', inDialog: false });
      const challenge = formatChallenge({ realm, nonce, algorithm, qop, opaque: 'o"p' });
      expect(exchange.challenged(challengeOf([challenge]), PEER)).toBe('answered');
      contents.forEach((octets, at) => {
        const body = Buffer.from(octets);
        const [line, ...more] = client.begin({ method: 'INVITE', inDialog: false }).credentials(URI, PEER, body);
        expect(more).toEqual([]);
        const made = readable(line!);
        const of = (name: string) => made.get(name);
        expect(of('response')).toBe(expected(hash, isSession, password, { method: 'INVITE', body }, of));
        expect([of('opaque'), of('nonce'), of('realm'), of('uri')]).toEqual(['o"p', nonce, realm, URI]);
        expect(of('algorithm')).toBe(algorithm);
        const asked = qop === undefined || qop.trim() === '' ? undefined : qop === 'auth-int' ? 'auth-int' : 'auth';
        expect(of('qop')).toBe(asked);
        expect(of('nc')).toBe(asked && (at + 1).toString(16).padStart(8, '0'));
      });
    }),
    { numRuns: 300 },
  );
});

test('RFC 8760 §2.4: of several challenges the strongest that we can answer, whatever their order (RFC 7616 §3.7)', () => {
  const algorithms = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-3-512', 'BEST'];
  const strength = (name = '') => ['MD5', 'SHA-256', 'SHA-512-256'].indexOf(name.replace('-sess', ''));
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...algorithms), { minLength: 1 }), (offered) => {
      const client = clientOf('anna', 'secret');
      const exchange = client.begin({ method: 'REGISTER', inDialog: false });
      const lines = offered.map((algorithm) =>
        formatChallenge({ realm: 'r', nonce: algorithm, algorithm, qop: 'auth' }),
      );
      const verdict = exchange.challenged(challengeOf(lines), PEER);
      const best = Math.max(...offered.map(strength));
      expect(verdict).toBe(best < 0 ? 'unsupported' : 'answered');
      if (best < 0) return;
      const [line] = exchange.credentials(URI, PEER);
      expect(strength(readable(line!).get('algorithm'))).toBe(best);
    }),
  );
});

test('RFC 7616 §3.4.2: the key of a session is made once a challenge, and outlives no nonce', () => {
  const client = clientOf('anna', 'secret');
  const exchange = client.begin({ method: 'REGISTER', inDialog: false });
  const asked = (nonce: string) =>
    challengeOf([formatChallenge({ realm: 'r', nonce, algorithm: 'MD5-sess', qop: 'auth' })]);
  const cnonceNow = () =>
    readable(client.begin({ method: 'REGISTER', inDialog: false }).credentials(URI, PEER)[0]!).get('cnonce');
  exchange.challenged(asked('one'), PEER);
  const first = readable(exchange.credentials(URI, PEER)[0]!).get('cnonce');
  const parsed = parseMessage(writeResponse({ status: 200, headers: [['Authentication-Info', 'nextnonce="next"']] }));
  if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('no response');
  exchange.finished(parsed.value);
  expect(cnonceNow()).toBe(first);
  const line = client.begin({ method: 'REGISTER', inDialog: false }).credentials(URI, PEER)[0]!;
  expect(readable(line).get('nonce')).toBe('one');
  client.begin({ method: 'REGISTER', inDialog: false }).challenged(asked('two'), PEER);
  expect(cnonceNow()).not.toBe(first);
});

/** Our own server, and an account of it. */
function served(username: string, password: string) {
  const random = new SeededRandom(3);
  const server = new DigestServer({ clock: new FakeClock(), random, secret: random.bytes(32) });
  const source = '192.0.2.7';
  const challenge = (algorithms: readonly ('MD5' | 'SHA-256')[]) =>
    server
      .challenge({ realm: 'office.example', source, port: 5062, algorithms, challenger: 'uas' })
      .map(([, value]) => value);
  const judge = (headers: readonly HeaderField[], algorithms: readonly ('MD5' | 'SHA-256')[], body?: Buffer) => {
    const parsed = parseMessage(writeRequest({ method: 'REGISTER', uri: URI, headers, body }));
    if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
    const request: SipRequest = parsed.value;
    const ha1 = storedHa1(username, 'office.example', password);
    return server.verify(request, server.credentialsOf(request, 'office.example', 'uas'), {
      ...{ realm: 'office.example', source, port: 5062, algorithms, ha1 },
    });
  };
  return { challenge, judge };
}

test('RFC 8760 §2.3: our client and our server understand each other, for any name, password and order of algorithms', () => {
  const orders = fc.constantFrom<readonly ('MD5' | 'SHA-256')[]>(
    ['MD5'],
    ['SHA-256'],
    ['SHA-256', 'MD5'],
    ['MD5', 'SHA-256'],
  );
  fc.assert(
    fc.property(text, text, orders, fc.integer({ min: 1, max: 5 }), (username, password, algorithms, times) => {
      const { challenge, judge } = served(username, password);
      const client = clientOf(username, password);
      const exchange = client.begin({ method: 'REGISTER', inDialog: false });
      expect(exchange.challenged(challengeOf(challenge(algorithms)), PEER)).toBe('answered');
      for (let time = 0; time < times; time++) {
        const lines = client.begin({ method: 'REGISTER', inDialog: false }).credentials(URI, PEER);
        expect(judge(lines, algorithms)).toMatchObject({ outcome: 'good' });
        // Each nc is good once.
        expect(judge(lines, algorithms)).toEqual({ outcome: 'stale' });
      }
      const wrong = clientOf(username, `${password}x`);
      const guess = wrong.begin({ method: 'REGISTER', inDialog: false });
      guess.challenged(challengeOf(challenge(algorithms)), PEER);
      expect(judge(guess.credentials(URI, PEER), algorithms)).toMatchObject({ outcome: 'bad', why: 'response' });
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['MD5-sess', 'auth', 'malformed'],
  ['SHA-256-sess', 'auth', 'malformed'],
  ['SHA-512-256', 'auth', 'malformed'],
  ['MD5', 'auth-int', 'malformed'],
  ['SHA-256', 'auth', 'algorithm'],
] as const)(
  'RFC 7616 §3.4: our server refuses %s with qop %s, right as it may be: it offered MD5 with auth alone',
  (algorithm, qop, why) => {
    const { challenge, judge } = served('anna', 'secret');
    const offered = parseAuthValue(challenge(['MD5'])[0]!);
    if (!offered.ok) throw new Error('no challenge');
    const client = clientOf('anna', 'secret');
    const exchange = client.begin({ method: 'REGISTER', inDialog: false });
    const changed = { realm: 'office.example', nonce: offered.value.get('nonce'), algorithm, qop };
    exchange.challenged(challengeOf([formatChallenge(changed)]), PEER);
    const body = Buffer.from('x');
    expect(judge(exchange.credentials(URI, PEER, body), ['MD5'], body)).toMatchObject({ outcome: 'bad', why });
  },
);
