import { beforeEach, expect, test } from 'vitest';
import { RtcpSource } from './rtcp-source.ts';
import { SourceLock } from './source-lock.ts';

const RTP = { address: '203.0.113.7', port: 4000 };
const RTCP = { address: '203.0.113.7', port: 4001 };
const SIGNALLING = '203.0.113.50';

let rtp: SourceLock;
let rtcp: RtcpSource;

beforeEach(() => {
  rtp = new SourceLock(SIGNALLING);
  rtcp = new RtcpSource(rtp);
});

function described(): void {
  rtp.describe(RTP, SIGNALLING, true, 0);
  rtcp.describe(RTCP);
}

test('nothing is known before a description', () => {
  expect(rtcp.destination).toBeUndefined();
  expect(rtcp.accepts('192.0.2.66', 4001, 0)).toBe(false);
});

test('the claimed endpoint is used and heard, strangers are not', () => {
  described();
  expect(rtcp.destination).toEqual(RTCP);
  expect(rtcp.accepts(RTCP.address, RTCP.port, 0)).toBe(true);
  expect(rtcp.accepts('192.0.2.66', 4001, 0)).toBe(false);
});

test("it learns its own port on RTP's address", () => {
  described();
  rtp.accepts(SIGNALLING, 61_000, 7, 1, 0);
  expect(rtcp.destination).toBeUndefined();
  expect(rtcp.accepts(RTCP.address, RTCP.port, 0)).toBe(false);
  expect(rtcp.accepts(SIGNALLING, 61_777, 0)).toBe(true);
  expect(rtcp.destination).toEqual({ address: SIGNALLING, port: 61_777 });
  expect(rtcp.accepts(SIGNALLING, 61_778, 14_999)).toBe(false);
  expect(rtcp.accepts(SIGNALLING, 61_778, 15_000)).toBe(true);
});

test('a port learned on a believed address gives way to the claimed one, and to RTP that locked elsewhere', () => {
  described();
  expect(rtcp.accepts(RTCP.address, 5000, 0)).toBe(true);
  expect(rtcp.accepts(RTCP.address, RTCP.port, 0)).toBe(true);
  expect(rtcp.destination).toEqual(RTCP);
  rtp.accepts(SIGNALLING, 61_000, 7, 1, 0);
  expect(rtcp.destination).toBeUndefined();
  expect(rtcp.accepts(SIGNALLING, 61_777, 1)).toBe(true);
});

test('another claimed endpoint starts over', () => {
  described();
  rtcp.accepts(RTCP.address, 5000, 0);
  rtcp.describe({ address: RTCP.address, port: 4003 });
  expect(rtcp.destination).toEqual({ address: RTCP.address, port: 4003 });
  rtcp.describe({ address: RTCP.address, port: 4003 });
  rtcp.accepts(RTCP.address, 5000, 0);
  expect(rtcp.destination).toEqual({ address: RTCP.address, port: 5000 });
});
