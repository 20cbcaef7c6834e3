import { expect, test } from 'vitest';
import { normalise, textOf } from './normalise.ts';
import { readSipText } from './sip-text.ts';
import { Symbols } from './symbols.ts';

const PLACES = new Map([
  ['127.0.0.61:5060', 'alice'],
  ['127.0.0.40:5060', 'switch'],
]);

/** The same call in other words: everything that is drawn by lot or by the clock is another value. */
function call(by: {
  tag: string;
  branch: string;
  call: string;
  cseq: number;
  nonce: string;
  port: number;
  version: number;
}) {
  const head = [
    `INVITE sip:202@127.0.0.40 SIP/2.0`,
    `v: SIP/2.0/UDP 127.0.0.61:5060;branch=${by.branch};rport=${by.port}`,
    `From: "tag=x" <sip:alice@127.0.0.40>;tag=${by.tag}`,
    `To: <sip:202@127.0.0.40>`,
    `i: ${by.call}`,
    `CSeq: ${by.cseq} INVITE`,
    `Contact: <sip:${by.tag.repeat(8)}@127.0.0.61>;+sip.instance="<urn:uuid:${by.call}>"`,
    `Authorization: Digest username="alice", realm="r", nonce="${by.nonce}", uri="sip:202@127.0.0.40", nc=00000001, cnonce="${by.tag}", response="${by.call}"`,
    `User-Agent: phone ${by.version}`,
    `Max-Forwards: 70`,
    `Content-Type: application/sdp`,
  ];
  const sdp = [
    'v=0',
    `o=alice ${by.port} ${by.version} IN IP4 127.0.0.61`,
    'c=IN IP4 127.0.0.61',
    `m=audio ${by.port} RTP/AVP 8`,
    `a=rtcp:${by.port + 1}`,
    'm=video 0 RTP/AVP 31',
    '',
  ].join('\r\n');
  const again = head.map((line) => line.replace(`CSeq: ${by.cseq}`, `CSeq: ${by.cseq + 1}`));
  const later = sdp.replace(`${by.version} IN`, `${by.version + 1} IN`);
  return [`${head.join('\r\n')}\r\n\r\n${sdp}`, `${again.join('\r\n')}\r\n\r\n${later}`];
}

const textsOf = (messages: readonly string[]): string => {
  const symbols = new Symbols(PLACES);
  return messages.map((message) => textOf(normalise(readSipText(Buffer.from(message))!, symbols))).join('\n\n');
};

const ONE = { tag: 'as7', branch: 'z9hG4bK1', call: 'c1', cseq: 101, nonce: 'n1', port: 40_000, version: 7 };
const OTHER = {
  tag: 'x9q',
  branch: 'z9hG4bKother',
  call: 'c-2',
  cseq: 8_201,
  nonce: 'abc=',
  port: 46_200,
  version: 99,
};

test('two calls that differ in nothing but what varies are the same text', () => {
  expect(textsOf(call(ONE))).toBe(textsOf(call(OTHER)));
});

test('what is said of each value', () => {
  expect(textsOf(call(ONE).slice(0, 1))).toBe(
    `INVITE sip:202@{switch} SIP/2.0
Via: SIP/2.0/UDP {alice};branch={branch-1};rport={rport-1}
From: "tag=x" <sip:alice@{switch}>;tag={tag-1}
To: <sip:202@{switch}>
Call-ID: {call-1}
CSeq: 1 INVITE
Contact: <sip:{user-1}@{alice}>;+sip.instance="{instance-1}"
Authorization: Digest username="alice", realm="r", nonce="{nonce-1}", uri="sip:202@{switch}", nc=00000001, cnonce="{cnonce-1}", response="{response-1}"
User-Agent: {agent}
Max-Forwards: 70
Content-Type: application/sdp

v=0
o=alice {session-1} 1 IN IP4 {alice}
c=IN IP4 {alice}
m=audio {port-1} RTP/AVP 8
a=rtcp:{port-2}
m=video 0 RTP/AVP 31`,
  );
});

test('identity is kept: another tag in the same place is another text', () => {
  const [first = '', second = ''] = call(ONE);
  expect(textsOf([first, second.replaceAll('tag=as7', 'tag=as8')])).not.toBe(textsOf([first, second]));
});

test.each([
  ['a CSeq that did not count up', 'CSeq: 102', 'CSeq: 101'],
  ['a version of o= that did not rise', ' 8 IN', ' 7 IN'],
  ['another host', 'sip:202@127.0.0.40 SIP', 'sip:202@127.0.0.61 SIP'],
  ['another nc', 'nc=00000001', 'nc=00000002'],
])('%s shows', (_name, from, to) => {
  const [first = '', second = ''] = call(ONE);
  expect(second).toContain(from);
  expect(textsOf([first, second.replace(from, to)])).not.toBe(textsOf([first, second]));
});

test('a CSeq that is none stays as it is', () => {
  const sip = readSipText(Buffer.from('SIP/2.0 400 Bad\r\nCSeq: what INVITE\r\n\r\n'))!;
  expect(textOf(normalise(sip, new Symbols()))).toBe('SIP/2.0 400 Bad\nCSeq: what INVITE');
});
