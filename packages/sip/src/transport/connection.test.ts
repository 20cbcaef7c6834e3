import { type Endpoint, Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryNetwork } from '../testing/memory-network.ts';
import { CONNECTION_LIMITS } from './connection-limits.ts';
import type { TransportFailure } from './failure.ts';
import type { Flow } from './flow.ts';
import type { StreamSocket } from './network.ts';
import { TransportLayer, type TransportLayerOptions } from './transport-layer.ts';

const OURS: Endpoint = { address: '192.0.2.1', port: 5060 };
const THEIRS: Endpoint = { address: '198.51.100.9', port: 5070 };
const MESSAGE = 'OPTIONS sip:a SIP/2.0\r\nCall-ID: c\r\nContent-Length: 0\r\n\r\n';

let clock: FakeClock;
let network: MemoryNetwork;
let ledger: Ledger;
let log: MemoryLog;
let layer: TransportLayer;
let heard: (string | undefined)[];
let flows: Flow[];
let streams: StreamSocket[];

async function open(options: Partial<TransportLayerOptions> = {}): Promise<void> {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
  ledger = new Ledger();
  log = new MemoryLog();
  heard = [];
  flows = [];
  streams = [];
  const random = new SeededRandom(5);
  layer = new TransportLayer({ network: network.host(OURS.address), clock, random, log, ledger, ...options });
  layer.user = {
    onMessage(message, flow) {
      heard.push(message.value('Call-ID'));
      flows.push(flow);
    },
  };
  await layer.listen({ transport: 'tcp', endpoint: OURS });
}

interface Peer {
  readonly stream: StreamSocket;
  text: string;
  closed: TransportFailure | undefined;
}

/** Somebody who connects to us. */
function peer(address = THEIRS.address): Peer {
  const made: { text: string; closed: TransportFailure | undefined } = { text: '', closed: undefined };
  const stream = network.host(address).connectTcp(undefined, OURS, {
    onOctets: (octets) => {
      made.text += octets.toString('latin1');
    },
    onEnded: () => stream.end(),
    onClosed: (why) => {
      made.closed = why;
    },
  });
  clock.advance(0);
  return Object.assign(made, { stream });
}

/** Somebody whom we may connect to, who says nothing and keeps what comes. */
async function listener(): Promise<void> {
  const ignore = (): void => {};
  const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
  const onConnection = (stream: StreamSocket): typeof user => {
    streams.push(stream);
    return user;
  };
  await network.host(THEIRS.address).listenTcp(THEIRS, { onConnection, onFailure: ignore });
}

function write(to: Peer, text: string): void {
  to.stream.write(Buffer.from(text, 'latin1'));
  clock.advance(0);
}

function flowToPeer(): { flow: Flow; told: TransportFailure[] } {
  const flow = layer.flowTo({ transport: 'tcp', endpoint: THEIRS });
  const told: TransportFailure[] = [];
  flow.onClose((why) => told.push(why));
  return { flow, told };
}

beforeEach(() => open());

afterEach(async () => {
  const closed = layer.close();
  clock.advance(CONNECTION_LIMITS.linger);
  await closed;
  expect(ledger.leftovers()).toEqual([]);
});

describe('time-outs of a connection', () => {
  test('one that never says anything is closed', () => {
    const silent = peer();
    clock.advance(CONNECTION_LIMITS.firstMessage - 1);
    expect(silent.closed).toBeUndefined();
    clock.advance(1);
    expect(silent.closed).toBeDefined();
    expect(log.lines.at(-1)).toMatchObject({ event: 'transport.connection-gone', fields: { detail: 'no message' } });
    expect(layer.counters.connectionsTimedOut).toBe(1);
  });

  test('half a message must be whole in time, however it trickles', () => {
    const slow = peer();
    write(slow, MESSAGE);
    clock.advance(60_000);
    for (const octet of MESSAGE.slice(0, 20)) {
      write(slow, octet);
      clock.advance(499);
    }
    expect(slow.closed).toBeUndefined();
    clock.advance(20);
    expect(slow.closed).toBeDefined();
    expect(heard).toEqual(['c']);
  });

  test('a whole message in between begins the time anew', () => {
    const slow = peer();
    for (let i = 0; i < 5; i++) {
      write(slow, MESSAGE.slice(0, 10));
      clock.advance(CONNECTION_LIMITS.halfMessage - 1);
      write(slow, MESSAGE.slice(10));
    }
    expect(heard.length).toBe(5);
    clock.advance(CONNECTION_LIMITS.idle - 1);
    expect(slow.closed).toBeUndefined();
  });

  test('so it does when the next message begins in the same segment', () => {
    const slow = peer();
    write(slow, MESSAGE.slice(0, 10));
    for (let i = 0; i < 5; i++) {
      clock.advance(CONNECTION_LIMITS.halfMessage - 1);
      write(slow, MESSAGE.slice(10) + MESSAGE.slice(0, 10));
    }
    expect(heard.length).toBe(5);
    clock.advance(CONNECTION_LIMITS.halfMessage);
    expect(slow.closed).toBeDefined();
  });

  test('a body that never comes whole ends in a closed connection (RFC 4475 §3.1.2.3)', () => {
    const liar = peer();
    write(liar, 'INVITE sip:a SIP/2.0\r\nContent-Length: 9999\r\n\r\nv=0\r\n');
    clock.advance(CONNECTION_LIMITS.halfMessage);
    expect(liar.closed).toBeDefined();
    expect(heard).toEqual([]);
  });

  test('idle time counts from the last thing said or sent', () => {
    const quiet = peer();
    write(quiet, MESSAGE);
    clock.advance(CONNECTION_LIMITS.idle - 1);
    write(quiet, '\r\n\r\n');
    clock.advance(CONNECTION_LIMITS.idle - 1);
    flows[0]!.send(Buffer.from('x'));
    clock.advance(CONNECTION_LIMITS.idle - 1);
    expect(quiet.closed).toBeUndefined();
    clock.advance(1);
    expect(quiet.closed).toEqual({ code: 'closed' });
  });

  test('one that only pings, or says what nobody can read, says nothing', () => {
    const pinger = peer();
    const vandal = peer();
    write(vandal, 'SIP/2.0 nonsense\r\nContent-Length: 0\r\n\r\n');
    for (let i = 0; i < 4; i++) {
      write(pinger, '\r\n\r\n');
      clock.advance(CONNECTION_LIMITS.firstMessage / 4);
    }
    expect(pinger.text).toBe('\r\n'.repeat(4));
    expect(layer.counters).toMatchObject({ malformed: 1, connectionsTimedOut: 2 });
    expect([pinger.closed, vandal.closed]).not.toContain(undefined);
  });

  test('nobody answers: connecting is given up', async () => {
    await listener();
    network.vanish(THEIRS.address);
    const { flow, told } = flowToPeer();
    const failed: TransportFailure[] = [];
    flow.send(Buffer.from(MESSAGE), (why) => failed.push(why));
    clock.advance(CONNECTION_LIMITS.connect);
    expect(told).toEqual([{ code: 'timeout', detail: 'connecting' }]);
    expect(failed.length).toBe(1);
    expect(flow.open).toBe(false);
  });
});

describe('a peer that does not read', () => {
  test('fills the queue up to its bound, and is given up when it takes nothing', async () => {
    await listener();
    network.stall(THEIRS);
    const { flow, told } = flowToPeer();
    const failed: string[] = [];
    for (let i = 0; i < 20; i++) flow.send(Buffer.alloc(60_000), ({ code }) => failed.push(code));
    expect(failed).toEqual(['overflow', 'overflow', 'overflow']);
    clock.advance(CONNECTION_LIMITS.stalled - 1);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([{ code: 'timeout', detail: 'not reading' }]);
    expect(failed.length).toBe(20);
  });

  test('is given up in the same time when we go on sending', async () => {
    await listener();
    const { flow, told } = flowToPeer();
    clock.advance(0);
    network.stall(THEIRS);
    for (let i = 0; i < 10; i++) {
      flow.send(Buffer.alloc(100));
      clock.advance(CONNECTION_LIMITS.stalled / 10);
    }
    expect(told).toEqual([{ code: 'timeout', detail: 'not reading' }]);
  });

  test('one that is merely slow is not', async () => {
    await listener();
    const { flow, told } = flowToPeer();
    clock.advance(0);
    network.stall(THEIRS);
    for (let i = 0; i < 5; i++) {
      flow.send(Buffer.alloc(1_000));
      clock.advance(CONNECTION_LIMITS.stalled - 10);
      network.resume(THEIRS);
      network.stall(THEIRS);
    }
    network.resume(THEIRS);
    clock.advance(CONNECTION_LIMITS.stalled * 2);
    expect(told).toEqual([]);
    expect(flow.open).toBe(true);
  });
});

describe('keep-alives of RFC 5626 §3.5.1', () => {
  test('a ping is answered wherever it is cut', () => {
    for (let at = 1; at < 4; at++) {
      const pinger = peer();
      write(pinger, '\r\n\r\n'.slice(0, at));
      expect(pinger.text).toBe('');
      write(pinger, '\r\n\r\n'.slice(at));
      expect(pinger.text).toBe('\r\n');
      write(pinger, MESSAGE);
      expect(heard.length).toBe(at);
    }
  });

  test('a CRLF before or behind a message is no half of a ping', () => {
    const stray = peer();
    write(stray, `\r\n${MESSAGE}\r\n${MESSAGE}`);
    expect(stray.text).toBe('');
    expect(heard.length).toBe(2);
  });

  test('the answer to our ping is not taken for a ping', () => {
    const phone = peer();
    write(phone, MESSAGE);
    for (let i = 0; i < 4; i++) {
      flows[0]!.send(Buffer.from('\r\n\r\n'));
      clock.advance(0);
      write(phone, '\r\n');
    }
    expect(phone.text).toBe('\r\n\r\n'.repeat(4));
  });
});

describe('bounds', () => {
  test('connections of one source, and of all', async () => {
    await layer.close();
    await open({ bounds: { perSource: 2, total: 3 } });
    const of = (address: string): Peer => peer(address);
    const first = [of('198.51.100.1'), of('198.51.100.1'), of('198.51.100.1')];
    expect(first.map(({ closed }) => closed !== undefined)).toEqual([false, false, true]);
    const others = [of('198.51.100.2'), of('198.51.100.3')];
    expect(others.map(({ closed }) => closed !== undefined)).toEqual([false, true]);
    expect(layer.counters.connectionsOverLimit).toBe(2);
    expect(log.events.filter((event) => event === 'transport.too-many-connections').length).toBe(2);
    first[0]!.stream.destroy();
    clock.advance(0);
    expect(of('198.51.100.1').closed).toBeUndefined();
  });

  test('a whole IPv6 /64 is one source', async () => {
    await layer.close();
    await open({ bounds: { perSource: 1 } });
    await layer.listen({ transport: 'tcp', endpoint: { address: '::', port: 5060 } }).catch(() => {});
    const ours = { address: '2001:db8:f::1', port: 5060 };
    const six = new TransportLayer({
      network,
      clock,
      random: new SeededRandom(1),
      log,
      ledger,
      bounds: { perSource: 1 },
    });
    await six.listen({ transport: 'tcp', endpoint: ours });
    const closed: unknown[] = [];
    for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) {
      network.connectTcp(address, ours, {
        onOctets: () => {},
        onEnded: () => {},
        onClosed: () => closed.push(address),
      });
    }
    clock.advance(0);
    expect(closed).toEqual(['2001:db8::2']);
    const done = six.close();
    clock.advance(CONNECTION_LIMITS.linger);
    await done;
  });

  test('a connection of ours beyond the bound fails at once', async () => {
    await layer.close();
    await open({ bounds: { total: 0 } });
    const failed: string[] = [];
    layer.flowTo({ transport: 'tcp', endpoint: THEIRS }).send(Buffer.from('x'), ({ code }) => failed.push(code));
    expect(failed).toEqual(['overflow']);
  });
});

test('a connection that is on its way out is not used again', async () => {
  await listener();
  const { flow } = flowToPeer();
  flow.send(Buffer.from(MESSAGE));
  clock.advance(0);
  network.vanish(THEIRS.address);
  clock.advance(CONNECTION_LIMITS.idle);
  expect(flow.open).toBe(false);
  expect(ledger.counts().connections).toBe(1);
  network.comeBack(THEIRS.address);
  const next = flowToPeer().flow;
  expect(next.id).not.toBe(flow.id);
  expect(next.open).toBe(true);
});

test('who is no longer admitted loses the connection at the next message', async () => {
  await layer.close();
  let admitted = true;
  await open({ admit: () => admitted });
  const guest = peer();
  write(guest, MESSAGE);
  admitted = false;
  write(guest, MESSAGE);
  expect(heard).toEqual(['c']);
  expect(guest.closed).toBeDefined();
});

test('nor is such a one told what is wrong with a stream', async () => {
  await layer.close();
  let admitted = true;
  await open({ admit: () => admitted });
  const guest = peer();
  write(guest, MESSAGE);
  admitted = false;
  write(guest, MESSAGE.replace(/Call-ID.*$/s, 'Via: SIP/2.0/TCP a;branch=z9hG4bKa\r\n\r\n'));
  expect(guest.text).toBe('');
  expect(layer.counters).toMatchObject({ refused: 1, unframed: 1 });
  expect(guest.closed).toBeDefined();
});

test('a message that closes its own connection is the last one heard on it', () => {
  layer.user = {
    onMessage(message, flow) {
      heard.push(message.value('Call-ID'));
      if ('end' in flow && typeof flow.end === 'function') flow.end();
    },
  };
  const guest = peer();
  write(guest, MESSAGE + MESSAGE);
  expect(heard).toEqual(['c']);
});

test('a watcher that throws keeps nobody else from hearing', () => {
  const guest = peer();
  write(guest, MESSAGE);
  const told: string[] = [];
  flows[0]!.onClose(() => {
    throw new Error('a bug');
  });
  flows[0]!.onClose(({ code }) => told.push(code));
  guest.stream.destroy();
  clock.advance(0);
  expect(told).toEqual(['closed']);
  expect(layer.counters.handlerFaults).toBe(1);
});

test('close lets a connection send what it holds, and does not wait for ever', async () => {
  await listener();
  const { flow } = flowToPeer();
  clock.advance(0);
  network.stall(THEIRS);
  flow.send(Buffer.from(MESSAGE));
  let closed = false;
  const closing = layer.close().then(() => {
    closed = true;
  });
  clock.advance(CONNECTION_LIMITS.linger - 1);
  await Promise.resolve();
  expect(closed).toBe(false);
  network.resume(THEIRS);
  clock.advance(0);
  expect(network.sent('OPTIONS').length).toBe(1);
  clock.advance(1);
  await closing;
  expect(closed).toBe(true);
});

test('close does not wait for a connection that is not up yet', async () => {
  await listener();
  network.vanish(THEIRS.address);
  flowToPeer();
  const closing = layer.close();
  clock.advance(0);
  await closing;
  expect(ledger.leftovers()).toEqual([]);
});

test('streams cut anywhere bring the same messages', () => {
  const many = peer();
  network.cut = (octets) => [...octets].map((octet) => Buffer.from([octet]));
  write(many, MESSAGE.repeat(5));
  expect(heard.length).toBe(5);
});
