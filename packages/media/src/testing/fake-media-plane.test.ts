import { Ledger } from '@vats/kernel';
import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import type { MediaEvent } from '../plane/media-plane.ts';
import { FakeMediaPlane } from './fake-media-plane.ts';

const PARTY = { number: '201' };

// The fake stands in for the real plane: what users of either may rely on is shown here for it.
let clock: FakeClock;
let ledger: Ledger;
let plane: FakeMediaPlane;
let events: MediaEvent[];

beforeEach(() => {
  clock = new FakeClock();
  ledger = new Ledger();
  plane = new FakeMediaPlane({ clock, ledger, pairs: 2 });
  events = [];
});

const LEG = { family: 4, signalling: '203.0.113.7' } as const;
const told = (event: MediaEvent) => void events.push(event);

test('leases are counted, bounded, and given back', () => {
  const call = plane.openCall('one', told)!;
  const a = call.openLeg('a', LEG)!;
  const b = call.openLeg('b', { ...LEG, advertise: '198.51.100.1' })!;
  expect([a.local.address, b.local.address]).toEqual(['127.0.0.1', '198.51.100.1']);
  expect(a.local.rtcpPort).toBe(a.local.port + 1);
  expect(call.openLeg('c', LEG)).toBeUndefined();
  expect(plane.openCall('two', told)).toBeUndefined();
  expect(ledger.leftovers()).toEqual(['media calls: 1', 'media port pairs: 2']);
  b.close();
  b.close();
  expect(call.openLeg('c', LEG)).toBeDefined();
  call.close();
  clock.advance(0);
  expect(ledger.leftovers()).toEqual([]);
});

test('commands are kept, and who hears whom is known', () => {
  const call = plane.openCall('one', told)!;
  const a = call.openLeg('a', LEG)!;
  const b = call.openLeg('b', LEG)!;
  call.bridge(a, b, { aToB: [[101, 96]] });
  expect([call.heardBy('a'), call.heardBy('b')]).toEqual(['b', 'a']);
  call.echo(a);
  expect([call.heardBy('a'), call.heardBy('b')]).toEqual(['a', undefined]);
  call.supervise();
  expect(call.commands.map((command) => command.do)).toEqual(['open-leg', 'open-leg', 'bridge', 'echo', 'supervise']);
  expect(() => call.bridge(a, a)).toThrow('echo');
});

test('a recording ends with its call, before the call is told closed, and never inside the command', () => {
  const call = plane.openCall('one', told)!;
  const a = call.openLeg('a', LEG)!;
  call.record({ path: 'r.wav', left: { leg: a, party: PARTY }, right: { leg: a, party: PARTY } });
  expect(() => call.record({ path: 's.wav', left: { leg: a, party: PARTY }, right: { leg: a, party: PARTY } })).toThrow(
    'recorded already',
  );
  clock.advance(1_000);
  call.close();
  call.close();
  expect(events).toEqual([]);
  clock.advance(0);
  expect(events.map((event) => event.kind)).toEqual(['recording-finished', 'closed']);
  expect(events[0]).toMatchObject({ path: 'r.wav', durationMs: 1_000, octets: 16_058 });
});

test('a test lets happen what it likes', () => {
  const call = plane.openCall('one', told)!;
  call.openLeg('a', LEG);
  plane.call('one').emit({ kind: 'silence', milliseconds: 60_000 });
  plane.call('one').emit({ kind: 'lost', detail: 'bug' });
  expect(events.map((event) => event.kind)).toEqual(['silence', 'lost']);
  expect(ledger.leftovers()).toEqual([]);
  expect(call.openLeg('b', LEG)).toBeUndefined();
});
