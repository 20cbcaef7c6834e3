import { type Endpoint, formatEndpoint, Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryNetwork } from '../testing/memory-network.ts';
import { CONNECTION_LIMITS } from './connection-limits.ts';
import { CONNECTION_BOUNDS, type ConnectionBounds } from './connection-table.ts';
import type { StreamSocket } from './network.ts';
import { TransportLayer } from './transport-layer.ts';

const OURS: Endpoint = { address: '192.0.2.1', port: 5060 };
const OFFICE = '192.0.2.200';
const MESSAGE = 'OPTIONS sip:a SIP/2.0\r\nCall-ID: c\r\nContent-Length: 0\r\n\r\n';

let clock: FakeClock;
let network: MemoryNetwork;
let ledger: Ledger;
let layer: TransportLayer;
/** Addresses at which somebody showed who they are. */
let known: Set<string>;
/** Far ends that showed it themselves; undefined where whoever is at a known address counts as one. */
let proven: Set<string> | undefined;
let asked: number;
let opened: TransportLayer[];

async function open(bounds: Partial<ConnectionBounds> = {}): Promise<void> {
  layer = new TransportLayer({
    network: network.host(OURS.address),
    clock,
    random: new SeededRandom(5),
    log: new MemoryLog(),
    ledger,
    bounds,
    isKnown: (address) => {
      asked++;
      return known.has(address);
    },
    ...(proven && {
      isProven: (observed, transport) => {
        asked++;
        return transport === 'tcp' && proven?.has(formatEndpoint(observed)) === true;
      },
    }),
  });
  opened.push(layer);
  await layer.listen({ transport: 'tcp', endpoint: OURS });
}

interface Peer {
  readonly stream: StreamSocket;
  readonly closed: boolean;
  says(text: string): void;
}

/** Somebody who connects to us. */
function peer(address: string): Peer {
  const made = { closed: false };
  const stream = network.host(address).connectTcp(undefined, OURS, {
    onOctets: () => {},
    onEnded: () => stream.end(),
    onClosed: () => {
      made.closed = true;
    },
  });
  clock.advance(0);
  const says = (text: string): void => {
    stream.write(Buffer.from(text, 'latin1'));
    clock.advance(0);
  };
  return Object.assign(made, { stream, says });
}

function peers(count: number, address: (index: number) => string): Peer[] {
  return Array.from({ length: count }, (_, index) => peer(address(index)));
}

/** A phone that connects and shows good credentials at once. */
function phoneAt(address: string): Peer {
  const made = peer(address);
  if (!made.closed) proven?.add(formatEndpoint(made.stream.bound));
  return made;
}

function openOf(all: readonly Peer[]): number {
  return all.filter(({ closed }) => !closed).length;
}

beforeEach(() => {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
  ledger = new Ledger();
  known = new Set([OFFICE]);
  proven = undefined;
  asked = 0;
  opened = [];
});

afterEach(async () => {
  const closed = Promise.all(opened.map((each) => each.close()));
  clock.advance(CONNECTION_LIMITS.linger);
  await closed;
  expect(ledger.leftovers()).toEqual([]);
});

describe('how many connections', () => {
  test('few from where nobody is known, as many as an office needs from where somebody is', async () => {
    await open();
    expect(openOf(peers(100, () => '203.0.113.9'))).toBe(CONNECTION_BOUNDS.perStranger);
    expect(openOf(peers(CONNECTION_BOUNDS.perSource + 5, () => OFFICE))).toBe(CONNECTION_BOUNDS.perSource);
    known.add('203.0.113.9');
    expect(openOf(peers(100, () => '203.0.113.9'))).toBe(100);
  });

  test('when there are too many, the oldest of a stranger makes room for somebody known, and for no other stranger', async () => {
    await open({ total: 4 });
    const phone = peer(OFFICE);
    const strangers = peers(3, (index) => `203.0.113.${index}`);
    expect(peer('203.0.113.77').closed).toBe(true);
    expect(layer.counters).toMatchObject({ connectionsOverLimit: 1, connectionsMadeRoom: 0 });
    expect(peer(OFFICE).closed).toBe(false);
    expect(strangers.map(({ closed }) => closed)).toEqual([true, false, false]);
    known.add('203.0.113.1'); // meanwhile
    expect(peer(OFFICE).closed).toBe(false);
    expect(strangers.map(({ closed }) => closed)).toEqual([true, false, true]);
    expect(phone.closed).toBe(false);
    expect(layer.counters).toMatchObject({ connectionsOverLimit: 1, connectionsMadeRoom: 2 });
  });

  test('where all are known, one more is turned away', async () => {
    await open({ total: 2 });
    const phones = peers(3, () => OFFICE);
    expect(phones.map(({ closed }) => closed)).toEqual([false, false, true]);
  });

  test('many who are known at once each find room', async () => {
    await open({ total: 20 });
    const strangers = peers(20, (index) => `203.0.113.${index}`);
    const ignore = (): void => {};
    const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
    for (let i = 0; i < 10; i++) network.host(OFFICE).connectTcp(undefined, OURS, user);
    clock.advance(0);
    expect(openOf(strangers)).toBe(10);
    expect(ledger.counts().connections).toBe(20);
  });

  test('a connection of ours to somebody known finds room too; none of ours makes any', async () => {
    await open({ total: 2 });
    const stranger = peer('203.0.113.1');
    const ignore = (): void => {};
    const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
    const at = { address: OFFICE, port: 5070 };
    await network.host(OFFICE).listenTcp(at, { onConnection: () => user, onFailure: ignore });
    const elsewhere = { address: '203.0.113.50', port: 5070 };
    await network.host(elsewhere.address).listenTcp(elsewhere, { onConnection: () => user, onFailure: ignore });
    const ours = layer.flowTo({ transport: 'tcp', endpoint: elsewhere });
    clock.advance(0);
    expect(layer.flowTo({ transport: 'tcp', endpoint: at }).open).toBe(true);
    clock.advance(0);
    expect([stranger.closed, ours.open]).toEqual([true, true]);
    expect(peer(OFFICE).closed).toBe(true);
    expect(ours.open).toBe(true);
  });
});

describe('how long', () => {
  test('one from where nobody is known ends in good order, whatever was said on it', async () => {
    await open();
    const stranger = peer('203.0.113.9');
    for (let passed = 0; passed < CONNECTION_LIMITS.stranger; passed += 1_000) {
      expect(stranger.closed).toBe(false);
      stranger.says(`${MESSAGE}\r\n\r\n`);
      clock.advance(1_000);
    }
    expect(stranger.closed).toBe(true);
    expect(layer.counters.connectionsTimedOut).toBe(1);
  });

  test('one where somebody showed who they are stays as long as it is used', async () => {
    await open();
    const phone = peer('203.0.113.9');
    phone.says(MESSAGE);
    clock.advance(CONNECTION_LIMITS.stranger - 1);
    known.add('203.0.113.9');
    clock.advance(CONNECTION_LIMITS.idle - CONNECTION_LIMITS.stranger);
    expect(phone.closed).toBe(false);
    known.delete('203.0.113.9'); // a day later, say: this one was found to be good
    phone.says('\r\n\r\n');
    clock.advance(CONNECTION_LIMITS.idle - 1);
    expect(phone.closed).toBe(false);
    clock.advance(1);
    expect(phone.closed).toBe(true);
  });

  test('one of ours stays, whoever is there', async () => {
    await open();
    const ignore = (): void => {};
    const at = { address: '203.0.113.9', port: 5070 };
    const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
    await network.host(at.address).listenTcp(at, { onConnection: () => user, onFailure: ignore });
    const flow = layer.flowTo({ transport: 'tcp', endpoint: at });
    clock.advance(CONNECTION_LIMITS.idle - 1);
    expect(flow.open).toBe(true);
  });
});

describe('beside a phone, at its address', () => {
  beforeEach(() => {
    proven = new Set();
  });

  test('who shows no credentials holds nothing against phones: the oldest such connection makes room', async () => {
    await open({ perSource: 4 });
    const phone = phoneAt(OFFICE);
    const held = peers(3, () => OFFICE);
    const phones = [phoneAt(OFFICE), phoneAt(OFFICE)];
    expect(held.map(({ closed }) => closed)).toEqual([true, true, false]);
    phones.push(phoneAt(OFFICE));
    expect(openOf([phone, ...phones])).toBe(4);
    expect(phoneAt(OFFICE).closed).toBe(true);
    expect(openOf([phone, ...phones])).toBe(4);
    expect(layer.counters).toMatchObject({ connectionsOverLimit: 1, connectionsMadeRoom: 3 });
  });

  test('who comes again and again pushes out nobody but those who showed none', async () => {
    await open({ perSource: 8, total: 10 });
    const phones = [phoneAt(OFFICE), phoneAt(OFFICE), phoneAt(OFFICE)];
    peers(100, () => OFFICE);
    expect(openOf(phones)).toBe(3);
    expect(ledger.counts().connections).toBe(8);
    const late = peer(OFFICE);
    peers(4, () => OFFICE);
    expect(late.closed).toBe(false); // long enough for a challenge and its answer
    peers(1, () => OFFICE);
    expect(late.closed).toBe(true);
  });

  test('where there are too many in all, strangers go first, then those of the same source, then others', async () => {
    known.add('198.51.100.7');
    await open({ total: 5 });
    const elsewhere = [phoneAt('198.51.100.7'), peer('198.51.100.7')];
    const own = [peer(OFFICE), phoneAt(OFFICE)];
    const stranger = peer('203.0.113.9');
    const openNow = (): boolean[] => [...elsewhere, ...own, stranger].map(({ closed }) => !closed);
    phoneAt(OFFICE);
    expect(openNow()).toEqual([true, true, true, true, false]);
    phoneAt(OFFICE);
    expect(openNow()).toEqual([true, true, false, true, false]);
    phoneAt(OFFICE);
    expect(openNow()).toEqual([true, false, false, true, false]);
    expect(phoneAt(OFFICE).closed).toBe(true);
    expect(openNow()).toEqual([true, false, false, true, false]);
  });

  test('a stranger finds no room by it', async () => {
    await open({ total: 2 });
    const held = peers(2, () => OFFICE);
    expect(peer('203.0.113.9').closed).toBe(true);
    expect(openOf(held)).toBe(2);
  });

  test('one that shows none ends as a stranger does, a phone stays', async () => {
    await open();
    const guest = peer(OFFICE);
    const phone = phoneAt(OFFICE);
    for (const each of [guest, phone]) each.says(MESSAGE);
    clock.advance(CONNECTION_LIMITS.stranger);
    expect([guest.closed, phone.closed]).toEqual([true, false]);
  });

  test('a full source, or a full table, is not searched again for each one who comes', async () => {
    await open({ perSource: 400, total: 600 });
    for (let i = 0; i < 400; i++) phoneAt(OFFICE);
    known.add('198.51.100.7');
    for (let i = 0; i < 200; i++) phoneAt('198.51.100.7');
    for (const address of [OFFICE, '198.51.100.7']) peer(address);
    asked = 0;
    for (let i = 0; i < 10; i++) peers(1, () => (i % 2 === 0 ? OFFICE : '198.51.100.7'));
    expect(asked).toBe(10);
  });
});

test('who is known is asked when it matters, and not for each message', async () => {
  await open();
  const phone = peer(OFFICE);
  asked = 0;
  for (let i = 0; i < 1_000; i++) phone.says(MESSAGE);
  expect(asked).toBe(0);
  clock.advance(CONNECTION_LIMITS.stranger);
  expect(asked).toBe(1);
});

test('a full table of people who are known is not searched again for each one who comes', async () => {
  await open({ total: 500 });
  peers(500, () => OFFICE);
  peer(OFFICE);
  asked = 0;
  peers(10, () => OFFICE);
  expect(asked).toBe(10);
});

test('a listener that fails again and again costs one line a second', async () => {
  const log = new MemoryLog();
  const fail: ((code: 'overflow' | 'failed') => void)[] = [];
  const host = network.host(OURS.address);
  const failing = new TransportLayer({
    network: {
      bindUdp: (at, user) => {
        fail.push((code) => user.onFailure({ code, detail: 'EMFILE' }));
        return host.bindUdp(at, user);
      },
      listenTcp: (at, user) => {
        fail.push((code) => user.onFailure({ code, detail: 'EMFILE' }));
        return host.listenTcp(at, user);
      },
      connectTcp: (from, to, user) => host.connectTcp(from, to, user),
      localAddressTowards: (remote) => host.localAddressTowards(remote),
    },
    clock,
    random: new SeededRandom(5),
    log,
    ledger,
  });
  opened.push(failing);
  for (const transport of ['udp', 'tcp'] as const) await failing.listen({ transport, endpoint: OURS });
  for (let passed = 0; passed < 3_000; passed += 100) {
    for (const each of fail) for (let i = 0; i < 100; i++) each('failed');
    clock.advance(100);
  }
  expect(log.lines.length).toBe(6);
  expect(log.lines[1]).toEqual({
    level: 'warn',
    event: 'transport.socket-failed',
    fields: { transport: 'tcp', bound: OURS, code: 'failed', detail: 'EMFILE' },
  });
});
