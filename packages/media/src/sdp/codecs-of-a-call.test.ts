import { expect, test } from 'vitest';
import { DROPPED } from './leg-media.ts';
import { payloadTypeMap } from './payload-type-map.ts';
import { ALAW, exchange, leg, line, sdp, value } from './testing/exchange.ts';

test('payload types are numbered per leg, the static ones as everyone knows them, and mapped each way (RFC 3264 §7)', () => {
  const offer = sdp([
    'm=audio 4000 RTP/AVP 97 98 99',
    'a=rtpmap:97 PCMA/8000',
    'a=rtpmap:98 opus/48000/2',
    'a=rtpmap:99 telephone-event/8000',
  ]);
  const answer = sdp([
    'm=audio 5000 RTP/AVP 8 111 98',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:98 telephone-event/8000',
  ]);
  const { a, b, offered, answered } = exchange(offer, answer);
  expect(line(offered, 'm=')).toEqual(['m=audio 20002 RTP/AVP 8 98 99']);
  expect(line(answered, 'm=')).toEqual(['m=audio 20000 RTP/AVP 97 98 99']);
  // The callee answered with numbers of its own: it wants opus as 111 and events as 98, and sends by ours.
  expect(Object.fromEntries(payloadTypeMap(a, b))).toEqual({ 97: 8, 98: 111, 99: 98, 111: DROPPED });
  expect(Object.fromEntries(payloadTypeMap(b, a))).toEqual({ 8: 97, 97: DROPPED });
});

test('equal numbers need no map; a codec that only one side has is dropped on the way to the other', () => {
  const two = sdp(['m=audio 4000 RTP/AVP 8 101', 'a=rtpmap:101 telephone-event/8000']);
  const { a, b } = exchange(two, sdp(['m=audio 5000 RTP/AVP 8']));
  expect(payloadTypeMap(a, b)).toEqual([]);
  const c = leg(20_004);
  value(c.receiveOffer(two));
  expect(payloadTypeMap(c, b)).toEqual([[101, DROPPED]]);
});

test('a number keeps its codec through the dialog (RFC 3264 §8.3.2)', () => {
  const { a, b } = exchange(
    sdp(['m=audio 4000 RTP/AVP 8 100', 'a=rtpmap:100 telephone-event/8000']),
    sdp(['m=audio 5000 RTP/AVP 8 100', 'a=rtpmap:100 telephone-event/8000']),
  );
  value(
    b.receiveOffer(
      sdp(['m=audio 5000 RTP/AVP 100 8 96', 'a=rtpmap:100 telephone-event/8000', 'a=rtpmap:96 speex/8000'], {
        version: 2,
      }),
    ),
  );
  expect(line(value(a.offerFrom(b)), 'a=rtpmap')).toEqual([
    'a=rtpmap:100 telephone-event/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:96 speex/8000',
  ]);
  value(a.receiveAnswer(sdp(['m=audio 4000 RTP/AVP 8'], { version: 2 })));
  // Now the other side uses 96 for something else: here 96 was speex, so it gets a number nobody used.
  value(b.receiveOffer(sdp(['m=audio 5000 RTP/AVP 8 96', 'a=rtpmap:96 iLBC/8000'], { version: 3 })));
  expect(line(value(a.offerFrom(b)), 'a=rtpmap')).toEqual(['a=rtpmap:8 PCMA/8000', 'a=rtpmap:97 iLBC/8000']);
});

test('two formats of one encoding are told apart by number and order', () => {
  const amr = ['a=rtpmap:97 AMR/8000', 'a=fmtp:97 octet-align=1', 'a=rtpmap:98 AMR/8000'];
  const { answered } = exchange(
    sdp(['m=audio 4000 RTP/AVP 97 98', ...amr]),
    sdp(['m=audio 5000 RTP/AVP 98', 'a=rtpmap:98 AMR/8000', 'a=fmtp:98 mode-set=7']),
  );
  expect(line(answered, 'a=')).toEqual(['a=rtpmap:98 AMR/8000', 'a=fmtp:98 mode-set=7', 'a=sendrecv']);
});

test('formats whose parameters name payload types stay on their leg', () => {
  const a = leg(20_000);
  const b = leg(20_002);
  a.receiveOffer(sdp(['m=audio 4000 RTP/AVP 121 8', 'a=rtpmap:121 red/8000', 'a=fmtp:121 8/8']));
  expect(line(value(b.offerFrom(a)), 'm=')).toEqual(['m=audio 20002 RTP/AVP 8']);
});

test('a recorded call is offered PCMA, PCMU and telephone-event only', () => {
  const offer = sdp([
    'm=audio 4000 RTP/AVP 111 9 0 8 13 101 102',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:101 telephone-event/8000',
    'a=rtpmap:102 telephone-event/48000',
  ]);
  const { offered, a, b } = exchange(offer, sdp(['m=audio 5000 RTP/AVP 0']), 'g711');
  expect(line(offered, 'm=')).toEqual(['m=audio 20002 RTP/AVP 0 8 101']);
  expect([a.recordable, b.recordable]).toEqual([true, true]);
  expect(a.media().laws).toEqual([
    [0, 'PCMU'],
    [8, 'PCMA'],
  ]);
});

test.each([
  ['111 8', '111 8', false],
  ['111 8', '8 111', true],
  ['8 111', '111 8', false],
  ['111 8', '8', true],
])('offered %s and answered %s, what both talk in is recorded: %s', (offer, answer, recordable) => {
  const text = (formats: string) => sdp([`m=audio 4000 RTP/AVP ${formats}`, 'a=rtpmap:111 opus/48000/2']);
  const { a, b } = exchange(text(offer), text(answer));
  expect([a.recordable, b.recordable]).toEqual([recordable, recordable]);
});

test('what a leg was offered tells whether it is recorded, until it has answered', () => {
  const a = leg(20_000);
  expect(a.recordable).toBe(false);
  value(a.offerOwn());
  expect(a.recordable).toBe(true);
});

test('a recorded call with a phone that has no G.711 finds no common codec', () => {
  const a = leg(20_000);
  value(a.receiveOffer(sdp(['m=audio 4000 RTP/AVP 9 101', 'a=rtpmap:101 telephone-event/8000'])));
  expect(leg(20_002).offerFrom(a, 'g711')).toMatchObject({ ok: false, error: { code: 'no-common-codec' } });
  expect(a.answerOwn('g711')).toMatchObject({ ok: false, error: { code: 'no-common-codec' } });
  expect(line(value(a.answerOwn()), 'm=')).toEqual(['m=audio 20000 RTP/AVP 9 101']);
});

test('an answer without a codec that was offered is refused', () => {
  const a = leg(20_000);
  const b = leg(20_002);
  a.receiveOffer(sdp(ALAW));
  value(b.offerFrom(a));
  const answer = sdp(['m=audio 5000 RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000']);
  expect(b.receiveAnswer(answer)).toMatchObject({ ok: false, error: { code: 'no-common-codec' } });
});
