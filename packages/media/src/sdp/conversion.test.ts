import { expect, test } from 'vitest';
import { soundCodec } from '../codec/sound-codecs.ts';
import { CONVERTIBLE } from './convertible.ts';
import type { LegDescription } from './leg-description.ts';
import { TOLD } from './leg-media.ts';
import type { OfferedCodecs } from './leg-options.ts';
import { payloadTypeMap } from './payload-type-map.ts';
import { convertingLeg, leg, line, sdp, value } from './testing/exchange.ts';

const EVENTS = 'a=rtpmap:101 telephone-event/8000';
const G722 = ['m=audio 4000 RTP/AVP 9 101', EVENTS];
const ALAW = ['m=audio 5000 RTP/AVP 8 101', EVENTS];
const OPUS = [
  'm=audio 4000 RTP/AVP 96 100',
  'a=rtpmap:96 opus/48000/2',
  'a=fmtp:96 useinbandfec=1;maxaveragebitrate=20000',
  'a=rtpmap:100 telephone-event/48000',
];

/** A call of `a` to `b`; the formats of what `b` was offered, and of what `a` was answered. */
function call(offer: readonly string[], answer: readonly string[], codecs?: OfferedCodecs, policy?: 'g711') {
  const a = convertingLeg(20_000);
  const b = convertingLeg(20_002, codecs);
  value(a.receiveOffer(sdp(offer)));
  const offered = line(value(b.offerFrom(a, policy)), 'm=')[0]!
    .split(' ')
    .slice(3);
  value(b.receiveAnswer(sdp(answer)));
  const answered = a.answerFrom(b, policy);
  return { a, b, offered, answered: answered.ok ? line(answered.value, 'm=')[0]!.split(' ').slice(3) : answered };
}

/** What is converted to what, by payload types. */
function conversion(from: LegDescription, to: LegDescription) {
  const found = from.conversionTo(to);
  if (found === undefined) return undefined;
  const events = found.events.map((each) => [each.arriving, each.leaving, each.arrivingRate, each.leavingRate]);
  return { from: found.from.map(({ payloadType }) => payloadType), to: found.to.payloadType, events };
}

test('everything that is offered as convertible has a codec, and the other way round', () => {
  for (const { encoding, clockRate } of CONVERTIBLE) {
    expect(soundCodec(encoding)).toMatchObject({ encoding, clockRate });
  }
  expect(soundCodec('g729/8000/1')).toBeUndefined();
});

test('what the caller has stands first in the offer, what it can be converted to behind', () => {
  expect(call(G722, ALAW).offered).toEqual(['9', '101', '96', '8', '0', expect.any(String)]);
  expect(call(ALAW, ALAW).offered).toEqual(['8', '101', '0', '9', '96', expect.any(String)]);
});

test('a codec that both have passes untouched, as if nothing could be converted', () => {
  const { a, b, answered } = call(['m=audio 4000 RTP/AVP 9 8 101', EVENTS], ALAW);
  expect(answered).toEqual(['8', '101']);
  expect([conversion(a, b), payloadTypeMap(a, b), conversion(b, a)]).toEqual([undefined, [], undefined]);
});

test('where nothing is shared the caller is answered with what it offered, and both ways are converted', () => {
  const { a, b, answered } = call(G722, ALAW);
  expect(answered).toEqual(['9', '101']);
  expect(conversion(a, b)).toEqual({ from: [9], to: 8, events: [[101, 101, 8_000, 8_000]] });
  expect(b.conversionTo(a)).toEqual({
    from: [{ payloadType: 8, encoding: 'pcma/8000/1' }],
    to: { payloadType: 9, encoding: 'g722/8000/1', ptime: 20 },
    events: [{ arriving: 101, leaving: 101, arrivingRate: 8_000, leavingRate: 8_000 }],
    alone: true,
  });
});

test('events go over to the clock of the other codec', () => {
  const { a, b, answered } = call(OPUS, ALAW);
  expect(answered).toEqual(['96', '100']);
  expect(conversion(a, b)).toEqual({ from: [96], to: 8, events: [[100, 101, 48_000, 8_000]] });
  const back = b.conversionTo(a)!;
  expect(back.to).toMatchObject({ payloadType: 96, fmtp: 'useinbandfec=1;maxaveragebitrate=20000' });
  expect(back.events).toContainEqual({ arriving: 101, leaving: 100, arrivingRate: 8_000, leavingRate: 48_000 });
});

test('of several codecs the caller is answered with the one that a narrow band needs', () => {
  const offer = ['m=audio 4000 RTP/AVP 96 9 0 101', 'a=rtpmap:96 opus/48000/2', EVENTS];
  expect(call(offer, ALAW).answered).toEqual(['0', '101']);
});

test('packet times are those that the hearer asked for', () => {
  const { a, b } = call([...G722, 'a=ptime:30'], [...ALAW, 'a=ptime:60', 'a=maxptime:40']);
  expect([a.conversionTo(b)!.to.ptime, b.conversionTo(a)!.to.ptime]).toEqual([40, 30]);
});

test('a leg that may be offered few codecs gets those, also when only conversion leads there', () => {
  const { offered, answered } = call(OPUS, ALAW, { sound: ['pcma'] });
  expect(offered).toEqual(['8', '100', '101']);
  expect(answered).toEqual(['96', '100']);
});

test('a recorded call has G.711 on both legs, one law or the other', () => {
  const offer = ['m=audio 4000 RTP/AVP 9 0 101', EVENTS];
  const { a, b, offered, answered } = call(offer, ALAW, undefined, 'g711');
  expect([offered, answered]).toEqual([
    ['0', '101', '8'],
    ['0', '101'],
  ]);
  expect(conversion(a, b)).toMatchObject({ from: [0], to: 8 });
  const wide = convertingLeg(20_004);
  value(wide.receiveOffer(sdp(G722)));
  expect(wide.answerFrom(b, 'g711')).toMatchObject({ error: { code: 'no-common-codec' } });
  const only = convertingLeg(20_000);
  value(only.receiveOffer(sdp(G722)));
  expect(convertingLeg(20_002).offerFrom(only, 'g711')).toMatchObject({ error: { code: 'no-common-codec' } });
});

test('what is only passed through is refused where the other side has none of it', () => {
  const a = convertingLeg(20_000);
  value(a.receiveOffer(sdp(['m=audio 4000 RTP/AVP 18'])));
  const b = convertingLeg(20_002);
  expect(line(value(b.offerFrom(a)), 'm=')).toEqual(['m=audio 20002 RTP/AVP 18']);
  expect(b.receiveAnswer(sdp(ALAW))).toMatchObject({ error: { code: 'no-common-codec' } });
});

test('G.729 passes where both have it, with what is converted behind', () => {
  const { a, b, answered } = call(['m=audio 4000 RTP/AVP 18 8'], ['m=audio 5000 RTP/AVP 18']);
  expect(answered).toEqual(['18']);
  expect([conversion(a, b), conversion(b, a)?.to]).toEqual([undefined, undefined]);
});

test('no leg is converted that does not say so', () => {
  const a = convertingLeg(20_000);
  const b = leg(20_002);
  value(a.receiveOffer(sdp(G722)));
  expect(line(value(b.offerFrom(a)), 'm=')).toEqual(['m=audio 20002 RTP/AVP 9 101']);
});

test('a caller without an offer is offered what the answer can be converted to', () => {
  const a = convertingLeg(20_000);
  const b = convertingLeg(20_002);
  value(b.offerOwn());
  value(b.receiveAnswer(sdp(ALAW)));
  expect(line(value(a.offerFrom(b)), 'm=')[0]).toMatch(/^m=audio 20000 RTP\/AVP 8 101 0 9 96 \d+$/);
  value(a.receiveAnswer(sdp(['m=audio 4000 RTP/AVP 9 101', EVENTS])));
  expect(conversion(b, a)).toMatchObject({ from: [8], to: 9 });
  expect(conversion(a, b)).toMatchObject({ to: 8 });
});

test('our own offer holds all that is converted, with events in its clocks; a recorded call’s G.711 alone', () => {
  const formats = (codecs?: OfferedCodecs, policy?: 'g711') =>
    line(value(convertingLeg(20_002, codecs).offerOwn(policy)), 'm=')[0]!
      .split(' ')
      .slice(3);
  expect(formats()).toEqual(['8', '0', '9', '96', '101', '97']);
  expect(formats(undefined, 'g711')).toEqual(['8', '0', '101']);
  expect(formats({ sound: ['g722', 'pcma'] })).toEqual(['8', '9', '101']);
  expect(formats({ sound: ['opus'], keys: 'info' })).toEqual(['96']);
});

test.each([
  ['PCMA', ['m=audio 5000 RTP/AVP 8 101', EVENTS], 8, 8_000],
  ['PCMU', ['m=audio 5000 RTP/AVP 0 101', EVENTS], 0, 8_000],
  ['G.722', ['m=audio 5000 RTP/AVP 9 101', EVENTS], 9, 8_000],
  ['Opus', ['m=audio 5000 RTP/AVP 96 97', 'a=rtpmap:96 opus/48000/2', 'a=rtpmap:97 telephone-event/48000'], 96, 48_000],
])('our own offer may be answered with %s, and the caller has what it can have', (_, answer, number, clockRate) => {
  const a = convertingLeg(20_000);
  const b = convertingLeg(20_002);
  value(b.offerOwn());
  value(b.receiveAnswer(sdp(answer)));
  expect(b.spoken(() => true)?.payloadType).toBe(number);
  expect(b.events?.clockRate).toBe(clockRate);
  const offered = line(value(a.offerFrom(b)), 'm=')[0]!
    .split(' ')
    .slice(3);
  expect(offered[0]).toBe(String(number));
  expect(offered).toEqual(expect.arrayContaining(['8', '0', '9']));
  value(a.receiveAnswer(sdp(['m=audio 4000 RTP/AVP 8 101', EVENTS])));
  const here = number === 8 ? undefined : { from: [number], to: 8 };
  const found = conversion(b, a);
  expect(found && { from: found.from, to: found.to }).toEqual(here);
});

test('a re-INVITE that changes the codec is converted, and back', () => {
  const { a, b } = call(ALAW, ALAW);
  expect(conversion(a, b)).toBeUndefined();
  value(b.receiveOffer(sdp(['m=audio 5000 RTP/AVP 9 101', EVENTS], { version: 2 })));
  expect(line(value(a.offerFrom(b)), 'm=')[0]).toMatch(/^m=audio 20000 RTP\/AVP 9 101 96 8 0 /);
  value(a.receiveAnswer(sdp(['m=audio 4000 RTP/AVP 8 101', EVENTS], { version: 2 })));
  expect(line(value(b.answerFrom(a)), 'm=')).toEqual(['m=audio 20002 RTP/AVP 9 101']);
  expect(conversion(b, a)).toMatchObject({ from: [9], to: 8 });
  expect(conversion(a, b)).toMatchObject({ to: 9 });
  value(b.receiveOffer(sdp(ALAW, { version: 3 })));
  value(a.offerFrom(b));
  value(a.receiveAnswer(sdp(ALAW, { version: 3 })));
  value(b.answerFrom(a));
  expect([conversion(a, b), conversion(b, a)]).toEqual([undefined, undefined]);
});

test('keys by INFO are told, not converted', () => {
  const { a, b, offered } = call(G722, ['m=audio 5000 RTP/AVP 8'], { keys: 'info' });
  expect(offered).toEqual(['9', '96', '8', '0']);
  expect(conversion(a, b)).toMatchObject({ from: [9], to: 8, events: [] });
  expect(payloadTypeMap(a, b)).toContainEqual([101, TOLD, 8_000]);
});

test('of what is not converted nothing passes, comfort noise neither', () => {
  const { a, b, answered } = call(['m=audio 4000 RTP/AVP 0 13'], ['m=audio 5000 RTP/AVP 8']);
  expect(answered).toEqual(['0']);
  expect([a.conversionTo(b)!.alone, b.conversionTo(a)!.alone]).toEqual([true, true]);
});

test('who answers with a codec of ours beside a shared one may speak either', () => {
  const { a, b, answered } = call(ALAW, ['m=audio 5000 RTP/AVP 9 8 101', EVENTS]);
  expect(answered).toEqual(['8', '101']);
  expect([conversion(a, b), payloadTypeMap(a, b)]).toEqual([undefined, []]);
  expect(conversion(b, a)).toEqual({ from: [9], to: 8, events: [[101, 101, 8_000, 8_000]] });
  expect(b.conversionTo(a)!.alone).toBe(false);
});

test('events in a clock that no converted sound has are not converted, nor chosen for want of others', () => {
  const slow = (port: number, number: number) => [
    `m=audio ${port} RTP/AVP ${number} 101`,
    'a=rtpmap:101 telephone-event/1',
  ];
  const { a, b, answered } = call(slow(4_000, 9), slow(5_000, 8));
  expect(answered).toEqual(['9']);
  expect(conversion(a, b)).toEqual({ from: [9], to: 8, events: [] });
  expect(conversion(b, a)).toMatchObject({ from: [8], to: 9, events: [] });
});
