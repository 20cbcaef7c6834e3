import { expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';
import { DROPPED, TOLD } from './leg-media.ts';
import type { KeysAs } from './leg-options.ts';
import { payloadTypeMap } from './payload-type-map.ts';
import { ALAW, line, sdp, value } from './testing/exchange.ts';

const PLAIN = ['m=audio 4000 RTP/AVP 8'];
const OPUS = [
  'm=audio 4000 RTP/AVP 111 8 110 101',
  'a=rtpmap:111 opus/48000/2',
  'a=rtpmap:110 telephone-event/48000',
  'a=rtpmap:101 telephone-event/8000',
];

function leg(port: number, keys: KeysAs): LegDescription {
  return new LegDescription({
    local: { address: '198.51.100.1', port },
    sessionId: String(port),
    signalling: '127.0.0.1',
    codecs: { keys },
  });
}

function call(from: KeysAs, to: KeysAs) {
  return { a: leg(20_000, from), b: leg(20_002, to) };
}

const media = (text: string): string => line(text, 'm=')[0]!.replace(/^m=audio \d+ RTP\/AVP /, '');

test('a leg that has keys by INFO is offered no events; the caller has those that it offered', () => {
  const { a, b } = call('events', 'info');
  value(a.receiveOffer(sdp(ALAW)));
  expect(media(value(b.offerFrom(a)))).toBe('8');
  value(b.receiveAnswer(sdp(PLAIN)));
  const answer = value(a.answerFrom(b));
  expect([media(answer), line(answer, 'a=rtpmap:101')]).toEqual(['8 101', ['a=rtpmap:101 telephone-event/8000']]);
  expect(a.events).toMatchObject({ payloadType: 101, clockRate: 8_000 });
  expect(b.events).toBeUndefined();
  expect(payloadTypeMap(a, b)).toEqual([[101, TOLD, 8_000]]);
  expect(payloadTypeMap(b, a)).toEqual([[101, DROPPED]]);
});

test('the events of an answer are those in the clock of its sound', () => {
  for (const [chosen, answered] of [
    [['m=audio 4000 RTP/AVP 111', 'a=rtpmap:111 opus/48000/2'], '111 110'],
    [PLAIN, '8 101'],
  ] as const) {
    const { a, b } = call('events', 'info');
    value(a.receiveOffer(sdp(OPUS)));
    expect(media(value(b.offerFrom(a)))).toBe('111 8');
    value(b.receiveAnswer(sdp(chosen)));
    expect(media(value(a.answerFrom(b)))).toBe(answered);
    expect(a.events?.payloadType).toBe(Number(answered.split(' ')[1]));
  }
});

test('a caller without events gets none', () => {
  const { a, b } = call('events', 'info');
  value(a.receiveOffer(sdp(PLAIN)));
  value(b.offerFrom(a));
  value(b.receiveAnswer(sdp(PLAIN)));
  expect(media(value(a.answerFrom(b)))).toBe('8');
  expect([a.events, payloadTypeMap(a, b)]).toEqual([undefined, []]);
});

test.each([
  [PLAIN, '8 101'],
  [['m=audio 4000 RTP/AVP 8 96', 'a=rtpmap:96 telephone-event/8000'], '8 96'],
  [['m=audio 4000 RTP/AVP 8 101', 'a=rtpmap:101 iLBC/8000'], '8 101 96'],
])('a call from such a leg, which offers %j: the other is offered events, and they end here', (offer, offered) => {
  const { a, b } = call('info', 'events');
  value(a.receiveOffer(sdp(offer)));
  expect(media(value(b.offerFrom(a)))).toBe(offered);
  const number = Number(offered.split(' ').at(-1));
  value(b.receiveAnswer(sdp([`m=audio 4000 RTP/AVP 8 ${number}`, `a=rtpmap:${number} telephone-event/8000`])));
  const answer = value(a.answerFrom(b));
  expect(answer).not.toContain('telephone-event');
  expect([b.events?.payloadType, a.events]).toEqual([number, undefined]);
  expect(payloadTypeMap(b, a)).toContainEqual([number, TOLD, 8_000]);
  expect(payloadTypeMap(a, b)).toContainEqual([number, DROPPED]);
});

test('a late offer, and a new one later, keep the events where they are', () => {
  const { a, b } = call('events', 'info');
  expect(media(value(b.offerOwn()))).toBe('8 0');
  value(b.receiveAnswer(sdp(PLAIN)));
  expect(media(value(a.offerFrom(b)))).toBe('8 101');
  value(a.receiveAnswer(sdp(ALAW)));
  expect(payloadTypeMap(a, b)).toEqual([[101, TOLD, 8_000]]);
  // The trunk offers anew, with events this time: they are its own business still.
  value(b.receiveOffer(sdp(ALAW, { version: 2 })));
  expect(media(value(a.offerFrom(b)))).toBe('8 101');
  value(a.receiveAnswer(sdp(ALAW, { version: 2 })));
  expect(media(value(b.answerFrom(a)))).toBe('8');
  expect(payloadTypeMap(a, b)).toEqual([[101, TOLD, 8_000]]);
});

test('between two legs that have them by INFO there are none, nor does the switch answer any', () => {
  const { a, b } = call('info', 'info');
  value(a.receiveOffer(sdp(ALAW)));
  expect(media(value(b.offerFrom(a)))).toBe('8');
  value(b.receiveAnswer(sdp(ALAW)));
  expect(media(value(a.answerFrom(b)))).toBe('8');
  expect([...payloadTypeMap(a, b), ...payloadTypeMap(b, a)].map(([, leaving]) => leaving)).not.toContain(TOLD);
  const echo = leg(20_004, 'info');
  value(echo.receiveOffer(sdp(ALAW)));
  expect(media(value(echo.answerOwn()))).toBe('8');
});
