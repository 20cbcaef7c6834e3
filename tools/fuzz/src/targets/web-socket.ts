import { clientFrame, upgradeRequest, WebSocketFramer } from '@vats/sip/testing';
import { demand, type Target } from '../target.ts';

const UPGRADE = upgradeRequest();
const MASK = Buffer.from('mask');

/** What a connection that was upgraded gives, as text; what is answered is part of it. */
function framesOf(pieces: readonly Buffer[]): string[] {
  const framer = new WebSocketFramer('any');
  const frames: string[] = [];
  for (const piece of pieces) {
    framer.push(piece);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      frames.push(`${frame.kind} ${'octets' in frame ? frame.octets.toString('latin1') : ''}`);
    }
  }
  return frames;
}

/** Wherever a stream of frames is cut, it gives the same messages. The cuts are chosen by its own octets. */
function run(octets: Buffer): void {
  const asked = octets[0] === 0x47 ? [] : [UPGRADE];
  const whole = framesOf([...asked, octets]);
  const cuts: Buffer[] = [];
  let state = octets.length;
  for (let at = 0; at < octets.length; ) {
    state = (Math.imul(state, 31) + octets[at]!) >>> 0;
    const length = 1 + (state % (state % 3 === 0 ? 3 : 40));
    cuts.push(octets.subarray(at, at + length));
    at += length;
  }
  demand(
    JSON.stringify(framesOf([...asked, ...cuts])) === JSON.stringify(whole),
    'cut elsewhere, it gives other messages',
  );
}

const latin1 = (octets: Buffer): string => octets.toString('latin1');

export const TARGETS: Readonly<Record<string, Target>> = {
  'web-socket': {
    run,
    seeds: [
      latin1(UPGRADE),
      latin1(clientFrame(1, Buffer.from('OPTIONS sip:a SIP/2.0\r\nCall-ID: 1\r\n\r\n'), MASK)),
      latin1(
        Buffer.concat([clientFrame(9, Buffer.from('ping'), MASK), clientFrame(8, Buffer.from([0x03, 0xe8]), MASK)]),
      ),
    ],
    words: [
      '\x81\x80',
      '\x01\x81',
      '\x80\x81',
      '\x89\x80',
      '\x88\x82',
      '\xfe',
      '\xff',
      'Upgrade: websocket\r\n',
      'Sec-WebSocket-Key: ',
    ],
  },
};
