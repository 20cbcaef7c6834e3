import { inspect } from 'node:util';
import type { Endpoint, Random } from '@vats/kernel';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { parseAuthValue } from '../message/auth-values.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { toWire } from '../message/wire-text.ts';
import { type HeaderField, writeRequest, writeResponse } from '../message/write-message.ts';
import { storedHa1 } from './calculation.ts';
import { DigestClient, type DigestClientOptions } from './digest-client.ts';
import { DigestServer } from './server.ts';

const PEER: Endpoint = { address: '192.0.2.1', port: 5060 };
const ELSEWHERE: Endpoint = { address: '203.0.113.66', port: 5060 };
const URI = 'sip:operator.example';
const SECRET = 'Zeg6-Heslo';

function clientOf(options: Partial<DigestClientOptions> = {}): DigestClient {
  return new DigestClient({
    username: 'anna',
    password: SECRET,
    isPeer: ({ address }) => address === PEER.address,
    random: new SeededRandom(7616),
    ...options,
  });
}

function response(status: number, ...headers: HeaderField[]): SipResponse {
  const parsed = parseMessage(writeResponse({ status, headers }));
  if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('no response');
  return parsed.value;
}

/** A 401 with these challenges, a 407 with those that begin so. */
function challenge(...values: string[]): SipResponse {
  return response(401, ...values.map((value): HeaderField => ['WWW-Authenticate', `Digest ${value}`]));
}

const proxyChallenge = (value: string) => response(407, ['Proxy-Authenticate', `Digest ${value}`]);

const register = (client: DigestClient) => client.begin({ method: 'REGISTER', inDialog: false });

function paramsOf([name, value]: HeaderField): Record<string, string | undefined> {
  const parsed = parseAuthValue(value);
  if (!parsed.ok) throw new Error(`unreadable: ${value}`);
  const of = (param: string) => parsed.value.get(param);
  return {
    name,
    username: of('username'),
    realm: of('realm'),
    nonce: of('nonce'),
    uri: of('uri'),
    algorithm: of('algorithm'),
    qop: of('qop'),
    nc: of('nc'),
    opaque: of('opaque'),
    cnonce: of('cnonce'),
    response: of('response'),
  };
}

/** What a request to the peer carries now, for one challenger. */
function carried(exchange: ReturnType<typeof register>, uri = URI) {
  const lines = exchange.credentials(uri, PEER).map(paramsOf);
  return lines[0] ?? {};
}

const fixed = (cnonce: string) => Object.assign(new SeededRandom(1), { token: () => cnonce }) as Random;

test.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
])('RFC 7616 §3.9.1: %s', (algorithm, expected) => {
  const client = clientOf({
    username: 'Mufasa',
    password: 'Circle of Life',
    realm: 'http-auth@example.org',
    random: fixed('f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'),
  });
  const exchange = client.begin({ method: 'GET', inDialog: false });
  const asked = challenge(
    `realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
  );
  expect(exchange.challenged(asked, PEER)).toBe('answered');
  expect(carried(exchange, '/dir/index.html')).toMatchObject({
    name: 'Authorization',
    username: 'Mufasa',
    uri: '/dir/index.html',
    response: expected,
    algorithm,
    qop: 'auth',
    nc: '00000001',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
  });
});

test('RFC 2617 §3.5', () => {
  const client = clientOf({
    username: 'Mufasa',
    password: 'Circle Of Life',
    realm: 'testrealm@host.com',
    random: fixed('0a4f113b'),
  });
  const exchange = client.begin({ method: 'GET', inDialog: false });
  const asked = challenge(
    'realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  );
  expect(exchange.challenged(asked, PEER)).toBe('answered');
  expect(carried(exchange, '/dir/index.html').response).toBe('6629fae49393a05397450978507c4ef1');
  expect(carried(exchange).algorithm).toBeUndefined();
});

test('RFC 2069 §2.4 (as corrected): no qop, no counter', () => {
  const client = clientOf({ username: 'Mufasa', password: 'CircleOfLife', realm: 'testrealm@host.com' });
  const exchange = client.begin({ method: 'GET', inDialog: false });
  exchange.challenged(challenge('realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'), PEER);
  expect(carried(exchange, '/dir/index.html')).toMatchObject({
    response: '1949323746fe6a43ef61f9606e7febea',
    qop: undefined,
    nc: undefined,
    cnonce: undefined,
  });
});

test.each([[['r-sha', 'r-md5']], [['r-md5', 'r-sha']], [['r-sess', 'r-md5', 'r-3', 'r-sha', 'r-conf']]])(
  'of several challenges the strongest that we speak: %j',
  (names) => {
    const forms: Record<string, string> = {
      'r-md5': 'realm="r", nonce="m", algorithm=MD5, qop="auth"',
      'r-sha': 'realm="r", nonce="s", algorithm="sha-256", qop="auth"',
      'r-sess': 'realm="r", nonce="x", algorithm=MD5-sess, qop="auth"',
      'r-conf': 'realm="r", nonce="y", algorithm=SHA-256, qop="auth-conf"',
      'r-3': 'realm="r", nonce="z", algorithm=SHA3-256, qop="auth"',
    };
    const exchange = register(clientOf());
    expect(exchange.challenged(challenge(...names.map((name) => forms[name]!)), PEER)).toBe('answered');
    expect(carried(exchange).nonce).toBe('s');
  },
);

test('without a strong one that we speak, MD5; without any, none', () => {
  const exchange = register(clientOf());
  const weak = challenge('realm="r", nonce="y", algorithm=SHA-256, qop="auth-conf"', 'realm="r", nonce="m"');
  expect(exchange.challenged(weak, PEER)).toBe('answered');
  expect(carried(exchange).nonce).toBe('m');
  const other = register(clientOf());
  expect(other.challenged(challenge('realm="r", nonce="x", algorithm=MD5-sess'), PEER)).toBe('unsupported');
  expect(other.challenged(response(401), PEER)).toBe('unsupported');
  expect(other.challenged(response(401, ['WWW-Authenticate', 'Basic realm="r"']), PEER)).toBe('unsupported');
  expect(other.challenged(challenge('realm="r" nonce'), PEER)).toBe('unsupported');
  expect(other.challenged(challenge('nonce="n"'), PEER)).toBe('unsupported');
  expect(other.credentials(URI, PEER)).toEqual([]);
});

test('RFC 3261 §22.1: a challenge of another realm is not answered, beside ours or alone', () => {
  const exchange = register(clientOf({ realm: 'operator.example' }));
  expect(exchange.challenged(challenge('realm="Operator.example", nonce="n"'), PEER)).toBe('foreign-realm');
  expect(exchange.credentials(URI, PEER)).toEqual([]);
  const both = challenge('realm="evil", nonce="n", algorithm=SHA-256', 'realm="operator.example", nonce="m"');
  expect(exchange.challenged(both, PEER)).toBe('answered');
  expect(carried(exchange).nonce).toBe('m');
});

test('without a configured realm the first one that a REGISTER or INVITE meets is kept', () => {
  const client = clientOf();
  expect(client.realm).toBeUndefined();
  for (const request of [
    { method: 'OPTIONS', inDialog: false },
    { method: 'INVITE', inDialog: true },
    { method: 'BYE', inDialog: true },
  ]) {
    expect(client.begin(request).challenged(challenge('realm="r", nonce="n"'), PEER)).toBe('foreign-realm');
  }
  expect(client.realm).toBeUndefined();
  const invite = client.begin({ method: 'INVITE', inDialog: false });
  expect(invite.challenged(challenge('realm="r", nonce="n"'), PEER)).toBe('answered');
  expect(client.realm).toBe('r');
  expect(register(client).challenged(challenge('realm="other", nonce="n"'), PEER)).toBe('foreign-realm');
  const bye = client.begin({ method: 'BYE', inDialog: true });
  expect(bye.challenged(challenge('realm="r", nonce="n2"'), PEER)).toBe('answered');
});

test('nobody but the peer gets credentials, whatever realm it names', () => {
  const client = clientOf({ realm: 'r' });
  expect(register(client).challenged(challenge('realm="r", nonce="n"'), ELSEWHERE)).toBe('foreign-peer');
  expect(register(client).challenged(challenge('realm="r", nonce="n"'), PEER)).toBe('answered');
  expect(register(client).credentials(URI, ELSEWHERE)).toEqual([]);
  expect(register(client).credentials(URI, PEER).length).toBe(1);
});

test('later requests carry credentials under the same nonce, their counter rising', () => {
  const client = clientOf();
  const first = register(client);
  expect(first.credentials(URI, PEER)).toEqual([]);
  first.challenged(challenge('realm="r", nonce="n", qop="auth"'), PEER);
  const sent = [carried(first)];
  for (let i = 0; i < 15; i++) sent.push(carried(register(client)));
  expect(sent.map(({ nc }) => nc)).toEqual(Array.from({ length: 16 }, (_, i) => (i + 1).toString(16).padStart(8, '0')));
  expect(new Set(sent.map(({ cnonce }) => cnonce)).size).toBe(16);
});

test('RFC 7616 §3.3: a stale nonce is renewed, but not for ever', () => {
  const exchange = register(clientOf());
  const asked = (nonce: string, stale = '') =>
    exchange.challenged(challenge(`realm="r", nonce="${nonce}"${stale}`), PEER);
  expect(asked('n1')).toBe('answered');
  exchange.credentials(URI, PEER);
  for (const nonce of ['n2', 'n3']) {
    expect(asked(nonce, ', stale=TRUE')).toBe('answered');
    expect(carried(exchange).nonce).toBe(nonce);
  }
  expect(asked('n4', ', stale=true')).toBe('rejected');
  expect([exchange.answers, exchange.renewals, exchange.verdict]).toEqual([3, 2, 'rejected']);
});

test('refused under a new nonce that is not stale: rejected, and nothing is sent unasked after it', () => {
  const client = clientOf();
  const exchange = register(client);
  exchange.challenged(challenge('realm="r", nonce="n1"'), PEER);
  exchange.credentials(URI, PEER);
  expect(exchange.challenged(challenge('realm="r", nonce="n2"'), PEER)).toBe('rejected');
  expect(register(client).credentials(URI, PEER)).toEqual([]);
});

test('credentials that were sent unasked may meet another nonce once, though nobody says stale', () => {
  const client = clientOf();
  const first = register(client);
  first.challenged(challenge('realm="r", nonce="n1"'), PEER);
  first.credentials(URI, PEER);
  const later = register(client);
  expect(carried(later).nonce).toBe('n1');
  expect(later.challenged(challenge('realm="r", nonce="n2"'), PEER)).toBe('answered');
  expect(carried(later).nonce).toBe('n2');
  expect(later.challenged(challenge('realm="r", nonce="n3"'), PEER)).toBe('rejected');
});

test('credentials that were sent unasked and are refused under the same nonce are wrong', () => {
  const client = clientOf();
  const first = register(client);
  first.challenged(challenge('realm="r", nonce="n1"'), PEER);
  first.credentials(URI, PEER);
  const later = register(client);
  later.credentials(URI, PEER);
  expect(later.challenged(challenge('realm="r", nonce="n1"'), PEER)).toBe('rejected');
});

test('RFC 3261 §22.3: a proxy and a server: each is answered once, and the request carries both', () => {
  const client = clientOf();
  const exchange = client.begin({ method: 'INVITE', inDialog: false });
  exchange.credentials(URI, PEER);
  expect(exchange.challenged(proxyChallenge('realm="r", nonce="p"'), PEER)).toBe('answered');
  expect(exchange.credentials(URI, PEER).map(([name]) => name)).toEqual(['Proxy-Authorization']);
  expect(exchange.challenged(challenge('realm="r", nonce="u"'), PEER)).toBe('answered');
  const lines = exchange.credentials(URI, PEER).map(paramsOf);
  expect(lines.map(({ name, nonce }) => `${name} ${nonce}`)).toEqual(['Proxy-Authorization p', 'Authorization u']);
  expect(exchange.challenged(challenge('realm="r", nonce="u2"'), PEER)).toBe('rejected');
});

test('however a peer takes turns, a request is answered no more than four times', () => {
  // One that is the peer only when it is asked, so that no credentials are known to have been sent.
  let is = true;
  const exchange = register(clientOf({ isPeer: () => is }));
  const verdicts = Array.from({ length: 6 }, (_, i) => {
    is = false;
    exchange.credentials(URI, PEER);
    is = true;
    return exchange.challenged(challenge(`realm="r", nonce="n${i}"`), PEER);
  });
  expect(verdicts.filter((verdict) => verdict === 'answered').length).toBe(4);
});

test('nextnonce is taken for the next request (RFC 7616 §3.5)', () => {
  const client = clientOf();
  const exchange = register(client);
  exchange.challenged(challenge('realm="r", nonce="n1", qop="auth", opaque="o"'), PEER);
  exchange.credentials(URI, PEER);
  exchange.finished(response(403, ['Authentication-Info', 'nextnonce="no"']));
  expect(carried(register(client)).nonce).toBe('n1');
  exchange.finished(response(200, ['Authentication-Info', 'qop=auth, nextnonce="n\\"2"']));
  expect(carried(register(client))).toMatchObject({ nonce: 'n"2', nc: '00000001', opaque: 'o' });
  exchange.finished(response(200, ['Authentication-Info', 'nextnonce']));
  exchange.finished(response(200, ['Proxy-Authentication-Info', 'nextnonce="p"']));
  expect(carried(register(client))).toMatchObject({ nonce: 'n"2', nc: '00000002' });
});

test('quotes, escapes and octets beyond ASCII in realm and nonce come back as they came', () => {
  const realm = toWire('офис "№1" \\ ');
  const written = realm.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const exchange = register(clientOf({ realm: 'офис "№1" \\ ' }));
  expect(exchange.challenged(challenge(`realm="${written}", nonce="a\\"b, c=\\\\"`), PEER)).toBe('answered');
  expect(carried(exchange)).toMatchObject({ realm, nonce: 'a"b, c=\\' });
  expect(exchange.credentials(URI, PEER)[0]![1]).toContain(`realm="${written}"`);
});

test('what cannot be echoed is not answered: a NUL, or too much', () => {
  const exchange = register(clientOf());
  expect(exchange.challenged(challenge(`realm="r", nonce="${'n'.repeat(3000)}"`), PEER)).toBe('unsupported');
  const nul = parseMessage(
    Buffer.from('SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="a\\\0b"\r\n\r\n', 'latin1'),
  );
  if (!nul.ok || nul.value.kind !== 'response') throw new Error('unreadable');
  expect(exchange.challenged(nul.value, PEER)).toBe('unsupported');
});

test.each(['MD5', 'SHA-256'] as const)('our own server takes it, under %s and a username beyond ASCII', (algorithm) => {
  const clock = new FakeClock();
  const server = new DigestServer({ clock, random: new SeededRandom(2), secret: Buffer.alloc(32, 7) });
  const source = '198.51.100.1';
  const realm = 'офис';
  const client = clientOf({ username: 'иван', password: 'пароль' });
  const exchange = register(client);
  const lines = server.challenge({
    realm: toWire(realm),
    algorithms: [algorithm],
    source,
    port: 5060,
    challenger: 'uas',
  });
  expect(exchange.challenged(response(401, ...lines), PEER)).toBe('answered');
  const judged = () => {
    const headers = exchange.credentials(URI, PEER);
    const parsed = parseMessage(writeRequest({ method: 'REGISTER', uri: URI, headers }));
    const request = (parsed.ok ? parsed.value : undefined) as SipRequest;
    const credentials = server.credentialsOf(request, toWire(realm), 'uas');
    return server.verify(request, credentials, {
      realm: toWire(realm),
      source,
      port: 5060,
      algorithms: [algorithm],
      ha1: storedHa1('иван', realm, 'пароль'),
    });
  };
  expect(judged()).toEqual({ outcome: 'good', username: toWire('иван') });
  expect(judged().outcome).toBe('good');
});

test('the password is in nothing that is said or shown', () => {
  const client = clientOf();
  const exchange = register(client);
  exchange.challenged(challenge('realm="r", nonce="n"'), PEER);
  const shown = [
    inspect(client, { depth: 9, showHidden: true }),
    JSON.stringify([client, exchange]),
    inspect(exchange, { depth: 9, showHidden: true }),
    ...exchange.credentials(URI, PEER).map(String),
  ];
  for (const text of shown) expect(text).not.toContain(SECRET);
  for (const username of ['', 'a\r\nb', 'a\0']) {
    const wrong = () => clientOf({ username });
    expect(wrong).toThrow(RangeError);
    expect(wrong).not.toThrow(SECRET);
  }
});
