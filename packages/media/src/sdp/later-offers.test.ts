import { expect, test } from 'vitest';
import { payloadTypeMap } from './payload-type-map.ts';
import { ALAW, exchange, leg, line, sdp, value } from './testing/exchange.ts';

test('the o= version rises exactly when our text changed (RFC 3264 §8)', () => {
  const { a, b, offered } = exchange(sdp(ALAW), sdp(ALAW));
  const held = sdp([...ALAW, 'a=sendonly'], { version: 2 });
  value(a.receiveOffer(held));
  expect(line(value(b.offerFrom(a)), 'o=')).toEqual(['o=- 20002 2 IN IP4 198.51.100.1']);
  value(b.receiveAnswer(sdp([...ALAW, 'a=recvonly'], { version: 2 })));
  value(a.answerFrom(b));
  // Resumed: the text is the first one again, which to the peer is a change.
  value(a.receiveOffer(sdp(ALAW, { version: 3 })));
  const resumed = value(b.offerFrom(a));
  expect(resumed).toBe(offered.replace('o=- 20002 1', 'o=- 20002 3'));
  // A new o= of the caller with the same media is nothing new to the callee.
  value(a.receiveOffer(sdp(ALAW, { version: 4 })));
  expect(value(b.offerFrom(a))).toBe(resumed);
});

test('a 183 and the 200 after it carry the same body; another fork gives another version', () => {
  const { a, b, answered } = exchange(sdp(ALAW), sdp(ALAW));
  value(b.receiveAnswer(sdp(ALAW, { version: 9 })));
  expect(value(a.answerFrom(b))).toBe(answered);
  const c = leg(20_004);
  value(c.offerFrom(a));
  value(c.receiveAnswer(sdp(['m=audio 6000 RTP/AVP 8'])));
  expect(line(value(a.answerFrom(c)), 'o=')).toEqual(['o=- 20000 2 IN IP4 198.51.100.1']);
});

test('an answer that comes word for word again is still held against the offer that it answers', () => {
  const { a, b } = exchange(sdp(ALAW), sdp(ALAW));
  value(a.receiveOffer(sdp(['m=audio 4000 RTP/AVP 0'], { version: 2 })));
  value(b.offerFrom(a));
  expect(b.receiveAnswer(sdp(ALAW))).toMatchObject({ ok: false, error: { code: 'no-common-codec' } });
});

test('a refresh is an unchanged o= with unchanged media, and is answered with what was said last', () => {
  const { a, answered } = exchange(sdp(ALAW), sdp(ALAW));
  expect(value(a.receiveOffer(sdp(ALAW)))).toEqual({ refresh: true });
  expect(a.answerAgain()).toBe(answered);
  expect(value(a.receiveOffer(sdp(ALAW, { version: 2 })))).toEqual({ refresh: false });
  // Some phones hold without raising their version; taking that for a refresh would leave the other side talking.
  expect(value(a.receiveOffer(sdp([...ALAW, 'a=sendonly'], { version: 2 })))).toEqual({ refresh: false });
});

test('an offer that was refused leaves everything as it was', () => {
  const { a, b, answered, offered } = exchange(sdp(ALAW), sdp(ALAW));
  const before = [a.media(), b.media(), payloadTypeMap(a, b)];
  value(a.receiveOffer(sdp(['m=audio 4444 RTP/AVP 0', 'a=inactive', 'm=video 0 RTP/AVP 31'], { version: 2 })));
  value(b.offerFrom(a));
  a.rollBack();
  b.rollBack();
  expect([a.media(), b.media(), payloadTypeMap(a, b)]).toEqual(before);
  expect([a.answerAgain(), b.answerAgain()]).toEqual([answered, offered]);
  expect(value(a.receiveOffer(sdp(ALAW)))).toEqual({ refresh: true });
});

test('an offer that could not even be made, and an exchange that is over, leave nothing to roll back', () => {
  const { a, b } = exchange(sdp(ALAW), sdp(ALAW));
  value(a.receiveOffer(sdp([...ALAW, 'a=sendonly'], { version: 2 })));
  value(b.offerFrom(a));
  value(b.receiveAnswer(sdp([...ALAW, 'a=recvonly'], { version: 2 })));
  value(a.answerFrom(b));
  const held = [a.media(), b.media()];
  a.rollBack();
  b.rollBack();
  expect([a.media(), b.media()]).toEqual(held);
  value(a.receiveOffer(sdp(['m=audio 4000 RTP/AVP 9'], { version: 3 })));
  expect(b.offerFrom(a, 'g711').ok).toBe(false);
  a.rollBack();
  b.rollBack();
  expect([a.media(), b.media()]).toEqual(held);
});
