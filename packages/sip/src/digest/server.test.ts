import { describe, expect, test } from 'vitest';
import { parseMessage } from '../message/parse-message.ts';
import { writeRequest } from '../message/write-message.ts';
import { type DigestAlgorithm, digestResponse, ha1, storedHa1 } from './calculation.ts';
import { answerChallenge } from './client.ts';
import { credentials, PASSWORD, PORT, parsed, REALM, request, SOURCE, URI, world } from './testing/credentials.ts';

describe('challenge', () => {
  test('RFC 8760 §2.3: one line an algorithm, strongest first, as asked', () => {
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
      port: PORT,
      algorithms: ['MD5'],
      challenger: 'proxy',
      stale: true,
    });
    expect(line![0]).toBe('Proxy-Authenticate');
    expect(parsed(line!).get('stale')).toBe('true');
  });

  test('as on the wire (RFC 3261 §20.44)', () => {
    const { server } = world();
    const lines = (realm: string, stale: boolean) =>
      server
        .challenge({ realm, source: SOURCE, port: PORT, algorithms: ['SHA-256'], challenger: 'uas', stale })
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
  test('RFC 3261 §22.4: a wrong password and an unknown user look alike', () => {
    const { nonce, verify } = world();
    const wrong = request(credentials(nonce(), { password: 'guess' }));
    const expected = { outcome: 'bad', username: '201', why: 'response', samePort: true };
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
    expect(verify(request(fresh), { ha1: undefined, port: PORT + 1 })).toMatchObject({
      why: 'response',
      samePort: false,
    });
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

describe('RFC 3261 §22.4: uri of credentials and Request-URI', () => {
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
