import { SeededRandom } from '@vats/kernel/testing';
import { describe, expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';
import type { OfferedSrtp } from './leg-options.ts';
import { ALAW, line, sdp, value } from './testing/exchange.ts';
import { OrderedPorts } from './testing/stream-ports.ts';

const VIDEO = [
  'm=video 4002 RTP/AVPF 96 97',
  'b=AS:512',
  'a=rtpmap:96 H264/90000',
  'a=fmtp:96 profile-level-id=42801F;packetization-mode=1',
  'a=rtcp-fb:96 nack pli',
  'a=rtcp-fb:* ccm fir',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
];
const T38 = [
  'm=image 4100 udptl t38',
  'a=T38FaxVersion:0',
  'a=T38MaxBitRate:14400',
  'a=T38FaxRateManagement:transferredTCF',
  'a=T38FaxMaxBuffer:262',
  'a=T38FaxMaxDatagram:90',
  'a=T38FaxUdpEC:t38UDPRedundancy',
];
const KEY = 'inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR';

function legWith(port: number, options: { most?: number; srtp?: Omit<OfferedSrtp, 'random'> } = {}) {
  const ports = new OrderedPorts(port + 2, options.most);
  const srtp = options.srtp && { srtp: { ...options.srtp, random: new SeededRandom(port) } };
  const local = { address: '198.51.100.1', port };
  const leg = new LegDescription({ local, sessionId: String(port), signalling: '127.0.0.1', ports, ...srtp });
  return { leg, ports };
}

/** From the m-line of this kind to the next. */
function section(text: string, kind: string): string[] {
  const lines = text.split('\r\n');
  const from = lines.findIndex((each) => each.startsWith(`m=${kind} `));
  if (from < 0) return [];
  const to = lines.findIndex((each, index) => index > from && (each === '' || each.startsWith('m=')));
  return lines.slice(from, to);
}

/** A call that is up, from `a` to `b`, with what more each says. */
function call(offer: readonly string[] = [], answer: readonly string[] = offer) {
  const { leg: a, ports: aPorts } = legWith(20_000);
  const { leg: b, ports: bPorts } = legWith(30_000);
  value(a.receiveOffer(sdp([...ALAW, ...offer])));
  const offered = value(b.offerFrom(a));
  value(b.receiveAnswer(sdp([...ALAW, ...answer], { address: '127.0.0.3' })));
  const answered = value(a.answerFrom(b));
  return { a, b, aPorts, bPorts, offered, answered };
}

/** What `from` offers passes to `to`, whose answer passes back. */
function renegotiate(from: LegDescription, to: LegDescription, offer: readonly string[], answer: readonly string[]) {
  value(from.receiveOffer(sdp(offer, { version: 2 })));
  const offered = value(to.offerFrom(from));
  value(to.receiveAnswer(sdp(answer, { version: 2, address: '127.0.0.3' })));
  return { offered, answered: value(from.answerFrom(to)) };
}

describe('video', () => {
  test('is offered and answered line for line, with ports of ours on each side', () => {
    const { a, b, offered, answered } = call(VIDEO);
    const passed = VIDEO.slice(1);
    expect(section(offered, 'video')).toEqual(['m=video 30002 RTP/AVPF 96 97', ...passed]);
    expect(section(answered, 'video')).toEqual(['m=video 20002 RTP/AVPF 96 97', ...passed, 'a=sendrecv']);
    expect([a.streams, b.streams]).toMatchObject([
      [{ kind: 'video', transport: 'rtp', media: { claimed: { address: '127.0.0.2', port: 4002 } } }],
      [{ kind: 'video', transport: 'rtp', media: { claimedRtcp: { address: '127.0.0.3', port: 4003 } } }],
    ]);
    expect(a.streams[0]!.key).toBe(b.streams[0]!.key);
  });

  test('keeps the numbers of its formats where the answer has others: the two phones agreed on them with each other', () => {
    const { answered } = call(VIDEO, ['m=video 5000 RTP/AVPF 120', 'a=rtpmap:120 H264/90000']);
    expect(section(answered, 'video').slice(0, 2)).toEqual(['m=video 20002 RTP/AVPF 120', 'a=rtpmap:120 H264/90000']);
  });

  test('brings no address, key or name of one leg to the other', () => {
    const secret = [
      'a=candidate:1 1 UDP 2130706431 192.168.1.5 4002 typ host',
      'a=ice-ufrag:abcd',
      'a=fingerprint:sha-256 00',
      'a=setup:actpass',
      'a=ssrc:1 cname:kitchen@192.168.1.5',
      'a=msid:x y',
      'a=mid:1',
      'a=rtcp:4003 IN IP4 192.168.1.5',
      'a=x-secret:192.168.1.5',
    ];
    const { offered } = call([...VIDEO, ...secret]);
    expect(section(offered, 'video').slice(1)).toEqual(VIDEO.slice(1));
  });

  test('may stand before the sound', () => {
    const { leg: a } = legWith(20_000);
    const { leg: b } = legWith(30_000);
    value(a.receiveOffer(sdp([...VIDEO, ...ALAW])));
    expect(line(value(b.offerFrom(a)), 'm=')).toEqual(['m=audio 30000 RTP/AVP 8 101', 'm=video 30002 RTP/AVPF 96 97']);
    value(b.receiveAnswer(sdp([...ALAW, ...VIDEO])));
    expect(line(value(a.answerFrom(b)), 'm=')).toEqual(['m=video 20002 RTP/AVPF 96 97', 'm=audio 20000 RTP/AVP 8 101']);
  });

  test.each([
    ['refuses it', ['m=video 0 RTP/AVPF 96']],
    ['leaves it out', []],
    ['answers with something else', T38],
  ])('is refused to the caller where the callee %s', (_, answer) => {
    const { a, b, answered, aPorts } = call(VIDEO, answer);
    expect(section(answered, 'video')).toEqual(['m=video 0 RTP/AVPF 96 97']);
    expect([a.streams, b.streams, aPorts.opened.size]).toEqual([[], [], 0]);
    expect(a.media()).not.toHaveProperty('noSound');
  });

  test('comes and goes by re-INVITEs of either side, and its place stays', () => {
    const { a, b, aPorts, bPorts } = call();
    const added = renegotiate(b, a, [...ALAW, ...VIDEO], [...ALAW, ...VIDEO]);
    expect(line(added.offered, 'm=')).toEqual(['m=audio 20000 RTP/AVP 8 101', 'm=video 20002 RTP/AVPF 96 97']);
    expect(line(added.answered, 'm=')).toEqual(['m=audio 30000 RTP/AVP 8 101', 'm=video 30002 RTP/AVPF 96 97']);
    const gone = renegotiate(a, b, [...ALAW, 'm=video 0 RTP/AVPF 96'], [...ALAW, 'm=video 0 RTP/AVPF 96']);
    expect([section(gone.offered, 'video'), section(gone.answered, 'video')]).toEqual([
      ['m=video 0 RTP/AVPF 96 97'],
      ['m=video 0 RTP/AVPF 96'],
    ]);
    expect([aPorts.opened.size, bPorts.opened.size, a.streams]).toEqual([0, 0, []]);
    const again = renegotiate(a, b, [...ALAW, ...VIDEO], [...ALAW, ...VIDEO]);
    expect(line(again.offered, 'm=')).toHaveLength(2);
  });

  test('that changes is no refresh, though the origin is the same', () => {
    const { a } = call(VIDEO);
    expect(value(a.receiveOffer(sdp([...ALAW, ...VIDEO])))).toEqual({ refresh: true });
    expect(value(a.receiveOffer(sdp([...ALAW, ...VIDEO, 'a=inactive'])))).toEqual({ refresh: false });
  });

  test('holds with its direction, and at an address of nobody', () => {
    const { a } = call([...VIDEO, 'a=sendonly']);
    expect(a.streams[0]!.media.receives).toBe(false);
    const { b } = call([...VIDEO.slice(0, 1), 'c=IN IP4 0.0.0.0', ...VIDEO.slice(1)], VIDEO);
    expect(b.streams[0]!.media.receives).toBe(true);
  });

  test('at an address where no phone is is refused by itself, and the sound is served', () => {
    const { answered, offered } = call([VIDEO[0]!, 'c=IN IP4 169.254.169.254', ...VIDEO.slice(1)]);
    expect(line(offered, 'm=')).toEqual(['m=audio 30000 RTP/AVP 8 101']);
    expect(section(answered, 'video')).toEqual(['m=video 0 RTP/AVPF 96 97']);
  });

  test.each(['TCP/RTP/AVP', 'UDP/TLS/RTP/SAVPF', 'RTP/SAVP', 'TCP/MSRP'])('over %s is refused', (profile) => {
    const { answered } = call([VIDEO[0]!.replace('RTP/AVPF', profile), ...VIDEO.slice(1)]);
    expect(section(answered, 'video')).toEqual([`m=video 0 ${profile} 96 97`]);
  });

  test('has ports on both legs for some m-lines alone; of 32 the others are refused in their places', () => {
    const many = Array.from({ length: 31 }, (_, i) => `m=video ${4100 + 2 * i} RTP/AVP 96`);
    const { offered, answered, aPorts } = call(many, many.slice(0, 4));
    expect(line(offered, 'm=video')).toHaveLength(4);
    expect(line(answered, 'm=video').map((each) => Number(each.split(' ')[1]))).toEqual([
      ...[20_002, 20_004, 20_006, 20_008],
      ...Array(27).fill(0),
    ]);
    expect(aPorts.opened.size).toBe(4);
  });
});

describe('a fax', () => {
  test.each([
    ['in the place of the sound', T38, T38],
    ['beside sound that is refused', ['m=audio 0 RTP/AVP 8', ...T38], ['m=audio 0 RTP/AVP 8', ...T38]],
  ])('%s: its attributes pass unchanged both ways, and the sound comes back', (_, offer, answer) => {
    for (const swap of [false, true]) {
      const { a, b, offered: first, aPorts, bPorts } = call();
      const [from, to] = swap ? [b, a] : [a, b];
      const { offered, answered } = renegotiate(from, to, offer, answer);
      const port = swap ? 20_002 : 30_002;
      expect(section(offered, 'image')).toEqual([`m=image ${port} udptl t38`, ...T38.slice(1)]);
      expect(section(answered, 'image').slice(1)).toEqual(T38.slice(1));
      expect(line(answered, 'm=').map((each) => each.split(' ')[0])).toEqual(
        offer.filter((each) => each.startsWith('m=')).map((each) => each.split(' ')[0]),
      );
      expect([a.media(), b.media()]).toMatchObject([
        { noSound: true, held: false, claimed: undefined },
        { noSound: true, held: false },
      ]);
      expect([a.streams, b.streams]).toMatchObject([[{ transport: 'udp' }], [{ transport: 'udp' }]]);
      const gone = offer === T38 ? [] : ['m=image 0 udptl t38'];
      const back = renegotiate(from, to, [...ALAW, ...gone], [...ALAW, ...gone]);
      expect(line(back.offered, 'm=audio')).toEqual(
        line(first, 'm=audio').map((each) => (swap ? each.replace('30000', '20000') : each)),
      );
      expect([a.media().noSound, b.media().noSound]).toEqual([undefined, undefined]);
      expect([aPorts.opened.size, bPorts.opened.size]).toEqual([0, 0]);
    }
  });

  test('that is refused leaves the sound as it was, and no ports behind', () => {
    const { a, b, aPorts, bPorts } = call();
    const before = [a.media(), b.media()];
    value(a.receiveOffer(sdp(T38, { version: 2 })));
    value(b.offerFrom(a));
    expect(bPorts.opened.size).toBe(1);
    b.rollBack();
    a.rollBack();
    expect([a.media(), b.media(), aPorts.opened.size, bPorts.opened.size]).toEqual([...before, 0, 0]);
  });

  test('keeps its ports until the way back to sound is agreed on', () => {
    const { a, b, aPorts, bPorts } = call();
    renegotiate(a, b, T38, T38);
    value(a.receiveOffer(sdp(ALAW, { version: 3 })));
    value(b.offerFrom(a));
    expect([aPorts.opened.size, bPorts.opened.size]).toEqual([1, 1]);
    b.rollBack();
    a.rollBack();
    expect([a.streams.length, b.streams.length, a.media().noSound]).toEqual([1, 1, true]);
  });

  test('is chosen by the callee where the offer has sound too', () => {
    const { a, b } = call();
    const { answered } = renegotiate(a, b, [...ALAW, ...T38], ['m=audio 0 RTP/AVP 8', ...T38]);
    expect(line(answered, 'm=')).toEqual(['m=audio 0 RTP/AVP 8 101', 'm=image 20002 udptl t38']);
  });

  test('begins no call, and without ports none is served', () => {
    const { leg } = legWith(20_000);
    expect(leg.receiveOffer(sdp(T38))).toMatchObject({ ok: false, error: { code: 'no-audio' } });
    const { leg: a } = legWith(20_000, { most: 0 });
    const { leg: b } = legWith(30_000, { most: 0 });
    value(a.receiveOffer(sdp(ALAW)));
    value(b.offerFrom(a));
    value(b.receiveAnswer(sdp(ALAW)));
    value(a.answerFrom(b));
    value(a.receiveOffer(sdp(T38, { version: 2 })));
    expect(b.offerFrom(a)).toMatchObject({ ok: false, error: { code: 'no-common-codec' } });
    a.rollBack();
    expect(a.media()).not.toHaveProperty('noSound');
  });
});

describe('beside encrypted sound', () => {
  const SECURE = ['m=audio 4000 RTP/SAVP 8', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${KEY}`];
  const SECURE_VIDEO = [
    'm=video 4002 RTP/SAVPF 96',
    'a=rtpmap:96 H264/90000',
    `a=crypto:3 AES_CM_128_HMAC_SHA1_80 ${KEY}`,
  ];

  test('video has keys of its own on each leg, and crosses to a plain one', () => {
    const { leg: a } = legWith(20_000, { srtp: { policy: 'optional' } });
    const { leg: b } = legWith(30_000, { srtp: { policy: 'optional' } });
    value(a.receiveOffer(sdp([...SECURE, ...SECURE_VIDEO])));
    const offered = value(b.offerFrom(a));
    expect(section(offered, 'video')).toEqual(['m=video 30002 RTP/AVPF 96', 'a=rtpmap:96 H264/90000']);
    value(b.receiveAnswer(sdp([...ALAW, ...VIDEO])));
    const answered = value(a.answerFrom(b));
    const keys = line(answered, 'a=crypto:');
    expect(keys.map((each) => each.slice(0, 10))).toEqual(['a=crypto:1', 'a=crypto:3']);
    expect(new Set(keys.map((each) => each.slice(10))).size).toBe(2);
    expect(answered).not.toContain(KEY);
    expect(a.streams[0]!.media.srtp).toMatchObject({ suite: 'AES_CM_128_HMAC_SHA1_80' });
    expect(b.streams[0]!.media).not.toHaveProperty('srtp');
  });

  test.each([
    ['its key', 'RTP/SAVPF', true],
    ['no key', 'RTP/SAVPF', false],
    ['clear video', 'RTP/AVPF', false],
  ])('video is offered encrypted, and an answer with %s decides', (_, profile, hasKey) => {
    const { leg: a } = legWith(20_000);
    const { leg: b } = legWith(30_000, { srtp: { policy: 'required' } });
    value(a.receiveOffer(sdp([...ALAW, ...VIDEO])));
    const offered = value(b.offerFrom(a));
    expect(section(offered, 'video')[0]).toBe('m=video 30002 RTP/SAVPF 96 97');
    const ours = section(offered, 'video').find((each) => each.startsWith('a=crypto:1 '))!;
    const sound = section(offered, 'audio').filter((each) => each.startsWith('m=') || each.startsWith('a=crypto:1 '));
    value(b.receiveAnswer(sdp([...sound, `m=video 5002 ${profile} 96`, ...(hasKey ? [ours] : [])])));
    const answered = value(a.answerFrom(b));
    expect(section(answered, 'video')[0]).toBe(hasKey ? 'm=video 20002 RTP/AVPF 96' : 'm=video 0 RTP/AVPF 96 97');
    expect(b.streams).toHaveLength(hasKey ? 1 : 0);
  });

  test('sound that can not be served is not left out for the video beside it', () => {
    const { a } = call(VIDEO);
    const offer = sdp([...SECURE, ...VIDEO], { version: 2 });
    expect(a.receiveOffer(offer)).toMatchObject({ ok: false, error: { code: 'secure-media' } });
  });

  test.each([
    ['clear video', VIDEO, 'm=video 0 RTP/AVPF 96 97'],
    ['a fax', T38, 'm=image 0 udptl t38'],
  ])('%s is refused', (_, offer, refused) => {
    const { leg: a } = legWith(20_000, { srtp: { policy: 'optional' } });
    const { leg: b } = legWith(30_000, { srtp: { policy: 'optional' } });
    value(a.receiveOffer(sdp([...SECURE, ...offer])));
    expect(line(value(b.offerFrom(a)), 'm=')).toHaveLength(1);
    value(b.receiveAnswer(sdp(ALAW)));
    expect(line(value(a.answerFrom(b)), 'm=')[1]).toBe(refused);
  });

  test('a fax is not offered to a leg that is encrypted', () => {
    const { leg: a } = legWith(20_000);
    const { leg: b } = legWith(30_000, { srtp: { policy: 'required' } });
    value(a.receiveOffer(sdp([...ALAW, ...T38])));
    expect(line(value(b.offerFrom(a)), 'm=')).toHaveLength(1);
  });
});

describe('rtcp-mux (RFC 5761 §5.1.1)', () => {
  const MUX = [...ALAW, 'a=rtcp-mux'];

  test.each([
    ['both want it', MUX, MUX, [true, true]],
    ['the callee does not', MUX, ALAW, [true, undefined]],
    ['the caller does not ask for it', ALAW, MUX, [undefined, undefined]],
  ])('%s', (_, offer, answer, muxes) => {
    const { leg: a } = legWith(20_000);
    const { leg: b } = legWith(30_000);
    value(a.receiveOffer(sdp(offer)));
    const offered = value(b.offerFrom(a));
    value(b.receiveAnswer(sdp(answer)));
    const answered = value(a.answerFrom(b));
    const asked = offer === MUX ? ['a=rtcp-mux'] : [];
    expect([line(offered, 'a=rtcp-mux'), line(answered, 'a=rtcp-mux')]).toEqual([asked, asked]);
    expect([a.media().rtcpMux, b.media().rtcpMux]).toEqual(muxes);
  });

  test('stays through later offers, and is each stream’s own matter', () => {
    const { a, b } = call([...VIDEO, 'a=rtcp-mux'], [...VIDEO, 'a=rtcp-mux']);
    expect([a.media().rtcpMux, a.streams[0]!.media.rtcpMux, b.streams[0]!.media.rtcpMux]).toEqual([
      undefined,
      true,
      true,
    ]);
    value(b.receiveOffer(sdp(MUX, { version: 2 })));
    value(a.offerFrom(b));
    value(a.receiveAnswer(sdp(MUX, { version: 2 })));
    value(b.answerFrom(a));
    value(b.receiveOffer(sdp([...ALAW, 'a=sendonly'], { version: 3 })));
    expect(line(value(a.offerFrom(b)), 'a=rtcp-mux')).toHaveLength(1);
  });
});
