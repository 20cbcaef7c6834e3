import { expect, test } from 'vitest';
import { readSipText } from '../sip-text.ts';
import { storyOf } from '../story.ts';
import { Symbols } from '../symbols.ts';
import { compare, draft } from './expectation.ts';
import type { ReplayOutcome } from './replay.ts';

function outcomeOf(...messages: readonly string[]): ReplayOutcome {
  const way = { transport: 'udp', phone: { address: '127.0.0.61', port: 5060 } } as const;
  const heard = messages.map((text, at) => ({
    at,
    way,
    sip: readSipText(Buffer.from(text.replaceAll('\n', '\r\n')))!,
  }));
  return { heard: new Map([['alice', heard]]), failures: [], notes: [] };
}

const story = (expected: string) =>
  storyOf(
    `
title: t
shows: s
made: { on: 2026-11-23, with: w, how: h }
server: { at: ["127.0.0.40:5060"], is: s }
parties: { alice: { at: ["127.0.0.61:5060"], is: p } }
expect:
  alice: |
${expected.replace(/^/gm, '    ')}
`,
    'test.yaml',
  );

const TRYING = 'SIP/2.0 100 Trying\nCSeq: 5 INVITE\n\n';
const RINGING = 'SIP/2.0 180 Ringing\nTo: <sip:x>;tag=abc\nCSeq: 5 INVITE\nServer: one\n\n';
const OK =
  'SIP/2.0 200 OK\nTo: <sip:x>;tag=abc\nCSeq: 5 INVITE\nContent-Type: application/sdp\n\nv=0\nm=audio 4000 RTP/AVP 8\n';

const verdict = (expected: string, ...messages: readonly string[]) => {
  const [first] = compare(outcomeOf(...messages), story(expected), new Symbols());
  return first!;
};
const agrees = (expected: string, ...messages: readonly string[]): boolean => {
  const { expected: said, heard } = verdict(expected, ...messages);
  return said === heard;
};

test('what a draft says agrees with what it was drafted from', () => {
  const outcome = outcomeOf(TRYING, RINGING, OK);
  const text = draft(outcome, 'alice', new Symbols());
  expect(text).toBe(
    `SIP/2.0 180 Ringing
To: <sip:x>;tag={tag-1}
CSeq: 1 INVITE

SIP/2.0 200 OK
To: <sip:x>;tag={tag-1}
CSeq: 1 INVITE
Content-Type: application/sdp
  v=0
  m=audio {port-1} RTP/AVP 8`,
  );
  expect(agrees(text, TRYING, RINGING, OK)).toBe(true);
});

test('only the headers are compared that the story names', () => {
  expect(agrees('SIP/2.0 180 Ringing', RINGING)).toBe(true);
  expect(agrees('SIP/2.0 180 Ringing\nserver: one', RINGING)).toBe(false); // named as the normaliser names it
  expect(agrees('SIP/2.0 180 Ringing\nServer: {agent}', RINGING)).toBe(true);
});

test.each([
  ['another status', 'SIP/2.0 183 Session Progress', RINGING],
  ['another reason', 'SIP/2.0 180 Bell', RINGING],
  ['a header that is missing', 'SIP/2.0 180 Ringing\nRequire: 100rel', RINGING],
  ['a header that must not be', 'SIP/2.0 180 Ringing\nServer: <none>', RINGING],
  ['another body', 'SIP/2.0 200 OK\n  v=0\n  m=audio {port-1} RTP/AVP 0', OK],
  ['a line of the body too few', 'SIP/2.0 200 OK\n  v=0', OK],
])('%s shows', (_name, expected, message) => {
  expect(agrees(expected, message)).toBe(false);
});

test('absence, any reason, and nothing at all can be expected', () => {
  expect(agrees('SIP/2.0 180 *\nRequire: <none>', RINGING)).toBe(true);
  expect(agrees('SIP/2.0 486 *', RINGING)).toBe(false);
  expect(agrees('')).toBe(true);
  expect(agrees('', TRYING)).toBe(true);
});

test('a message too many or too few shows', () => {
  expect(agrees('SIP/2.0 180 Ringing', RINGING, OK)).toBe(false);
  expect(agrees('SIP/2.0 180 Ringing\n\nSIP/2.0 200 OK', RINGING)).toBe(false);
});

test('100 is not compared for an INVITE; for anything else it is wrong and shows (RFC 4320 §4.1)', () => {
  expect(agrees('SIP/2.0 200 OK', 'SIP/2.0 100 Trying\nCSeq: 5 OPTIONS\n\n', OK)).toBe(false);
});
