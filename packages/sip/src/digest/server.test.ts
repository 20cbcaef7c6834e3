import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import { parseAuthValue } from '../message/auth-values.ts';
import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { type HeaderField, writeRequest } from '../message/write-message.ts';
import { type DigestAlgorithm, digestResponse, ha1, storedHa1 } from './calculation.ts';
import { answerChallenge } from './client.ts';
import { DigestServer, type DigestServerOptions, type VerifyOptions } from './server.ts';

const REALM = 'office.example';
const SOURCE = '192.0.2.7';
const URI = 'sip:office.example';
const PASSWORD = 'correct horse';

function world(options: Partial<DigestServerOptions> = {}) {
  const clock = new FakeClock();
  const random = new SeededRandom();
  const server = new DigestServer({ clock, random, secret: random.bytes(32), ...options });
  const challenge = (algorithms: DigestAlgorithm[] = ['MD5'], stale = false) =>
    server.challenge({ realm: REALM, source: SOURCE, algorithms, challenger: 'uas', stale });
  const nonce = () => parsed(challenge()[0]!).get('nonce')!;
  const verify = (message: SipRequest, changes: Partial<VerifyOptions> = {}) =>
    server.verify(message, server.credentialsOf(message, REALM, 'uas'), {
      realm: REALM,
      source: SOURCE,
      algorithms: ['MD5'],
      ha1: storedHa1('201', REALM, PASSWORD),
      ...changes,
    });
  return { clock, server, challenge, nonce, verify };
}

function parsed([, value]: HeaderField) {
  const read = parseAuthValue(value);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

function request(authorization?: string, uri = URI, header = 'Authorization'): SipRequest {
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
function credentials(nonce: string, changes: Partial<Parts> = {}, written: (text: string) => string = (text) => text) {
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

describe('challenge', () => {
  test('one line an algorithm, strongest first, as asked', () => {
    const lines = world().challenge(['SHA-256', 'MD5']);
    expect(lines.map(([name]) => name)).toEqual(['WWW-Authenticate', 'WWW-Authenticate']);
    expect(lines.map((line) => parsed(line).get('algorithm'))).toEqual(['SHA-256', 'MD5']);
    expect(lines.map((line) => parsed(line).get('qop'))).toEqual(['auth', 'auth']);
    expect(lines.map((line) => parsed(line).get('stale'))).toEqual([undefined, undefined]);
    expect(parsed(lines[0]!).get('nonce')).toBe(parsed(lines[1]!).get('nonce'));
  });

  test('a proxy asks by its own header, and says stale', () => {
    const { server } = world();
    const [line] = server.challenge({
      realm: REALM,
      source: SOURCE,
      algorithms: ['MD5'],
      challenger: 'proxy',
      stale: true,
    });
    expect(line![0]).toBe('Proxy-Authenticate');
    expect(parsed(line!).get('stale')).toBe('true');
  });

  test('as on the wire', () => {
    const { server } = world();
    const lines = (realm: string, stale: boolean) =>
      server
        .challenge({ realm, source: SOURCE, algorithms: ['SHA-256'], challenger: 'uas', stale })
        .map(([, value]) => value.replace(/nonce="[0-9a-z]+"/, 'nonce="n"'));
    expect(lines('a "b"', false)).toEqual(['Digest realm="a \\"b\\"", nonce="n", algorithm=SHA-256, qop="auth"']);
    expect(lines('c', true)).toEqual(['Digest realm="c", nonce="n", algorithm=SHA-256, qop="auth", stale=true']);
    expect(lines('a "b"', false)).toEqual(['Digest realm="a \\"b\\"", nonce="n", algorithm=SHA-256, qop="auth"']);
    expect(() => lines('a\r\nb', false)).toThrow();
  });
});

describe('good', () => {
  test.each<DigestAlgorithm>(['MD5', 'SHA-256'])('%s, by our own client', (algorithm) => {
    const { challenge, verify } = world();
    const client = { username: '201', password: PASSWORD, method: 'REGISTER', uri: URI, count: 1, cnonce: 'x y"z' };
    const answer = answerChallenge(parsed(challenge([algorithm])[0]!), client);
    expect(verify(request(answer), { algorithms: [algorithm] })).toEqual({ outcome: 'good', username: '201' });
  });

  test('the next request under the same nonce counts on', () => {
    const { nonce, verify } = world();
    const n = nonce();
    for (const nc of ['00000001', '00000002', '00000004', '00000003', '0000000a']) {
      expect(verify(request(credentials(n, { nc }))).outcome).toBe('good');
    }
  });

  test('RFC 2069 credentials, once a nonce', () => {
    const { nonce, verify } = world();
    const n = nonce();
    const input = { algorithm: 'MD5', ha1: ha1('MD5', '201', REALM, PASSWORD), method: 'REGISTER', uri: URI } as const;
    const response = digestResponse({ ...input, nonce: n });
    const header = `Digest username="201", realm="${REALM}", nonce="${n}", uri="${URI}", response="${response}"`;
    expect(verify(request(header)).outcome).toBe('good');
    expect(verify(request(header)).outcome).toBe('stale');
  });

  test('what real phones write: upper-case hex, quoted and lower-case algorithm, quoted qop', () => {
    const { nonce, verify } = world();
    const upper = (text: string) => text.replace(/response="(\w+)"/, (_, hex) => `response="${hex.toUpperCase()}"`);
    expect(verify(request(credentials(nonce(), {}, upper))).outcome).toBe('good');
    const quoted = (text: string) => text.replace('algorithm=MD5', 'algorithm="md5"').replace('qop=auth', 'qop="auth"');
    expect(verify(request(credentials(nonce(), {}, quoted))).outcome).toBe('good');
  });

  test('the name before the at sign is whatever its HA1 was made for', () => {
    const { nonce, verify, server } = world();
    const username = '201@office.example';
    const message = request(credentials(nonce(), { username }));
    expect(server.credentialsOf(message, REALM, 'uas')?.get('username')).toBe(username);
    expect(verify(message).outcome).toBe('bad');
    expect(verify(message, { ha1: storedHa1(username, REALM, PASSWORD) })).toEqual({ outcome: 'good', username });
  });

  test('among credentials for several realms ours are found', () => {
    const { nonce, verify } = world();
    const foreign = credentials('n', { realm: 'elsewhere' });
    const bytes = writeRequest({
      method: 'REGISTER',
      uri: URI,
      headers: [
        ['Authorization', 'Bearer abc'],
        ['Authorization', foreign],
        ['Authorization', credentials(nonce())],
      ],
    });
    const message = parseMessage(bytes);
    if (!message.ok || message.value.kind !== 'request') throw new Error();
    expect(verify(message.value).outcome).toBe('good');
  });
});

describe('absent', () => {
  test.each([
    ['nothing', undefined],
    ['another realm', credentials('n', { realm: 'elsewhere' })],
    ['another scheme', 'Bearer abc'],
    ['what cannot be read', 'Digest username="201'],
  ])('%s', (_, header) => {
    expect(world().verify(request(header)).outcome).toBe('absent');
  });

  test('credentials for a proxy are not for us', () => {
    const { nonce, verify } = world();
    expect(verify(request(credentials(nonce()), URI, 'Proxy-Authorization')).outcome).toBe('absent');
  });
});

describe('stale, never a failure', () => {
  test('an old nonce, be the password right or wrong', () => {
    const { clock, nonce, verify } = world({ nonceLifetime: 60_000 });
    const n = nonce();
    clock.advance(60_001);
    expect(verify(request(credentials(n))).outcome).toBe('stale');
    expect(verify(request(credentials(n, { password: 'guess' }))).outcome).toBe('stale');
  });

  test('a counter used before, be the password right or wrong', () => {
    const { nonce, verify } = world();
    const n = nonce();
    expect(verify(request(credentials(n, { nc: '00000100' }))).outcome).toBe('good');
    expect(verify(request(credentials(n, { nc: '00000100' }))).outcome).toBe('stale');
    expect(verify(request(credentials(n, { nc: '00000100', password: 'guess' }))).outcome).toBe('stale');
    expect(verify(request(credentials(n, { nc: '00000001' }))).outcome).toBe('stale');
  });

  test('a failed guess uses up no counter', () => {
    const { nonce, verify } = world();
    const n = nonce();
    expect(verify(request(credentials(n, { password: 'guess' }))).outcome).toBe('bad');
    expect(verify(request(credentials(n))).outcome).toBe('good');
  });

  test('a step of the wall clock changes nothing', () => {
    const { clock, nonce, verify } = world();
    const n = nonce();
    clock.stepWall(-3_600_000);
    expect(verify(request(credentials(n))).outcome).toBe('good');
  });
});

describe('foreign nonce, never a failure', () => {
  test.each([
    ['made up', (_: string) => 'f84f1cec41e6cbe5aea9c8e88d359'],
    ['altered', (n: string) => (n.startsWith('A') ? `B${n.slice(1)}` : `A${n.slice(1)}`)],
    ['empty', () => ''],
  ])('%s', (_, change) => {
    const { nonce, verify } = world();
    const message = request(credentials(change(nonce()), { password: 'guess' }));
    expect(verify(message).outcome).toBe('foreign-nonce');
  });

  test('sent from another address: a nonce proves one source only', () => {
    const { nonce, verify } = world();
    expect(verify(request(credentials(nonce())), { source: '192.0.2.8' }).outcome).toBe('foreign-nonce');
  });
});

describe('bad', () => {
  test('a wrong password and an unknown user look alike', () => {
    const { nonce, verify } = world();
    const wrong = request(credentials(nonce(), { password: 'guess' }));
    const expected = { outcome: 'bad', username: '201', why: 'response' };
    expect(verify(wrong)).toEqual(expected);
    expect(verify(wrong, { ha1: undefined })).toEqual(expected);
  });

  test('the hash that stands in for unknown users opens no door', () => {
    const zeros = { bytes: (count: number) => Buffer.alloc(count), below: () => 0, token: () => '' };
    const { clock, nonce, verify } = world({ random: zeros, secret: Buffer.alloc(32) });
    const n = nonce();
    const input = { algorithm: 'MD5', ha1: '0'.repeat(32), method: 'REGISTER', uri: URI, nonce: n } as const;
    const header = `Digest username="x", realm="${REALM}", nonce="${n}", uri="${URI}", response="${digestResponse(input)}"`;
    expect(verify(request(header), { ha1: { md5: '0'.repeat(32) } }).outcome).toBe('good');
    clock.advance(1);
    const again = nonce();
    const fresh = header.replace(n, again).replace(digestResponse(input), digestResponse({ ...input, nonce: again }));
    expect(verify(request(fresh), { ha1: undefined })).toMatchObject({ outcome: 'bad', why: 'response' });
  });

  test('an algorithm that the account may not use, or has no HA1 for', () => {
    const { nonce, verify } = world();
    const message = request(credentials(nonce()));
    expect(verify(message, { algorithms: ['SHA-256'] })).toMatchObject({ why: 'algorithm' });
    expect(verify(message, { ha1: { sha256: 'x' } })).toMatchObject({ why: 'response' });
  });

  test('credentials made for another request', () => {
    const { nonce, verify } = world();
    expect(verify(request(credentials(nonce(), { uri: 'sip:other.example' })))).toMatchObject({ why: 'uri' });
  });

  test.each([
    ['a qop that was not offered', (text: string) => text.replace('qop=auth', 'qop=auth-int')],
    ['qop without nc', (text: string) => text.replace('nc=00000001, ', '')],
    ['nc that is no count', (text: string) => text.replace('nc=00000001', 'nc=1')],
    ['qop without cnonce', (text: string) => text.replace(', cnonce="c"', '')],
    ['no uri', (text: string) => text.replace(/uri="[^"]*", /, '')],
    ['no username', (text: string) => text.replace('username="201", ', '')],
    ['a response too short', (text: string) => text.replace(/response="\w/, 'response="')],
    ['a response that is no hex', (text: string) => text.replace(/response="\w/, 'response="z')],
    ['an unknown algorithm', (text: string) => text.replace('algorithm=MD5', 'algorithm=MD5-sess')],
  ])('%s', (_, spoil) => {
    const { nonce, verify } = world();
    expect(verify(request(credentials(nonce(), {}, spoil)))).toMatchObject({ outcome: 'bad', why: 'malformed' });
  });
});

describe('barred: right credentials from where the account may not be used', () => {
  const barred = { barred: () => true };

  test('are refused, and told apart for us alone', () => {
    const { nonce, verify } = world();
    expect(verify(request(credentials(nonce())), barred)).toEqual({ outcome: 'bad', username: '201', why: 'barred' });
    expect(verify(request(credentials(nonce())), { barred: () => false }).outcome).toBe('good');
  });

  test('use up no counter: sent again they are refused in the same way, as wrong ones are', () => {
    const { nonce, verify } = world();
    const n = nonce();
    for (const password of [PASSWORD, 'guess']) {
      const again = request(credentials(n, { password }));
      const outcomes = [1, 2, 3].map(() => verify(again, barred).outcome);
      expect(outcomes).toEqual(['bad', 'bad', 'bad']);
    }
    expect(verify(request(credentials(n))).outcome).toBe('good');
  });

  test('is asked for right credentials only, and once', () => {
    const { clock, nonce, verify } = world();
    let asked = 0;
    const count = { barred: () => ++asked > 0 };
    const old = nonce();
    clock.advance(300_001);
    const used = nonce();
    verify(request(credentials(used)));
    for (const [authorization, changes] of [
      [undefined, {}],
      [credentials(old), {}],
      [credentials(used), {}],
      [credentials('0'.repeat(44)), {}],
      [credentials(nonce(), { password: 'guess' }), {}],
      [credentials(nonce(), { uri: 'sip:other.example' }), {}],
      [credentials(nonce(), { qop: 'auth-int' }), {}],
      [credentials(nonce()), { algorithms: ['SHA-256'] }],
      [credentials(nonce()), { ha1: undefined }],
    ] as const) {
      verify(request(authorization), { ...changes, ...count } as Partial<VerifyOptions>);
    }
    expect(asked).toBe(0);
    verify(request(credentials(nonce())), count);
    expect(asked).toBe(1);
  });
});

describe('octets that nobody has parsed are vouched for', () => {
  const octetsOf = (authorization: string, header = 'Authorization', before: readonly HeaderField[] = []) =>
    writeRequest({ method: 'REGISTER', uri: URI, headers: [...before, [header, authorization]] });

  test('by a young nonce of ours for that source, whatever the password', () => {
    const { nonce, server } = world();
    for (const header of ['Authorization', 'Proxy-Authorization']) {
      expect(server.vouchesFor(octetsOf(credentials(nonce(), { password: 'guess' }), header), SOURCE)).toBe(true);
    }
  });

  test('wherever nonce and realm stand in their line, and however much stands before and behind it', () => {
    const { nonce, server } = world();
    const swapped = (text: string) =>
      text.replace(/(realm="[^"]*"), (nonce="[^"]*")/, (_, realm, n) => `${n}, username="b", ${realm}`);
    expect(server.vouchesFor(octetsOf(credentials(nonce(), {}, swapped)), SOURCE)).toBe(true);
    const before: HeaderField[] = [['X-Before', 'x'.repeat(8_000)]];
    const long = Buffer.concat([octetsOf(credentials(nonce()), 'Authorization', before), Buffer.alloc(8_000, 'x')]);
    expect(server.vouchesFor(long, SOURCE)).toBe(true);
  });

  test('but only among the first few credentials, for each costs a hash', () => {
    const { nonce, server } = world();
    const own = credentials(nonce());
    const after = (count: number) => {
      const invented = own.replace(/ nonce="[^"]*"/, ` nonce="${'0'.repeat(44)}"`);
      const lines = Array.from({ length: count }, (): HeaderField => ['Authorization', invented]);
      return server.vouchesFor(octetsOf(own, 'Authorization', lines), SOURCE);
    };
    expect([after(0), after(3), after(4), after(40)]).toEqual([true, true, false, false]);
  });

  test('to its last millisecond', () => {
    const { clock, nonce, server } = world({ nonceLifetime: 60_000 });
    const octets = octetsOf(credentials(nonce()));
    clock.advance(60_000);
    expect(server.vouchesFor(octets, SOURCE)).toBe(true);
    clock.advance(1);
    expect(server.vouchesFor(octets, SOURCE)).toBe(false);
  });

  test('by nothing else', () => {
    const { nonce, server } = world();
    const n = nonce();
    const own = credentials(n);
    expect(server.vouchesFor(octetsOf(own), '192.0.2.8')).toBe(false);
    for (const text of [
      own.replace(n, '0'.repeat(n.length)),
      own.replace(n, world({ secret: Buffer.alloc(32, 1) }).nonce()),
      own.replace(/realm="[^"]*", /, ''),
      own.replace(REALM, 'elsewhere'),
      own.replace(REALM, `${REALM}\\"`),
      own.replace(`nonce="${n}"`, 'nonce=""'),
      own.replace(`nonce="${n}"`, `nonce="${n}`),
      own.replace('nonce=', 'n0nce='),
      'nonce="',
      '',
    ]) {
      expect(server.vouchesFor(octetsOf(text), SOURCE), text).toBe(false);
    }
    // A nonce in the place of a cnonce, or in another line, is read by nobody.
    const elsewhere = own.replace(/cnonce="[^"]*"/, `cnonce="${n}"`).replace(`, nonce="${n}"`, '');
    expect(elsewhere).toContain(`cnonce="${n}"`);
    expect(server.vouchesFor(octetsOf(elsewhere), SOURCE)).toBe(false);
    expect(server.vouchesFor(octetsOf(own, 'X-Authorization'), SOURCE)).toBe(false);
    const behind: HeaderField[] = [['Subject', own]];
    expect(server.vouchesFor(octetsOf(own.replace(n, '0'), 'Authorization', behind), SOURCE)).toBe(false);
    expect(server.vouchesFor(Buffer.alloc(0), SOURCE)).toBe(false);
    expect(server.vouchesFor(Buffer.from('\r\n\r\n'), SOURCE)).toBe(false);
  });
});

describe('uri of credentials and Request-URI', () => {
  test.each([
    ['sip:office.example', 'sip:OFFICE.example', true],
    ['sip:office.example', 'sip:office.example:5060', true],
    ['sip:office.example', 'sip:office.example;transport=tcp', true],
    ['sip:201@[::1]:5070', 'sip:201@[0:0:0:0:0:0:0:1]:5070', true],
    ['sip:201@office.example', 'sip:%32%30%31@office.example', true],
    ['sips:office.example', 'sip:office.example:5061', true],
    ['sip:office.example:5060', 'sip:201@office.example', true],
    ['sip:office.example', 'sip:office.example:5070', false],
    ['sip:201@office.example', 'sip:202@office.example', false],
    ['sip:201@office.example', 'sip:office.example', false],
    ['sip:office.example', 'sip:evil.example', false],
    ['tel:+7495', 'tel:+7495', true],
    ['tel:+7495', 'sip:+7495@office.example', false],
  ])('%s for %s: %s', (uri, requestUri, equal) => {
    const { nonce, verify } = world();
    const outcome = verify(request(credentials(nonce(), { uri }), requestUri)).outcome;
    expect(outcome).toBe(equal ? 'good' : 'bad');
  });
});

test('a short secret is refused at once', () => {
  expect(() => world({ secret: Buffer.alloc(16) })).toThrow(/at least 32/);
});

test('a client leaves challenges alone that it cannot answer', () => {
  const client = { username: '201', password: PASSWORD, method: 'REGISTER', uri: URI, count: 1, cnonce: 'c' };
  const answer = (text: string) => {
    const read = parseAuthValue(text);
    return read.ok ? answerChallenge(read.value, client) : 'unreadable';
  };
  expect(answer('Bearer realm="r"')).toBeUndefined();
  expect(answer('Digest realm="r", nonce="n", algorithm=SHA-512-256')).toBeUndefined();
  expect(answer('Digest realm="r", nonce="n", qop="auth-int"')).toBeUndefined();
  expect(answer('Digest realm="r", nonce="n"')).not.toContain('cnonce');
  expect(answer('Digest realm="r", nonce="n", opaque="o", qop="auth-int,auth"')).toContain('opaque="o"');
});
