import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { isRtcp } from '../rtp/packet.ts';
import { reportBlocks, senderReportTime } from '../rtp/read-reports.ts';
import { StreamQuality } from '../rtp/stream-quality.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import type { BoundPair } from './bound-pair.ts';
import { LegOutput } from './leg-output.ts';
import { LegReports } from './leg-reports.ts';
import { noPackets } from './media-plane.ts';

const PAIR = { sendRtp: () => {}, sendRtcp: () => {} } as unknown as BoundPair;

let clock: FakeClock;
let output: LegOutput;
let quality: StreamQuality;
let reports: LegReports;

beforeEach(() => {
  clock = new FakeClock();
  const random = new SeededRandom(3);
  output = new LegOutput({ clock, random, pair: PAIR, rtp: noPackets(), rtcp: noPackets() });
  output.aim({ address: '192.0.2.1', port: 4_000 });
  quality = new StreamQuality();
  reports = new LegReports({ clock, random, output, quality });
});

function say(sequence: number, ssrc = 7): void {
  output.say(rtpPacket({ sequence, ssrc, timestamp: sequence * 160 }));
}

/** A receiver report of the peer's about one stream. */
function receiverReport(ssrc: number, lastReport: number, delayMs: number): Buffer {
  const packet = Buffer.alloc(32);
  packet.set([0x81, 201, 0, 7]);
  packet.writeUInt32BE(99, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet[12] = 64;
  packet.writeIntBE(12, 13, 3);
  packet.writeUInt32BE(80, 20);
  packet.writeUInt32BE(lastReport, 24);
  packet.writeUInt32BE(Math.round((delayMs * 65_536) / 1_000), 28);
  return packet;
}

function due(othersAreHeard = false): Buffer | undefined {
  return reports.due(clock.monotonic(), othersAreHeard);
}

test('every five seconds the peer hears what it was sent and how its own sound arrives', () => {
  for (let i = 0; i < 10; i++) say(i);
  for (const sequence of [1, 2, 4]) quality.saw(55, sequence, sequence * 160, 8_000, sequence * 20);
  clock.advance(4_999);
  expect(due()).toBeUndefined();
  clock.advance(1);
  const packet = due()!;
  expect(isRtcp(packet)).toBe(true);
  expect([packet[1], packet.readUInt32BE(4), packet.readUInt32BE(20), packet.readUInt32BE(24)]).toEqual([
    200, 7, 10, 1_600,
  ]);
  expect(packet.readUInt32BE(16)).toBe(9 * 160 + 8 * 5_000);
  expect(reportBlocks(packet)).toMatchObject([{ ssrc: 55, lost: 1, fractionLost: 0.25, lastReport: 0 }]);
  expect(due()).toBeUndefined();
});

test('where nothing was sent it is a receiver report; where nothing came either there is none', () => {
  clock.advance(5_000);
  expect(due()).toBeUndefined();
  quality.saw(55, 1, 0, 8_000, 0);
  expect(due()?.[1]).toBe(201);
});

test('while the other side reports ours keep still; when it ceases they come', () => {
  say(1);
  for (let i = 0; i < 4; i++) {
    clock.advance(6_000);
    expect(due(true)).toBeUndefined();
    reports.passed(receiverReport(1, 0, 0));
  }
  clock.advance(12_000);
  expect(due(true)).toBeDefined();
});

test('our report tells which of the peer’s came last, and how long ago', () => {
  quality.saw(55, 1, 0, 8_000, 0);
  const theirs = Buffer.alloc(28);
  theirs.set([0x80, 200, 0, 6]);
  theirs.writeUInt32BE(0xabcd_1234, 10);
  reports.heard(theirs);
  clock.advance(5_000);
  expect(reportBlocks(due()!)).toMatchObject([{ lastReport: 0xabcd_1234, sinceLastReportMs: 5_000 }]);
});

describe('there and back', () => {
  test('is timed by our own report', () => {
    say(1);
    clock.advance(5_000);
    const time = senderReportTime(due()!)!;
    clock.advance(730);
    reports.heard(receiverReport(7, time, 700));
    expect(reports.peer.roundTripMs).toBeCloseTo(30, 0);
    expect(reports.peer.reception).toEqual({ lost: 12, worstLoss: 0.25, jitterMs: 10 });
  });

  test('is timed by a report that was passed on, and not by one that never was', () => {
    say(1);
    const theirs = Buffer.alloc(28);
    theirs.set([0x80, 200, 0, 6]);
    theirs.writeUInt32BE(0xabcd_1234, 10);
    reports.passed(theirs);
    clock.advance(2_050);
    reports.heard(receiverReport(7, 0x1111_1111, 10));
    expect(reports.peer.roundTripMs).toBeUndefined();
    reports.heard(receiverReport(7, 0xabcd_1234, 2_000));
    expect(reports.peer.roundTripMs).toBeCloseTo(50, 0);
  });

  test('reports of other streams and of times that cannot be are not believed', () => {
    say(1);
    clock.advance(5_000);
    const time = senderReportTime(due()!)!;
    clock.advance(100);
    reports.heard(receiverReport(8, time, 50));
    reports.heard(receiverReport(7, time, 60_000));
    expect(reports.peer.roundTripMs).toBeUndefined();
  });
});
