import { expect, test } from 'vitest';
import type { LegMedia } from '../sdp/leg-media.ts';
import type { LegSrtp } from '../sdp/srtp-keys.ts';
import { type LegQuality, noQuality } from './media-plane.ts';
import type { Command, Report } from './messages.ts';
import { readCommands, readReports, writeCommands, writeReports } from './wire.ts';

const MEDIA: LegMedia = {
  claimed: { address: '192.0.2.7', port: 4000 },
  claimedRtcp: { address: '192.0.2.8', port: 4009 },
  receives: true,
  held: false,
  laws: [
    [8, 'PCMA'],
    [0, 'PCMU'],
  ],
  clockRates: [[96, 48_000]],
};

const KEYS: LegSrtp = {
  suite: 'AEAD_AES_128_GCM',
  ours: 'b3Vycw==',
  theirs: 'dGhlaXJz',
  theirMki: { value: 1, octets: 4 },
};

const QUALITY: LegQuality = {
  jitterMs: 1.5,
  greatestJitterMs: 7,
  duplicates: 2,
  reordered: 3,
  score: 4.2,
  roundTripMs: 31,
  reported: { lost: 4, worstLoss: 0.5, jitterMs: 6 },
};

const SPOKEN = { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20, fmtp: 'x=1' };

test('every command arrives as it was given', () => {
  const commands: Command[] = [
    { do: 'open-call', call: 1 },
    { do: 'open-leg', call: 1, leg: 2, name: 'b1', family: 6, port: 20_000, signalling: '2001:db8::7' },
    { do: 'update', call: 1, leg: 2, media: MEDIA, newOffer: true, signalling: '192.0.2.9' },
    {
      do: 'update',
      call: 1,
      leg: 2,
      media: { claimed: undefined, claimedRtcp: undefined, receives: false, held: true, laws: [], clockRates: [] },
      newOffer: false,
      signalling: undefined,
    },
    { do: 'update', call: 1, leg: 2, media: { ...MEDIA, srtp: 'awaited' }, newOffer: true, signalling: undefined },
    { do: 'update', call: 1, leg: 2, media: { ...MEDIA, srtp: KEYS }, newOffer: true, signalling: undefined },
    {
      ...{ do: 'update', call: 1, leg: 2, newOffer: true, signalling: undefined },
      media: { ...MEDIA, rtcpMux: true, noSound: true },
    },
    {
      ...{ do: 'open-stream', call: 1, leg: 2, stream: 3, kind: 'image', transport: 'udp' },
      ...{ family: 4, port: 20_002, signalling: '192.0.2.9' },
    },
    { do: 'bridge-streams', call: 1, a: 3, b: 4 },
    { do: 'close-stream', call: 1, stream: 3 },
    { do: 'bridge', call: 1, a: 2, b: 3, aToB: [[101, 96]], bToA: [[96, 101]] },
    {
      ...{ do: 'bridge', call: 1, a: 2, b: 3, aToB: [], bToA: [] },
      conversions: {
        aToB: {
          from: [{ payloadType: 9, encoding: 'g722/8000/1' }],
          to: { payloadType: 96, encoding: 'opus/48000/2', ptime: 20, fmtp: 'useinbandfec=1' },
          events: [{ arriving: 101, leaving: 97, arrivingRate: 8_000, leavingRate: 48_000 }],
          alone: true,
        },
      },
    },
    { do: 'unbridge', call: 1, leg: 2 },
    { do: 'echo', call: 1, leg: 2 },
    {
      do: 'record',
      call: 1,
      order: { path: 'записи/"r".wav', callId: 'one', format: 'mp3', minimumMs: 3_000 },
      left: { leg: 1, party: { number: '201', name: 'Анна' } },
      right: { leg: 2, party: { number: '202' } },
    },
    { do: 'record-from', call: 1, channel: 'right', source: { leg: 3, party: { number: '203' } } },
    { do: 'pause-recording', call: 1 },
    { do: 'resume-recording', call: 1 },
    { do: 'stop-recording', call: 1, why: 'low-disk' },
    { do: 'bridge', call: 1, a: 2, b: 3, aToB: [[101, -2, 8_000]], bToA: [] },
    { do: 'send-digit', call: 1, leg: 2, press: { key: '#', milliseconds: 160, payloadType: 101, clockRate: 8_000 } },
    {
      ...{ do: 'record', call: 1, mix: { room: 'r', without: 'b' } },
      ...{ left: { leg: 2, party: { number: '201' } }, right: { room: 'r', without: 'a' } },
      order: { path: '/1.wav', callId: 'one', format: 'opus', minimumMs: 0 },
    },
    { do: 'record-from', call: 1, channel: 'right', source: { room: 'r', without: 'a' } },
    {
      ...{ do: 'play', call: 1, leg: 2 },
      order: {
        id: 1,
        items: [{ file: '/music.wav' }, { tone: 'beep', times: 1 }],
        format: SPOKEN,
        times: 0,
        yields: true,
      },
    },
    { do: 'stop-playing', call: 1, leg: 2, fadeMs: 200 },
    {
      ...{ do: 'collect', call: 1, leg: 2 },
      order: {
        ...{ id: 2, most: 12, terminators: ['#'], firstMs: 10_000, betweenMs: 5_000, bargeIn: true },
        sources: { events: [[101, 8_000]], tones: [[8, 'pcma/8000/1']] },
      },
    },
    { do: 'stop-collecting', call: 1, leg: 2 },
    { do: 'pressed', call: 1, leg: 2, key: '#' },
    { do: 'send-tone', call: 1, leg: 2, press: { key: '5', milliseconds: 100, format: SPOKEN } },
    { do: 'hear-tones', call: 1, leg: 2, sources: [[8, 'pcma/8000/1']] },
    {
      ...{ do: 'join-room', call: 1, leg: 2 },
      order: {
        ...{ room: 'r', as: 'a', party: { number: '201' }, presence: { whisperTo: ['b'] }, format: SPOKEN },
        ...{ sources: [[8, 'pcma/8000/1']], events: [[101, 8_000]] },
      },
    },
    { do: 'change-in-room', call: 1, leg: 2, change: { muted: true, volume: -6 } },
    {
      ...{ do: 'update-stream', call: 1, stream: 3, newOffer: true },
      media: { claimed: MEDIA.claimed, claimedRtcp: MEDIA.claimedRtcp, receives: true, rtcpMux: false, clockRates: [] },
    },
    { do: 'supervise', call: 1 },
    { do: 'close-leg', call: 1, leg: 2 },
    { do: 'close-call', call: 1 },
    { do: 'stop' },
  ];
  expect(readCommands(writeCommands(commands))).toStrictEqual(commands);
});

test('every report arrives as it was given', () => {
  const counts = (from: number) => ({
    packets: from + 1,
    octets: from + 2,
    sentPackets: from + 3,
    sentOctets: from + 4,
    lost: from + 5,
    foreign: from + 6,
    malformed: from + 7,
    unmapped: from + 8,
    excess: from + 9,
    unauthentic: from + 10,
    replayed: from + 11,
  });
  const reports: Report[] = [
    { say: 'ready' },
    { say: 'failed', code: 'EADDRINUSE', address: '192.0.2.1' },
    { say: 'warm', family: 4, ports: [20_000, 20_002] },
    { say: 'reserve', family: 4, ports: [20_004] },
    { say: 'unbound', address: '192.0.2.1', inUse: 3, failed: 'EMFILE' },
    { say: 'fault', stack: 'Error: x\n    at y' },
    { say: 'event', call: 1, event: { kind: 'dtmf', leg: 'a', key: '*', milliseconds: 90 } },
    { say: 'event', call: 1, event: { kind: 'silence', milliseconds: 60_000 } },
    {
      say: 'event',
      call: 1,
      event: {
        kind: 'closed',
        legs: [
          {
            leg: 'a',
            claimed: MEDIA.claimed,
            observed: MEDIA.claimedRtcp,
            rtp: counts(0),
            rtcp: counts(100),
            quality: QUALITY,
          },
          {
            leg: 'b1',
            claimed: undefined,
            observed: undefined,
            rtp: counts(200),
            rtcp: counts(300),
            quality: noQuality(),
            streams: [
              {
                ...{ kind: 'video', claimed: MEDIA.claimed, observed: undefined },
                ...{ rtp: counts(400), rtcp: counts(500), jitterMs: 2.5 },
              },
            ],
          },
        ],
      },
    },
    { say: 'event', call: 2, event: { kind: 'closed', legs: [] } },
    { say: 'event', call: 3, event: { kind: 'lost', detail: 'what?' } },
  ];
  expect(readReports(writeReports(reports))).toStrictEqual(reports);
});
