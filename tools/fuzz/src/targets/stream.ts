import { type Frame, StreamFramer } from '@vats/sip/testing';
import { demand, type Target } from '../target.ts';

/** What a stream gives, as text. */
function framesOf(pieces: readonly Buffer[]): string[] {
  const framer = new StreamFramer();
  const frames: string[] = [];
  for (const piece of pieces) {
    framer.push(piece);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(textOf(frame));
  }
  return frames;
}

/** How much of a head had come when it was given up depends on where it was cut. */
function textOf(frame: Frame): string {
  return frame.kind === 'message'
    ? `message ${frame.octets.toString('latin1')}`
    : frame.kind === 'crlf'
      ? 'crlf'
      : frame.kind === 'fault'
        ? `fault ${frame.fault}`
        : frame.kind;
}

/** Wherever a stream is cut, it gives the same messages. The cuts are chosen by its own octets, so that the same input does the same. */
function run(octets: Buffer): void {
  const whole = framesOf([octets]);
  const cuts: Buffer[] = [];
  let state = octets.length;
  for (let at = 0; at < octets.length; ) {
    state = (Math.imul(state, 31) + octets[at]!) >>> 0;
    const length = 1 + (state % (state % 3 === 0 ? 3 : 40));
    cuts.push(octets.subarray(at, at + length));
    at += length;
  }
  demand(JSON.stringify(framesOf(cuts)) === JSON.stringify(whole), 'cut elsewhere, the stream gives other messages');
}

const MESSAGE = 'OPTIONS sip:a SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 5\r\n\r\nhello';

export const TARGETS: Readonly<Record<string, Target>> = {
  stream: {
    run,
    seeds: [`${MESSAGE}\r\n\r\n${MESSAGE}`, 'SIP/2.0 200 OK\r\nl:0\r\n\r\n', '\r\n\r\n'],
    words: ['\r\n', '\r\n\r\n', 'Content-Length:', 'l: ', ' 5', '\r\n ', MESSAGE],
  },
};
