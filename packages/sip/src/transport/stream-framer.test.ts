import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../message/limits.ts';
import type { Frame } from './framing.ts';
import { StreamFramer } from './stream-framer.ts';

const OPTIONS = [
  'OPTIONS sip:a@example.com SIP/2.0',
  'Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

/** A body that looks like an end of a head and like another message. */
const TRICKY_BODY = `\r\n\r\n${OPTIONS}\r\n`;
const MESSAGE = [
  'MESSAGE sip:b@example.com SIP/2.0',
  'Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK2',
  'Subject: folded',
  '  Content-Length: 7',
  `l : ${TRICKY_BODY.length}`,
  '',
  TRICKY_BODY,
].join('\r\n');

function frames(chunks: readonly Buffer[]): Frame[] {
  const framer = new StreamFramer();
  const all: Frame[] = [];
  for (const chunk of chunks) {
    framer.push(chunk);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) all.push(frame);
  }
  return all;
}

/** Messages as text, CRLFs as '', faults by name. */
function texts(chunks: readonly Buffer[]): string[] {
  return frames(chunks).map((frame) => {
    if (frame.kind === 'message') return frame.octets.toString('latin1');
    return frame.kind === 'fault' ? frame.fault : '';
  });
}

function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function cutAt(whole: Buffer, offsets: readonly number[]): Buffer[] {
  const sorted = [0, ...offsets, whole.length].sort((one, other) => one - other);
  return sorted.slice(1).map((end, i) => whole.subarray(sorted[i], end));
}

describe('a stream cut anywhere gives the same messages (RFC 3261 §18.3)', () => {
  const stream = octets(`\r\n\r\n${OPTIONS}\r\n${MESSAGE}${OPTIONS}\r\n\r\n`);
  const expected = ['', '', OPTIONS, '', MESSAGE, OPTIONS, '', ''];

  test('in one piece', () => expect(texts([stream])).toEqual(expected));

  test('in two pieces, at every offset', () => {
    for (let at = 0; at <= stream.length; at++) expect(texts(cutAt(stream, [at]))).toEqual(expected);
  });

  test('octet by octet', () => expect(texts([...stream].map((octet) => Buffer.from([octet])))).toEqual(expected));

  test('in any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (offsets) => {
        expect(texts(cutAt(stream, offsets))).toEqual(expected);
      }),
    );
  });
});

test('what is handed out does not change when more comes', () => {
  const framer = new StreamFramer();
  const stream = octets(OPTIONS + MESSAGE + OPTIONS);
  const got: Buffer[] = [];
  for (const chunk of cutAt(stream, [50, 60, OPTIONS.length + 20])) {
    framer.push(chunk);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      if (frame.kind === 'message') got.push(frame.octets);
    }
  }
  expect(got.map((each) => each.toString('latin1'))).toEqual([OPTIONS, MESSAGE, OPTIONS]);
});

describe('what cannot be cut into messages ends the stream', () => {
  const head = (...lines: string[]): Buffer => octets(['OPTIONS sip:a SIP/2.0', ...lines, '', ''].join('\r\n'));

  test.each([
    ['no Content-Length', head('Via: x'), 'no-length'],
    ['a negative one', head('Content-Length: -999'), 'bad-length'],
    ['two that disagree', head('Content-Length: 13', 'l: 5'), 'bad-length'],
    ['one beyond 32 bits', head('Content-Length: 99999999999'), 'bad-length'],
    ['a body beyond the limit', head(`Content-Length: ${LIMITS.messageOctets}`), 'too-large'],
    ['a bare LF', octets('OPTIONS sip:a SIP/2.0\nContent-Length: 0\r\n\r\n'), 'bad-head'],
    ['a CR before the start line', octets('\rOPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n'), 'bad-head'],
    ['a head without end', Buffer.alloc(LIMITS.headOctets + 1, 'a'), 'too-large'],
  ])('%s', (_, stream, fault) => {
    expect(texts([octets(OPTIONS), stream, octets(OPTIONS)])).toEqual([OPTIONS, fault]);
  });

  test('the head comes with the fault, without the octets behind it', () => {
    const broken = head('Via: x');
    expect(frames([Buffer.concat([broken, octets('v=0')])])).toEqual([
      { kind: 'fault', fault: 'no-length', head: broken },
    ]);
  });
});

test('two Content-Length lines that agree are one', () => {
  const twice = 'OPTIONS sip:a SIP/2.0\r\nContent-Length: 2\r\nl: 2\r\n\r\nab';
  expect(texts([octets(twice)])).toEqual([twice]);
});

test('waiting says whether a message has begun', () => {
  const framer = new StreamFramer();
  expect(framer.waiting).toBe(false);
  framer.push(octets('OPT'));
  expect(framer.next()).toBeUndefined();
  expect(framer.waiting).toBe(true);
  framer.push(octets(OPTIONS.slice(3)));
  expect(framer.next()?.kind).toBe('message');
  expect(framer.waiting).toBe(false);
});

test('a trickled message costs work in proportion to its octets', () => {
  const body = 'x'.repeat(60_000);
  const whole = octets(`MESSAGE sip:a SIP/2.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const framer = new StreamFramer();
  let handed = 0;
  for (let at = 0; at < whole.length; at++) {
    framer.push(whole.subarray(at, at + 1));
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) handed++;
  }
  expect(handed).toBe(1);
});
