import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { type CodecPolicy, LegDescription, payloadTypeMap, sessionIdFrom } from './leg-description.ts';
import { DROPPED } from './leg-media.ts';

function leg(port: number, signalling = '127.0.0.1'): LegDescription {
  return new LegDescription({ local: { address: '198.51.100.1', port }, sessionId: String(port), signalling });
}

function sdp(lines: readonly string[], { address = '127.0.0.2', version = 1 } = {}): string {
  const head = ['v=0', `o=phone 7 ${version} IN IP4 ${address}`, 's=call', `c=IN IP4 ${address}`, 't=0 0'];
  return [...head, ...lines].map((line) => `${line}\r\n`).join('');
}

const ALAW = ['m=audio 4000 RTP/AVP 8 101', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15'];

function value<T>(parsed: { ok: true; value: T } | { ok: false; error: { code: string } }): T {
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
}

function line(text: string, start: string): string[] {
  return text.split('\r\n').filter((each) => each.startsWith(start));
}

/** A call from `a` to `b` with these two bodies, both read as they would be in INVITE and 200. */
function exchange(offer: string, answer: string, policy: CodecPolicy = 'any') {
  const a = leg(20_000);
  const b = leg(20_002);
  expect(value(a.receiveOffer(offer))).toEqual({ refresh: false });
  const offered = value(b.offerFrom(a, policy));
  value(b.receiveAnswer(answer));
  const answered = value(a.answerFrom(b));
  return { a, b, offered, answered };
}

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
  const text = a.offerOwn();
  expect(line(text, 'o=')).toEqual(['o=- 5 1 IN IP6 2001:db8::1']);
  expect(line(text, 'c=')).toEqual(['c=IN IP6 2001:db8::1']);
});

test('nothing of a leg but its codecs, direction and packet times reaches the other', () => {
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
  ['UDP/TLS/RTP/SAVPF', 'secure-media'],
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

test('payload types are numbered per leg, the static ones as everyone knows them, and mapped each way', () => {
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
  expect([a.recordable, b.recordable]).toEqual([false, true]);
  expect(a.media().laws).toEqual([
    [0, 'PCMU'],
    [8, 'PCMA'],
  ]);
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

test.each([
  ['a=sendonly', 'a=recvonly', 'a=sendonly', 'a=recvonly'],
  ['a=sendonly', 'a=inactive', 'a=sendonly', 'a=inactive'],
  ['a=inactive', 'a=inactive', 'a=inactive', 'a=inactive'],
  ['a=recvonly', 'a=sendonly', 'a=recvonly', 'a=sendonly'],
  ['a=sendrecv', 'a=sendonly', 'a=sendrecv', 'a=sendonly'],
  // An answer that the offer does not allow is bent to the nearest one that it does (RFC 3264 §6.1).
  ['a=sendonly', 'a=sendrecv', 'a=sendonly', 'a=recvonly'],
  ['a=inactive', 'a=sendrecv', 'a=inactive', 'a=inactive'],
])('directions pass: offer %s, answer %s', (offered, answered, toCallee, toCaller) => {
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

test('RTCP is expected on the port above unless a=rtcp says otherwise', () => {
  const a = leg(20_000);
  value(a.receiveOffer(sdp(ALAW)));
  expect(a.media().claimedRtcp).toEqual({ address: '127.0.0.2', port: 4001 });
});

test('the o= version rises exactly when our text changed', () => {
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

test('a late offer: our own list to the callee, and what it answered to the caller', () => {
  const a = leg(20_000);
  const b = leg(20_002);
  expect(line(b.offerOwn(), 'm=')).toEqual(['m=audio 20002 RTP/AVP 8 0 101']);
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
