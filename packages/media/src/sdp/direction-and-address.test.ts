import { expect, test } from 'vitest';
import { ALAW, exchange, leg, sdp, value } from './testing/exchange.ts';

test.each([
  ['a=sendonly', 'a=recvonly', 'a=sendonly', 'a=recvonly'],
  ['a=sendonly', 'a=inactive', 'a=sendonly', 'a=inactive'],
  ['a=inactive', 'a=inactive', 'a=inactive', 'a=inactive'],
  ['a=recvonly', 'a=sendonly', 'a=recvonly', 'a=sendonly'],
  ['a=sendrecv', 'a=sendonly', 'a=sendrecv', 'a=sendonly'],
  // An answer that the offer does not allow is bent to the nearest one that it does (RFC 3264 §6.1).
  ['a=sendonly', 'a=sendrecv', 'a=sendonly', 'a=recvonly'],
  ['a=inactive', 'a=sendrecv', 'a=inactive', 'a=inactive'],
])('directions pass: offer %s, answer %s (RFC 3264 §5.1, §6.1)', (offered, answered, toCallee, toCaller) => {
  const call = exchange(sdp([...ALAW, offered]), sdp([...ALAW, answered]));
  expect(call.offered).toContain(`${toCallee}\r\n`);
  expect(call.answered).toContain(`${toCaller}\r\n`);
  expect(call.a.media().held).toBe(offered !== 'a=sendrecv' || answered !== 'a=sendrecv');
});

test('a direction of the session holds for its media', () => {
  const a = leg(20_000);
  a.receiveOffer(sdp(ALAW).replace('m=audio', 'a=sendonly\r\nm=audio'));
  expect(a.media()).toMatchObject({ receives: false, held: true });
});

test('hold by c=0.0.0.0 is understood: the other side is told sendonly, nothing is sent to the holder', () => {
  const { a, b } = exchange(sdp(ALAW), sdp(ALAW));
  value(a.receiveOffer(sdp(ALAW, { address: '0.0.0.0', version: 2 })));
  expect(value(b.offerFrom(a))).toContain('a=sendonly\r\n');
  value(b.receiveAnswer(sdp([...ALAW, 'a=recvonly'], { version: 2 })));
  expect(value(a.answerFrom(b))).toContain('c=IN IP4 198.51.100.1\r\n');
  expect(a.media()).toMatchObject({ claimed: undefined, claimedRtcp: undefined, receives: false, held: true });
  expect(b.media()).toMatchObject({ receives: true, held: true });
});

test('what is claimed is dialled, unless a public peer claims a private address', () => {
  const a = leg(20_000, '203.0.113.7');
  value(a.receiveOffer(sdp([...ALAW, 'a=rtcp:4777'], { address: '203.0.113.9' })));
  expect(a.media()).toMatchObject({
    claimed: { address: '203.0.113.9', port: 4000 },
    claimedRtcp: { address: '203.0.113.9', port: 4777 },
  });
  value(a.receiveOffer(sdp(ALAW, { address: '192.168.1.20', version: 2 })));
  expect(a.media()).toMatchObject({ claimed: undefined, claimedRtcp: undefined, receives: true, held: false });
});

test('RTCP is expected on the port above unless a=rtcp says otherwise (RFC 3605 §2.1)', () => {
  const a = leg(20_000);
  value(a.receiveOffer(sdp(ALAW)));
  expect(a.media().claimedRtcp).toEqual({ address: '127.0.0.2', port: 4001 });
  value(a.receiveOffer(sdp([...ALAW, 'a=rtcp:4777'], { version: 2 })));
  expect(a.media().claimedRtcp).toEqual({ address: '127.0.0.2', port: 4777 });
});
