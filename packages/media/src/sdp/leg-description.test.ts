import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';
import { DROPPED } from './leg-media.ts';
import { payloadTypeMap } from './payload-type-map.ts';
import { sessionIdFrom } from './session-id.ts';
import { ALAW, exchange, leg, line, sdp, value } from './testing/exchange.ts';

test('the callee is offered what the caller offered, with our address, port and o=', () => {
  const { offered, answered } = exchange(sdp(ALAW), sdp(ALAW, { address: '127.0.0.3' }));
  expect(offered).toBe(
    [
      'v=0',
      'o=- 20002 1 IN IP4 198.51.100.1',
      's=-',
      'c=IN IP4 198.51.100.1',
      't=0 0',
      'm=audio 20002 RTP/AVP 8 101',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=sendrecv',
      '',
    ].join('\r\n'),
  );
  expect(answered).toBe(offered.replaceAll('20002', '20000'));
});

test('an IPv6 leg is described in IPv6', () => {
  const a = new LegDescription({ local: { address: '2001:db8::1', port: 20_000 }, sessionId: '5', signalling: '::1' });
  const text = value(a.offerOwn());
  expect(line(text, 'o=')).toEqual(['o=- 5 1 IN IP6 2001:db8::1']);
  expect(line(text, 'c=')).toEqual(['c=IN IP6 2001:db8::1']);
});

test('nothing of a leg but its codecs, direction, packet times and rtcp-mux reaches the other', () => {
  const offer = sdp([
    'b=AS:80',
    'a=group:BUNDLE 0',
    'a=ice-lite',
    'm=audio 4000 RTP/AVPF 111 8',
    'i=kitchen',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtcp-fb:111 nack',
    'a=candidate:1 1 UDP 2130706431 192.168.1.5 4000 typ host',
    'a=ice-ufrag:abcd',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR',
    'a=rtcp-mux',
    'a=rtcp:4001 IN IP4 127.0.0.2',
    'a=ssrc:1 cname:kitchen@192.168.1.5',
    'a=mid:0',
    'a=x-secret:192.168.1.5',
    'a=ptime:30',
    'a=maxptime:60',
    'a=sendrecv',
  ]);
  const a = leg(20_000);
  const b = leg(20_002);
  a.receiveOffer(offer);
  expect(value(b.offerFrom(a)).split('\r\n').slice(5)).toEqual([
    'm=audio 20002 RTP/AVP 111 8',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:8 PCMA/8000',
    'a=rtcp-mux',
    'a=ptime:30',
    'a=maxptime:60',
    'a=sendrecv',
    '',
  ]);
});

test('an AVPF offer is answered with AVPF, and offered onwards as AVP', () => {
  const avpf = sdp(['m=audio 4000 RTP/AVPF 8', 'a=rtcp-fb:* nack']);
  const { offered, answered } = exchange(avpf, sdp(ALAW));
  expect(line(offered, 'm=')).toEqual(['m=audio 20002 RTP/AVP 8']);
  expect(line(answered, 'm=')).toEqual(['m=audio 20000 RTP/AVPF 8']);
});

test.each([
  ['RTP/SAVP', 'secure-media'],
  ['RTP/SAVPF', 'secure-media'],
  ['UDP/TLS/RTP/SAVPF', 'dtls-media'],
  ['TCP/MRCPv2', 'no-audio'],
])('an offer of %s alone: %s', (profile, code) => {
  expect(leg(20_000).receiveOffer(sdp([`m=audio 4000 ${profile} 8`]))).toMatchObject({ ok: false, error: { code } });
});

test('the first audio that can be served is; the rest keep their place with port 0 (RFC 3264 §6)', () => {
  const offer = sdp([
    'm=video 4010 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    'm=audio 4000 RTP/SAVP 8',
    'm=audio 4002 RTP/AVP 0',
    'm=audio 4004 RTP/AVP 8',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  ]);
  const { offered, answered, a } = exchange(offer, sdp(['m=audio 5000 RTP/AVP 0']));
  expect(line(offered, 'm=')).toEqual(['m=audio 20002 RTP/AVP 0']);
  expect(line(answered, 'm=')).toEqual([
    'm=video 0 RTP/AVP 96',
    'm=audio 0 RTP/SAVP 8',
    'm=audio 20000 RTP/AVP 0',
    'm=audio 0 RTP/AVP 8',
    'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
  ]);
  expect(a.media().claimed).toEqual({ address: '127.0.0.2', port: 4002 });
});

test('an m-line without a format is refused with one, which the grammar asks for', () => {
  const { answered } = exchange(sdp([...ALAW, 'm=video 4010 RTP/AVP']), sdp(ALAW));
  expect(line(answered, 'm=video')).toEqual(['m=video 0 RTP/AVP 0']);
});

test('a later offer of ours keeps the m-lines that the peer once added (RFC 3264 §8)', () => {
  const { a, b } = exchange(sdp(ALAW), sdp(ALAW));
  value(b.receiveOffer(sdp([...ALAW, 'm=video 4010 RTP/AVP 31'], { version: 2 })));
  value(a.offerFrom(b));
  value(a.receiveAnswer(sdp(ALAW, { version: 2 })));
  value(b.answerFrom(a));
  value(a.receiveOffer(sdp([...ALAW, 'a=sendonly'], { version: 3 })));
  expect(line(value(b.offerFrom(a)), 'm=')).toEqual(['m=audio 20002 RTP/AVP 8 101', 'm=video 0 RTP/AVP 31']);
});

test.each([
  [['m=audio 0 RTP/AVP 8'], 'no-audio'],
  [['m=image 4000 udptl t38'], 'no-audio'],
  [['m=audio 4000 RTP/AVP 77'], 'no-audio'],
  [['m=audio 4000 RTP/AVP 8', 'c=IN IP4 224.1.1.1/64'], 'bad-address'],
  [['m=audio 4000 RTP/AVP 8', 'a=rtcp:4001 IN IP4 169.254.169.254'], 'bad-address'],
  [['m=audio 99999 RTP/AVP 8'], 'malformed'],
])('an offer of %j: %s, and the leg is as before', (lines, code) => {
  const a = leg(20_000);
  value(a.receiveOffer(sdp(ALAW)));
  const before = a.media();
  expect(a.receiveOffer(sdp(lines, { version: 2 }))).toMatchObject({ ok: false, error: { code } });
  expect(a.media()).toEqual(before);
});

test('a late offer: our own list to the callee, and what it answered to the caller', () => {
  const a = leg(20_000);
  const b = leg(20_002);
  expect(line(value(b.offerOwn()), 'm=')).toEqual(['m=audio 20002 RTP/AVP 8 0 101']);
  value(b.receiveAnswer(sdp(['m=audio 5000 RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000'])));
  expect(line(value(a.offerFrom(b)), 'm=')).toEqual(['m=audio 20000 RTP/AVP 0 101']);
  value(a.receiveAnswer(sdp(['m=audio 4000 RTP/AVP 0'])));
  expect(Object.fromEntries(payloadTypeMap(b, a))).toEqual({ 8: DROPPED, 101: DROPPED });
});

test("a late offer that was the callee's: the caller gets it, the callee the caller's answer", () => {
  const a = leg(20_000);
  const b = leg(20_002);
  value(b.receiveOffer(sdp(ALAW)));
  value(a.offerFrom(b));
  value(a.receiveAnswer(sdp(['m=audio 4000 RTP/AVP 8'])));
  expect(line(value(b.answerFrom(a)), 'm=')).toEqual(['m=audio 20002 RTP/AVP 8']);
});

test('the echo test is answered with G.711 where there is any, and the other way round', () => {
  const a = leg(20_000);
  value(
    a.receiveOffer(
      sdp([
        'm=audio 4000 RTP/AVP 111 0 8 102 101',
        'a=rtpmap:111 opus/48000/2',
        'a=rtpmap:102 telephone-event/48000',
        'a=rtpmap:101 telephone-event/8000',
        'a=sendonly',
      ]),
    ),
  );
  const answer = value(a.answerOwn());
  expect(line(answer, 'm=')).toEqual(['m=audio 20000 RTP/AVP 0 101']);
  expect(answer).toContain('a=recvonly');
});

test('misuse is our own bug and throws', () => {
  const a = leg(20_000);
  expect(() => a.answerOwn()).toThrow();
  expect(() => a.answerAgain()).toThrow();
  expect(() => a.receiveAnswer(sdp(ALAW))).toThrow();
  expect(() => leg(20_002).offerFrom(a)).toThrow();
});

test('session ids are decimal, fit 62 bits, and differ', () => {
  const random = new SeededRandom(3);
  const ids = Array.from({ length: 50 }, () => sessionIdFrom(random));
  for (const id of ids) expect(id).toMatch(/^\d{1,19}$/);
  expect(new Set(ids).size).toBe(50);
});
