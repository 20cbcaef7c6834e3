import { expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';

const LOCAL = { address: '192.0.2.1', port: 20_000 };

function leg(): LegDescription {
  return new LegDescription({ local: LOCAL, sessionId: '1', signalling: '192.0.2.9' });
}

function sdp(formats: string, ...lines: string[]): string {
  const body = [
    'v=0',
    'o=- 1 1 IN IP4 192.0.2.9',
    's=-',
    'c=IN IP4 192.0.2.9',
    't=0 0',
    `m=audio 4000 RTP/AVP ${formats}`,
  ];
  return [...body, ...lines, ''].join('\r\n');
}

const OFFER = sdp(
  '109 9 8 101',
  'a=rtpmap:109 opus/48000/2',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=ptime:30',
);

test('nothing can be said before both have said something', () => {
  const alone = leg();
  expect(alone.spoken(() => true)).toBeUndefined();
  expect(alone.receiveOffer(OFFER).ok).toBe(true);
  expect(alone.spoken(() => true)).toBeUndefined();
  expect(alone.heardIn.sound.map(([payloadType]) => payloadType)).toEqual([109, 9, 8]);
});

test('after our own answer: its codec, by the number and the packet time of the leg', () => {
  const answered = leg();
  answered.receiveOffer(OFFER);
  answered.answerOwn();
  expect(answered.spoken(() => true)).toEqual({ payloadType: 8, encoding: 'pcma/8000/1', ptime: 30 });
  expect(answered.heardIn).toEqual({ sound: [[8, 'pcma/8000/1']], events: [[101, 8_000]] });
  expect(answered.spoken((encoding) => encoding.startsWith('opus'))).toBeUndefined();
});

test('of several agreed codecs the first that can be made', () => {
  const caller = leg();
  caller.receiveOffer(OFFER);
  const callee = leg();
  callee.offerFrom(caller);
  const answer = sdp('109 8', 'a=rtpmap:109 opus/48000/2', 'a=fmtp:109 useinbandfec=1');
  expect(callee.receiveAnswer(answer).ok).toBe(true);
  expect(callee.spoken(() => true)).toMatchObject({
    payloadType: 109,
    encoding: 'opus/48000/2',
    fmtp: 'useinbandfec=1',
    ptime: 20,
  });
  expect(callee.spoken((encoding) => !encoding.startsWith('opus'))).toMatchObject({ encoding: 'pcma/8000/1' });
});

test('a packet is no longer than the leg takes, whatever its usual time', () => {
  const short = leg();
  short.receiveOffer(sdp('8', 'a=maxptime:10'));
  short.answerOwn();
  expect(short.spoken(() => true)).toMatchObject({ ptime: 10 });
});
