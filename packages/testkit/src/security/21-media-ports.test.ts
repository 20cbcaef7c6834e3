import { Ledger, SystemClock } from '@vats/kernel';
import { type MediaPlane, startMediaPlane } from '@vats/media';
import { expect, test } from 'vitest';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';

const PORTS = { first: 44_101, last: 44_141 };
const PAIRS = 20;
/** Longer than any test runs, so that whether a pair rests does not depend on how fast it does. */
const LONG_REST_MS = 86_400_000;

async function withPlane(use: (plane: MediaPlane, ledger: Ledger) => void | Promise<void>): Promise<void> {
  const ledger = new Ledger();
  const plane = await startMediaPlane({
    addresses: { 4: '127.0.0.1' },
    ports: PORTS,
    workers: 1,
    warmPairs: PAIRS,
    restMs: LONG_REST_MS,
    clock: new SystemClock(),
    ledger,
  });
  try {
    await use(plane, ledger);
  } finally {
    await plane.close();
  }
}

/** All pairs that the plane has, each lent to a leg, in the order in which they were. */
function lendAll(plane: MediaPlane) {
  let ended = (): void => {};
  const closed = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const call = plane.openCall('all', (event) => event.kind === 'closed' && ended());
  const ports: { port: number; rtcpPort: number }[] = [];
  for (;;) {
    const leg = call?.openLeg(`b${ports.length}`, { family: 4, signalling: '127.0.0.2' });
    if (leg === undefined) return { ports, call, closed };
    ports.push(leg.local);
  }
}

test('security 21: RTP on an even port, RTCP on the odd one above, each pair lent once, all within the range', async () => {
  await withPlane((plane) => {
    const { ports, call } = lendAll(plane);
    expect(ports.map(({ port }) => port).sort()).toEqual(Array.from({ length: PAIRS }, (_, i) => 44_102 + 2 * i));
    for (const { port, rtcpPort } of ports) expect([port % 2, rtcpPort]).toEqual([0, port + 1]);
    call?.close();
  });
});

test('security 21: the order is random: another one in each run, and not that of the numbers', async () => {
  const orders: string[] = [];
  for (let run = 0; run < 2; run++) {
    await withPlane((plane) => {
      const { ports, call } = lendAll(plane);
      orders.push(ports.map(({ port }) => port).join());
      call?.close();
    });
  }
  const sorted = orders[0]?.split(',').sort().join();
  expect(new Set([...orders, sorted]).size).toBe(3); // by chance once in 10^18 runs
});

test('security 21: a pair that was given back is not lent again before it has rested', async () => {
  await withPlane(async (plane, ledger) => {
    const { ports, call, closed } = lendAll(plane);
    expect(ports).toHaveLength(PAIRS);
    call?.close();
    await closed;
    expect(ledger.leftovers()).toEqual([]);
    expect(plane.openCall('next', () => {})?.openLeg('a', { family: 4, signalling: '127.0.0.2' })).toBeUndefined();
    expect(plane.statistics().pairs).toMatchObject({ leased: 0 });
  });
});

scenario(
  'security 21: without ports a call gets 503 and the operator a line, what is up goes on, and the next that finds some is served',
  {
    errors: ['call.ended'],
    ends: ['caller-hung-up', 'no-media-ports', 'no-media-ports', 'caller-hung-up'],
    mediaPairs: 3,
    cast: ['alice', 'bob', 'carol'],
  },
  ({ alice, bob, carol, world }) => {
    talk(alice, bob);
    const { call } = alice;
    for (let times = 0; times < 2; times++) {
      carol.invites(bob);
      carol.hears('503 INVITE');
    }
    bob.hearsNothing();
    const lines = world.log.lines.filter(({ level }) => level === 'error');
    expect(lines.map(({ fields }) => fields.ended)).toEqual(['no-media-ports', 'no-media-ports']);
    expect(readSdp(call.remoteSdp ?? '').port % 2).toBe(0);
    end(alice, bob);
    talk(carol, bob);
    end(carol, bob);
  },
);
