import { expect, test } from 'vitest';
import { parseMessage } from '../message/parse-message.ts';
import { type HeaderField, writeRequest } from '../message/write-message.ts';
import { readSessionBody } from './session-description.ts';

const SDP = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=Разговор\r\n';

function read(headers: HeaderField[], body: string | Buffer) {
  const octets = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const message = parseMessage(writeRequest({ method: 'INVITE', uri: 'sip:a@b', headers, body: octets }));
  if (!message.ok) throw new Error(message.error.code);
  return readSessionBody(message.value);
}

const multipart = (type: string, ...parts: string[]): [HeaderField[], string] => [
  [['Content-Type', `multipart/mixed;boundary="${type}"`]],
  `preamble\r\n${parts.map((part) => `--${type}\r\n${part}\r\n`).join('')}--${type}--\r\nepilogue`,
];

test('no body is no SDP, whatever its type', () => {
  expect(read([], '')).toEqual({ sdp: undefined });
  expect(read([['Content-Type', 'image/png']], '')).toEqual({ sdp: undefined });
});

test.each([['application/sdp'], ['APPLICATION/SDP; charset=utf-8']])('%s is an SDP, in UTF-8', (type) => {
  expect(read([['Content-Type', type]], SDP)).toEqual({ sdp: SDP });
});

test('an SDP without type is taken for one', () => {
  expect(read([], SDP)).toEqual({ sdp: SDP });
});

test('the SDP among other parts is found (RFC 3261 §7.4, RFC 5621 §4)', () => {
  const isup = 'Content-Type: application/isup\r\nContent-Disposition: signal;handling=optional\r\n\r\n\x01\x02';
  expect(read(...multipart('b', isup, `content-TYPE : application/sdp\r\n\r\n${SDP}`))).toEqual({ sdp: SDP });
  expect(read(...multipart('b', `Content-Type: application/sdp\r\n\r\n${SDP}`, isup))).toEqual({ sdp: SDP });
});

test.each<[string, HeaderField[], string]>([
  ['another type', [['Content-Type', 'application/isup']], 'x'],
  ['a type that cannot be read', [['Content-Type', 'sdp']], SDP],
  ['no type and no SDP', [], 'hello'],
  ['parts without SDP', ...multipart('b', 'Content-Type: text/plain\r\n\r\nhello')],
  [
    'parts without end',
    [['Content-Type', 'multipart/mixed;boundary=b']],
    `--b\r\nContent-Type: application/sdp\r\n\r\n${SDP}`,
  ],
  ['parts without boundary', [['Content-Type', 'multipart/mixed']], SDP],
  ['a part without head', ...multipart('b', SDP)],
])('415 says what could be read: %s (RFC 3261 §20.1)', (_, headers, body) => {
  expect(read(headers, body)).toEqual({
    refusal: { status: 415, headers: [['Accept', 'application/sdp, multipart/mixed']] },
  });
});

test('415 for an encoding, which comes before the type (RFC 3261 §8.2.3)', () => {
  const headers: HeaderField[] = [
    ['Content-Type', 'application/sdp'],
    ['Content-Encoding', 'gzip'],
  ];
  expect(read(headers, SDP)).toEqual({ refusal: { status: 415, headers: [['Accept-Encoding', 'identity']] } });
  expect(read([headers[0]!, ['Content-Encoding', 'Identity']], SDP)).toEqual({ sdp: SDP });
});

test('what its sender calls optional may be ignored (RFC 5621 §8)', () => {
  const headers: HeaderField[] = [
    ['Content-Type', 'application/isup'],
    ['Content-Disposition', 'signal;handling=OPTIONAL'],
  ];
  expect(read(headers, 'x')).toEqual({ sdp: undefined });
});

test('a body made to be slow is read in one pass', () => {
  const body = '--b\r\n'.repeat(10_000);
  expect('refusal' in read([['Content-Type', 'multipart/mixed;boundary=b']], body)).toBe(true);
});
