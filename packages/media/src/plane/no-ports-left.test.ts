import { Ledger, SystemClock } from '@vats/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rtpPacket, UdpPhone } from '../testing/udp-phone.ts';
import type { MediaPlane } from './media-plane.ts';
import { startMediaPlane } from './start-media-plane.ts';
import { mediaOf, openCall, says } from './testing/real-plane.ts';

// The real thing: a thread and its sockets, and hardly any ports.
const clock = new SystemClock();
const ledger = new Ledger();
const PAIRS = 3;
let plane: MediaPlane;

beforeAll(async () => {
  plane = await startMediaPlane({
    addresses: { 4: '127.0.0.1', 6: '::1' },
    ports: { first: 46_100, last: 46_099 + 2 * PAIRS },
    workers: 1,
    warmPairs: PAIRS,
    restMs: 0,
    clock,
    ledger,
  });
});

afterAll(() => plane.close());

test('without ports a leg is refused, the call that is up is heard on, and what it gives back serves the next', async () => {
  const [a, b] = [await UdpPhone.open('127.0.0.2'), await UdpPhone.open('127.0.0.3')];
  const up = openCall(plane, 'up');
  const legA = up.call.openLeg('a', { family: 4, signalling: '127.0.0.2' })!;
  const legB = up.call.openLeg('b', { family: 4, signalling: '127.0.0.3' })!;
  legA.update(mediaOf(a), { newOffer: true });
  legB.update(mediaOf(b), { newOffer: true });
  up.call.bridge(legA, legB);
  await says(a, legA, b, legB, rtpPacket({ sequence: 1 }));

  const late = openCall(plane, 'late');
  expect(late.call.openLeg('a', { family: 4, signalling: '127.0.0.4' })).toBeDefined();
  for (let times = 0; times < 100; times++) {
    expect(late.call.openLeg('b', { family: 4, signalling: '127.0.0.5' })).toBeUndefined();
  }
  await says(a, legA, b, legB, rtpPacket({ sequence: 2 }));
  await says(b, legB, a, legA, rtpPacket({ sequence: 2, ssrc: 9 }));
  // The other family has ports of its own.
  expect(late.call.openLeg('b', { family: 6, signalling: '::1' })).toBeDefined();
  late.call.close();
  await late.closed;
  await says(a, legA, b, legB, rtpPacket({ sequence: 3 }));
  up.call.close();
  await up.closed;
  expect(ledger.leftovers()).toEqual([]);

  // Not before it is bound again, which is soon.
  const next = openCall(plane, 'next');
  let leg = next.call.openLeg('a', { family: 4, signalling: '127.0.0.2' });
  while (leg === undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    leg = next.call.openLeg('a', { family: 4, signalling: '127.0.0.2' });
  }
  leg.update(mediaOf(a), { newOffer: true });
  next.call.echo(leg);
  await says(a, leg, a, leg, rtpPacket({ sequence: 9 }));
  next.call.close();
  await next.closed;
  for (const each of [a, b]) each.close();
});
