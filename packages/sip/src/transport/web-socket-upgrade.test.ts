import { describe, expect, test } from 'vitest';
import { upgradeRequest } from '../testing/web-socket-client.ts';
import { answerUpgrade, type Origins } from './web-socket-upgrade.ts';

function answer(fields: Readonly<Record<string, string | undefined>> = {}, origins: Origins = []) {
  const { accepted, response, why } = answerUpgrade(upgradeRequest(fields), origins);
  const [line = '', ...rest] = response.toString('latin1').split('\r\n');
  return { accepted, line, rest, why };
}

test('RFC 6455 §1.3: the key is answered with its digest, and the sub-protocol sip is chosen (RFC 7118 §4.1)', () => {
  const { accepted, line, rest } = answer({ 'Sec-WebSocket-Protocol': 'chat, sip' });
  expect(accepted).toBe(true);
  expect(line).toBe('HTTP/1.1 101 Switching Protocols');
  expect(rest).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  expect(rest).toContain('Sec-WebSocket-Protocol: sip');
});

describe('origins', () => {
  test.each<[string | undefined, Origins, boolean]>([
    [undefined, [], true],
    ['https://phone.example.com', [], false],
    ['https://phone.example.com', ['https://phone.example.com'], true],
    ['HTTPS://Phone.Example.com', ['https://phone.example.com'], true],
    ['https://phone.example.com.evil.example', ['https://phone.example.com'], false],
    ['http://phone.example.com', ['https://phone.example.com'], false],
    ['https://pbx.example', [], false],
    ['null', ['https://phone.example.com'], false],
    ['https://evil.example', 'any', true],
  ])('RFC 6455 §10.2: a page of %s where %j may: %s', (origin, origins, accepted) => {
    expect(answer({ Origin: origin }, origins).accepted).toBe(accepted);
    if (!accepted) expect(answer({ Origin: origin }, origins).line).toBe('HTTP/1.1 403 Forbidden');
  });
});

describe('RFC 6455 §4.2.1: what is refused, and how', () => {
  test.each<[Readonly<Record<string, string | undefined>>, string]>([
    [{ Host: undefined }, '400 Bad Request'],
    [{ Upgrade: undefined }, '426 Upgrade Required'],
    [{ Upgrade: 'h2c' }, '426 Upgrade Required'],
    [{ Connection: 'keep-alive' }, '426 Upgrade Required'],
    [{ 'Sec-WebSocket-Version': '8' }, '426 Upgrade Required'],
    [{ 'Sec-WebSocket-Key': undefined }, '400 Bad Request'],
    [{ 'Sec-WebSocket-Key': 'dG9vIHNob3J0' }, '400 Bad Request'],
    [{ 'Sec-WebSocket-Protocol': undefined }, '400 Bad Request'],
    [{ 'Sec-WebSocket-Protocol': 'xmpp, sipx' }, '400 Bad Request'],
    [{ 'Content-Length': '5' }, '400 Bad Request'],
    [{ 'Transfer-Encoding': 'chunked' }, '400 Bad Request'],
    [{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }, '400 Bad Request'],
    [{ Host: 'a\r\n folded' }, '400 Bad Request'],
    [{ 'Bad name': 'a' }, '400 Bad Request'],
  ])('%j: %s', (fields, status) => {
    const { line, accepted, why, rest } = answer(fields);
    expect(accepted).toBe(false);
    expect(line).toBe(`HTTP/1.1 ${status}`);
    expect(rest.at(-1)).toBe(`${why}\n`);
  });

  test.each([
    ['POST / HTTP/1.1', '405 Method Not Allowed'],
    ['GET / HTTP/1.0', '400 Bad Request'],
    ['GET  / HTTP/1.1', '400 Bad Request'],
    ['OPTIONS sip:a SIP/2.0', '400 Bad Request'],
    ['GET http://evil/ HTTP/1.1', '400 Bad Request'],
  ])('%s: %s', (requestLine, status) => {
    const head = upgradeRequest().toString('latin1').replace('GET / HTTP/1.1', requestLine);
    expect(answerUpgrade(Buffer.from(head, 'latin1'), 'any').response.toString('latin1')).toMatch(
      new RegExp(`^HTTP/1.1 ${status}`),
    );
  });

  test('a field of thousands of spaces takes no time', () => {
    const began = process.cpuUsage();
    for (let i = 0; i < 20; i++) expect(answer({ Cookie: `a${' '.repeat(7_500)}b` }).accepted).toBe(true);
    expect(process.cpuUsage(began).user / 20).toBeLessThan(5_000);
  });

  test('a browser among many headers and capitals is let in', () => {
    const many = { Connection: 'keep-alive, UPGRADE', Upgrade: 'WebSocket', Cookie: 'a=b; c="d"', Accept: '*/*' };
    expect(answer(many).accepted).toBe(true);
  });
});
