import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSession } from './read-session.ts';
import { readLines } from './sdp-lines.ts';

const HEAD = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n';
const AUDIO = 'm=audio 4000 RTP/AVP 8\r\n';

test.each([
  ['', 'o='],
  ['m=audio 4000 RTP/AVP 8\r\n', 'v='],
  [`v=1\r\n${HEAD.slice(5)}${AUDIO}`, 'v='],
  [`v=0\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n${AUDIO}`, 'o='],
  [`${HEAD}o=- 1 2 IN IP4 192.0.2.1\r\n${AUDIO}`, 'o='],
  [`${HEAD}m=audio 65536 RTP/AVP 8\r\n`, 'm='],
  [`${HEAD}m=audio RTP/AVP 8\r\n`, 'm='],
  [`${HEAD}m=audio 4000\r\n`, 'm='],
  [`${HEAD}m=audio -1 RTP/AVP 8\r\n`, 'm='],
  [`${HEAD}${AUDIO}c=IN IP4\r\n`, 'c='],
  [`${HEAD}${AUDIO}c=ATM NSAP x\r\n`, 'c='],
])('malformed: %j is at fault for its %s (RFC 8866 §5, §5.2, §5.7, §5.14)', (text, where) => {
  const read = readLines(text);
  expect(read).toMatchObject({ ok: false, error: { code: 'malformed', where } });
});

test.each([`${HEAD}${AUDIO}a\r\n`, `${HEAD}${AUDIO}A=x\r\n`, `${HEAD}${AUDIO}a=x\0y\r\n`, `${HEAD}hello\r\n`])(
  'malformed: a line that is no SDP line: %j',
  (text) => {
    expect(readLines(text)).toMatchObject({ ok: false, error: { code: 'malformed' } });
  },
);

test('checklist 20: limits on body, line, number of lines, m-lines and formats', () => {
  const tooLarge = [
    `${HEAD}${AUDIO}${'a=x\r\n'.repeat(20_000)}`,
    `${HEAD}${AUDIO}a=${'x'.repeat(2_047)}\r\n`,
    `${HEAD}${AUDIO}${'a=x\r\n'.repeat(1_024)}`,
    `${HEAD}${AUDIO.repeat(33)}`,
    `${HEAD}m=audio 4000 RTP/AVP${' 8'.repeat(129)}\r\n`,
  ];
  for (const text of tooLarge) expect(readLines(text)).toMatchObject({ ok: false, error: { code: 'too-large' } });
  expect(readLines(`${HEAD}${AUDIO.repeat(32)}`).ok).toBe(true);
  expect(readLines(`${HEAD}${AUDIO}a=${'x'.repeat(2_046)}\r\n`).ok).toBe(true);
});

test('each m-line gets its own c= or the session one; bare LF and a missing last line end are read', () => {
  const read = readLines(`${HEAD}${AUDIO}c=IN IP4 192.0.2.9\r\nm=video 0 RTP/AVP 31`.replaceAll('\r\n', '\n'));
  expect(read.ok && read.value.media).toEqual([
    { kind: 'audio', port: 4000, profile: 'RTP/AVP', formats: ['8'], address: '192.0.2.9' },
    { kind: 'video', port: 0, profile: 'RTP/AVP', formats: ['31'], address: '192.0.2.1' },
  ]);
});

test('an o= with spaces in its user name, a port count and a multicast TTL are understood (RFC 4566 §5)', () => {
  const read = readLines(
    'v=0\no=John Smith 1 1 IN IP4 192.0.2.1\nm=audio 4000/2 RTP/AVP 0 \nc=IN IP4 224.2.1.1/127/3\n',
  );
  expect(read.ok && read.value.media[0]).toMatchObject({ port: 4000, formats: ['0'], address: '224.2.1.1' });
});

test('of the attributes those that tell of sound are kept for the parser, and a=rtcp by itself', () => {
  const sound = ['a=rtpmap:8 PCMA/8000', 'a=fmtp:8 x', 'a=ptime:20', 'a=maxptime:40', 'a=recvonly'];
  const other = ['a=rtcp-mux', 'a=rtcp-fb:* nack', 'a=ssrc:1 cname:x', 'b=AS:80', 'a=rtcp:4001'];
  const read = readLines(
    [`${HEAD}a=inactive`, 'm=video 0 RTP/AVP 31', 'm=audio 1 RTP/AVP 8', ...sound, ...other].join('\r\n'),
  );
  expect(read.ok && read.value).toMatchObject({
    session: { sound: 'a=inactive\r\n', rtcp: '', crypto: '' },
    sections: [
      { sound: '', rtcp: '', crypto: '' },
      { sound: sound.map((line) => `${line}\r\n`).join(''), rtcp: 'a=rtcp:4001\r\n' },
    ],
  });
});

test('a control character is found whatever the line ends', () => {
  for (const end of ['\r\n', '\n', '\r']) {
    const body = HEAD.replaceAll('\r\n', end);
    expect(readLines(`${body}m=audio 1 RTP/AVP 8${end}`).ok).toBe(true);
    expect(readLines(`${body}a=x\u001by${end}`)).toMatchObject({
      ok: false,
      error: { code: 'malformed', at: HEAD.length },
    });
  }
});

test('anything at all is read or refused, never thrown at', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.tuple(fc.constantFrom(...'vosctmab'), fc.string({ maxLength: 60 })).map(([type, rest]) => `${type}=${rest}`),
    fc.constantFrom('m=audio 4000 RTP/AVP 0 8 96', 'c=IN IP4 192.0.2.1', 'a=rtpmap:96 opus/48000/2', 'a=fmtp:96 x'),
    fc.constantFrom('a=rtcp:70000', 'a=ptime:-1', 'a=rtpmap:8 x/-1', 'a=rtpmap:999 y/8000', '__proto__=x'),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      for (const text of [lines.join('\r\n'), HEAD + lines.join('\r\n'), HEAD + AUDIO + lines.join('\n')]) {
        expect(typeof readSession(text).ok).toBe('boolean');
      }
    }),
  );
});
