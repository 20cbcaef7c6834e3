import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../message/limits.ts';
import { clientFrame, upgradeRequest } from '../testing/web-socket-client.ts';
import type { Frame } from './framing.ts';
import { CLOSE, OPCODE, webSocketFrame } from './web-socket-frame.ts';
import { WebSocketFramer } from './web-socket-framer.ts';

const MASK = Buffer.from([0x12, 0xf4, 0x00, 0xff]);

/** What a framer makes of chunks, as one line each. */
function told(chunks: readonly Buffer[], framer = new WebSocketFramer([])): string[] {
  const lines: string[] = [];
  for (const chunk of chunks) {
    framer.push(chunk);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) lines.push(lineOf(frame));
  }
  return lines;
}

function lineOf(frame: Frame): string {
  if (frame.kind === 'message') return `message ${frame.octets.toString('latin1')}`;
  if (frame.kind === 'end') return `end ${closeCodeOf(frame.octets) ?? ''} ${frame.detail}${frame.fault ? '!' : ''}`;
  if (frame.kind === 'reply') return `reply ${frame.octets.toString('hex')}`;
  return frame.kind;
}

function closeCodeOf(octets: Buffer): number | undefined {
  return octets[0] === (0x80 | OPCODE.close) && octets.length >= 4 ? octets.readUInt16BE(2) : undefined;
}

/** The frames of an open WebSocket. */
function toldOpen(...frames: readonly Buffer[]): string[] {
  return told([upgradeRequest(), ...frames]).slice(1);
}

const text = (payload: string, fin = true, opcode: number = OPCODE.text): Buffer =>
  clientFrame(opcode, Buffer.from(payload), MASK, fin);

describe('frames', () => {
  test('RFC 7118 §5.1: a message of the WebSocket, text or binary, is one SIP message', () => {
    const binary = clientFrame(OPCODE.binary, Buffer.from([0xff, 0x41]), MASK);
    expect(toldOpen(text('one'), binary)).toEqual(['message one', 'message \xffA']);
  });

  test('RFC 6455 §5.4: a message may come in pieces, with pings between them', () => {
    const ping = clientFrame(OPCODE.ping, Buffer.from('x'), MASK);
    expect(toldOpen(text('on', false), ping, text('', false, OPCODE.more), text('e', true, OPCODE.more))).toEqual([
      `reply ${webSocketFrame(OPCODE.pong, Buffer.from('x')).toString('hex')}`,
      'message one',
    ]);
  });

  test('RFC 6455 §5.5.1: a close is answered with its code, and what is behind it belongs to nobody', () => {
    const close = clientFrame(OPCODE.close, Buffer.from([0x03, 0xe8]), MASK);
    expect(toldOpen(Buffer.concat([close, text('late')]))).toEqual(['end 1000 by the peer']);
    expect(toldOpen(clientFrame(OPCODE.close, Buffer.alloc(0), MASK))).toEqual(['end  by the peer']);
  });

  test('RFC 7118 §6: CRLFs alone are a keep-alive, nothing at all is nothing', () => {
    expect(toldOpen(text('\r\n\r\n'), text('\r\n'), text(''))).toEqual(['crlf', 'crlf', 'crlf']);
  });

  const masked = text('a');
  test.each<[string, Buffer, number]>([
    ['RFC 6455 §5.1: not masked', webSocketFrame(OPCODE.text, Buffer.from('a')), CLOSE.protocol],
    ['RFC 6455 §5.2: an extension that nobody agreed on', Buffer.from([0xc1, ...masked.subarray(1)]), CLOSE.protocol],
    ['RFC 6455 §5.2: an unknown kind', clientFrame(3, Buffer.from('a'), MASK), CLOSE.protocol],
    ['RFC 6455 §5.2: a length longer than need be', Buffer.from([0x81, 0xfe, 0, 5]), CLOSE.protocol],
    [
      'RFC 6455 §5.2: a length beyond all numbers',
      Buffer.from([0x81, 0xff, 255, 255, 255, 255, 255, 255, 255, 255]),
      CLOSE.protocol,
    ],
    ['RFC 6455 §5.5: a ping in pieces', clientFrame(OPCODE.ping, Buffer.from('a'), MASK, false), CLOSE.protocol],
    ['RFC 6455 §5.5: a ping that is too long', clientFrame(OPCODE.ping, Buffer.alloc(126), MASK), CLOSE.protocol],
    ['RFC 6455 §5.4: a continuation of nothing', text('a', true, OPCODE.more), CLOSE.protocol],
    ['RFC 6455 §5.4: a message within a message', Buffer.concat([text('a', false), text('b')]), CLOSE.protocol],
    ['RFC 6455 §5.5.1: a close of one octet', clientFrame(OPCODE.close, Buffer.from([3]), MASK), CLOSE.protocol],
    [
      'RFC 6455 §7.4.1: a close with a code that is none',
      clientFrame(OPCODE.close, Buffer.from([0x03, 0xed]), MASK),
      CLOSE.protocol,
    ],
    ['RFC 6455 §8.1: text that is no UTF-8', clientFrame(OPCODE.text, Buffer.from([0xc3, 0x28]), MASK), CLOSE.notUtf8],
    [
      'RFC 6455 §10.4: a message larger than one may be',
      Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1]),
      CLOSE.tooLarge,
    ],
  ])('%s ends the connection, and is told why', (_, octets, code) => {
    const lines = toldOpen(octets, text('late'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^end ${code} .*!$`));
  });

  test('RFC 6455 §10.4: pieces that together are too large end it, however small each is', () => {
    const piece = Buffer.alloc(30_000, 'a').toString();
    const lines = toldOpen(text(piece, false), text(piece, false, OPCODE.more), text(piece, true, OPCODE.more));
    expect(lines).toEqual([`end ${CLOSE.tooLarge} the message is too large!`]);
  });

  test('what goes out is text where it is text, binary where it is not, and never masked', () => {
    const framer = new WebSocketFramer([]);
    expect(framer.wrap(Buffer.from('é'))).toEqual(Buffer.from([0x81, 2, 0xc3, 0xa9]));
    expect(framer.wrap(Buffer.from([0xe9]))).toEqual(Buffer.from([0x82, 1, 0xe9]));
    expect(framer.wrap(Buffer.alloc(70_000, 'a')).subarray(0, 10)).toEqual(
      Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]),
    );
    expect(framer.ping()).toEqual(Buffer.from([0x89, 0]));
  });
});

const payloads = fc.oneof(
  fc.string({ maxLength: 300, unit: 'grapheme' }),
  fc.constantFrom('\r\n', '\r\n\r\n', '', 'x'.repeat(126), 'x'.repeat(65_536)),
);

/** A message as frames, cut where the numbers say. */
function inFrames(message: string, cuts: readonly number[], masks: readonly number[]): Buffer {
  const octets = Buffer.from(message);
  const places = [...new Set(cuts.map((cut) => cut % (octets.length + 1)))].sort((a, b) => a - b);
  const bounds = [0, ...places, octets.length];
  return Buffer.concat(
    bounds.slice(1).map((to, i) => {
      const payload = octets.subarray(bounds[i], to);
      return clientFrame(i === 0 ? OPCODE.text : OPCODE.more, payload, Buffer.from(masks), i === bounds.length - 2);
    }),
  );
}

function cutAt(octets: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (octets.length + 1)))].sort((a, b) => a - b);
  const bounds = [0, ...places, octets.length];
  return bounds.slice(1).map((to, i) => octets.subarray(bounds[i], to));
}

describe('whatever comes', () => {
  test('a stream cut anywhere gives the same messages', () => {
    const message = fc.tuple(payloads, fc.array(fc.nat(), { maxLength: 3 }));
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.array(fc.nat({ max: 255 }), { minLength: 4, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (messages, mask, cuts) => {
          const stream = Buffer.concat([upgradeRequest(), ...messages.map(([text, at]) => inFrames(text, at, mask))]);
          const lines = told(cutAt(stream, cuts));
          expect(lines).toEqual(told([stream]));
          expect(lines.filter((line) => line.startsWith('message'))).toEqual(
            messages
              .filter(([text]) => !/^(\r\n)*$/.test(text))
              .map(([text]) => `message ${Buffer.from(text).toString('latin1')}`),
          );
        },
      ),
    );
  });

  test('octet by octet gives the same', () => {
    const stream = Buffer.concat([upgradeRequest(), text('one'), text('tw', false), text('o', true, OPCODE.more)]);
    expect(told([...stream].map((octet) => Buffer.from([octet])))).toEqual(['ready', 'message one', 'message two']);
  });

  test('random octets never throw, and never make it hold more than a message and a chunk', () => {
    const chunk = fc.uint8Array({ maxLength: 400 }).map((octets) => Buffer.from(octets));
    fc.assert(
      fc.property(fc.boolean(), fc.array(chunk, { maxLength: 20 }), (open, chunks) => {
        const lines = told([...(open ? [upgradeRequest()] : []), ...chunks]);
        expect(lines.filter((line) => line.startsWith('end')).length).toBeLessThan(2);
      }),
    );
  });

  test('a head that never ends is given up, and so are pieces that hold nothing', () => {
    const line = Buffer.from('X: y\r\n');
    const lines = told([Buffer.from('GET / HTTP/1.1\r\n'), ...Array.from({ length: 2_000 }, () => line)]);
    expect(lines).toEqual(['end  the request is larger than 8192 octets!']);
    const framer = new WebSocketFramer([]);
    told([upgradeRequest(), text('a', false)], framer);
    for (let i = 0; i < 10_000; i++) told([text('', false, OPCODE.more)], framer);
    expect(told([text('b', true, OPCODE.more)], framer)).toEqual(['message ab']);
  });

  test('a message of the largest size passes', () => {
    expect(toldOpen(text('a'.repeat(LIMITS.messageOctets)))).toHaveLength(1);
    expect(toldOpen(text('a'.repeat(LIMITS.messageOctets)))[0]).toMatch(/^message/);
  });
});
