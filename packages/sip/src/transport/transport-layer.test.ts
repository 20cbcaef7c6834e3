import { type Endpoint, Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SipRequest } from '../message/message.ts';
import { writeResponseTo } from '../message/write-response-to.ts';
import { MemoryNetwork } from '../testing/memory-network.ts';
import type { Flow, TransportName } from './flow.ts';
import type { DatagramSocket } from './network.ts';
import { TransportLayer, type TransportLayerOptions } from './transport-layer.ts';

const OURS = '192.0.2.1';
const THEIRS: Endpoint = { address: '198.51.100.9', port: 5070 };

let clock: FakeClock;
let network: MemoryNetwork;
let log: MemoryLog;
let layer: TransportLayer;
let heard: { request: SipRequest; flow: Flow }[];
let peer: DatagramSocket;

async function make(options: Partial<TransportLayerOptions> = {}): Promise<void> {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
  log = new MemoryLog();
  heard = [];
  const host = network.host(OURS, '2001:db8::1', '127.0.0.1');
  const random = new SeededRandom(9);
  layer = new TransportLayer({ network: host, clock, random, log, ledger: new Ledger(), ...options });
  layer.user = {
    onMessage(message, flow) {
      if (message.kind === 'request') heard.push({ request: message, flow });
    },
  };
  peer = await network.host(THEIRS.address).bindUdp(THEIRS, { onDatagram: () => {}, onFailure: () => {} });
}

function listen(transport: TransportName, address: string, port = 5060) {
  return layer.listen({ transport, endpoint: { address, port } });
}

function inject(octets: string, to: Endpoint = { address: OURS, port: 5060 }): void {
  peer.send(Buffer.from(octets, 'latin1'), to);
  clock.advance(0);
}

function options(via: string): string {
  const rest = 'From: <sip:a@a>;tag=a\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n';
  return `OPTIONS sip:a SIP/2.0\r\nVia: ${via}\r\n${rest}`;
}

function answer(): void {
  const { request, flow } = heard.at(-1)!;
  if (!request.topVia.ok) throw new Error('no Via');
  layer.sendResponse(writeResponseTo(request, flow.observed, { status: 200 }), request.topVia.value, flow);
  clock.advance(0);
}

beforeEach(() => make());

describe('what we call ourselves', () => {
  test('the address that we are bound to', async () => {
    await listen('udp', OURS);
    const flow = layer.flowTo({ transport: 'udp', endpoint: THEIRS });
    expect(layer.sentBy(flow)).toEqual({ host: OURS, port: 5060 });
  });

  test('behind the wildcard, the address that the peer sees', async () => {
    await listen('udp', '0.0.0.0');
    await listen('tcp', '0.0.0.0');
    inject(options('SIP/2.0/UDP x;branch=z9hG4bK1'));
    expect(layer.sentBy(heard[0]!.flow)).toEqual({ host: OURS, port: 5060 });
    const connecting = layer.flowTo({ transport: 'tcp', endpoint: THEIRS });
    expect(layer.sentBy(connecting)).toEqual({ host: OURS, port: 5060 });
  });

  test('on a connection that we made, the port where we listen and not the one it left from', async () => {
    await listen('tcp', OURS, 5066);
    await network.host(THEIRS.address).listenTcp(THEIRS, {
      onConnection: () => ({ onOctets: () => {}, onEnded: () => {}, onClosed: () => {} }),
      onFailure: () => {},
    });
    const flow = layer.flowTo({ transport: 'tcp', endpoint: THEIRS });
    clock.advance(0);
    expect(flow.bound.port).not.toBe(5066);
    expect(layer.sentBy(flow)).toEqual({ host: OURS, port: 5066 });
  });

  test('a connection leaves from the address that we listen on, but to ourselves from the loopback', async () => {
    await listen('tcp', OURS);
    const to = (address: string): Flow => layer.flowTo({ transport: 'tcp', endpoint: { address, port: 5060 } });
    expect(to(THEIRS.address).bound.address).toBe(OURS);
    expect(to('127.0.0.1').bound.address).toBe('127.0.0.1');
  });

  test('what the settings advertise wins, and they are told our own', async () => {
    await make({
      sentBy: (flow, bound) =>
        flow.observed.address === '127.0.0.1' ? bound : { host: 'pbx.example.com', port: 5061 },
    });
    await listen('udp', '0.0.0.0');
    const to = (address: string): Flow => layer.flowTo({ transport: 'udp', endpoint: { address, port: 5060 } });
    expect(layer.sentBy(to(THEIRS.address))).toEqual({ host: 'pbx.example.com', port: 5061 });
    expect(layer.sentBy(to('127.0.0.1'))).toEqual({ host: '127.0.0.1', port: 5060 });
  });
});

describe('with several listeners a peer is spoken to from the one that fits', () => {
  beforeEach(async () => {
    await listen('udp', '127.0.0.1', 5080);
    await listen('udp', '2001:db8::1', 5081);
    await listen('udp', OURS, 5082);
  });

  test.each([
    ['198.51.100.9', 5082],
    ['127.0.0.1', 5080],
    ['2001:db8::99', 5081],
  ])('%s from port %d', (address, port) => {
    expect(layer.flowTo({ transport: 'udp', endpoint: { address, port: 5060 } }).bound.port).toBe(port);
  });

  test('or from the one that is named', () => {
    const listener = layer.listeners[0]!;
    expect(layer.flowTo({ transport: 'udp', endpoint: THEIRS, listener }).bound.port).toBe(5080);
  });

  test('a response leaves from where the request came to', async () => {
    inject(options('SIP/2.0/UDP x:5070;branch=z9hG4bK1'), { address: OURS, port: 5082 });
    answer();
    expect(network.sent('200 OPTIONS')[0]!.from).toEqual({ address: OURS, port: 5082 });
  });

  test('a listener that is closed is gone, its flows with it, and its port can be had again', async () => {
    const flow = layer.flowTo({ transport: 'udp', endpoint: THEIRS });
    const { id } = flow;
    await layer.listeners.find(({ endpoint }) => endpoint.port === 5082)!.close();
    expect(layer.listeners.length).toBe(2);
    expect(flow.open).toBe(false);
    expect(layer.flowById(id)).toBeUndefined();
    await listen('udp', OURS, 5082);
    expect(layer.flowById(id)?.open).toBe(true);
  });
});

test('a response goes to whoever asked, also when the Via names another (maddr)', async () => {
  await listen('udp', OURS);
  inject(options('SIP/2.0/UDP x:5077;maddr=203.0.113.66;branch=z9hG4bK1;rport'));
  answer();
  expect(network.sent('200 OPTIONS')[0]!.to).toEqual(THEIRS);
});

test('a response whose connection breaks under it goes over another (RFC 3261 §18.2.2)', async () => {
  await listen('tcp', OURS);
  const ignore = (): void => {};
  const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
  await network.host(THEIRS.address).listenTcp(THEIRS, { onConnection: () => user, onFailure: ignore });
  const stream = network.host(THEIRS.address).connectTcp(undefined, { address: OURS, port: 5060 }, user);
  stream.write(Buffer.from(options('SIP/2.0/TCP x:5070;branch=z9hG4bK1')));
  clock.advance(0);
  network.vanish(THEIRS.address);
  network.stall(stream.bound);
  answer();
  network.comeBack(THEIRS.address);
  network.breakStreams(OURS);
  clock.advance(0);
  expect(network.sent('200 OPTIONS').map(({ to }) => to)).toEqual([THEIRS]);
});

test('a response that finds the queue full is a failure, not a reason for another connection', async () => {
  await listen('tcp', OURS);
  const ignore = (): void => {};
  const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
  const stream = network.host(THEIRS.address).connectTcp(undefined, { address: OURS, port: 5060 }, user);
  stream.write(Buffer.from(options('SIP/2.0/TCP x:5070;branch=z9hG4bK1')));
  clock.advance(0);
  network.stall(stream.bound);
  const { request, flow } = heard[0]!;
  if (!request.topVia.ok) throw new Error('no Via');
  const failures: string[] = [];
  for (let i = 0; i < 2; i++) {
    const octets = Buffer.alloc(600_000);
    layer.sendResponse(octets, request.topVia.value, flow, ({ code }) => failures.push(code));
  }
  expect(failures).toEqual(['overflow']);
  expect(layer.counters.connectionsMade).toBe(0);
});

test.each([
  ['an ACK', 'ACK sip:a SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bK1\r\n\r\n'],
  ['a response', 'SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP x;branch=z9hG4bK1\r\n\r\n'],
  ['what has no Via', 'OPTIONS sip:a SIP/2.0\r\nCall-ID: c\r\n\r\n'],
  ['what is no SIP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
])('%s without Content-Length ends its stream without an answer', async (_, text) => {
  await listen('tcp', OURS);
  let closed = false;
  const stream = network.host(THEIRS.address).connectTcp(
    undefined,
    { address: OURS, port: 5060 },
    {
      onOctets: () => {},
      onEnded: () => stream.end(),
      onClosed: () => {
        closed = true;
      },
    },
  );
  stream.write(Buffer.from(text));
  clock.advance(0);
  expect(closed).toBe(true);
  expect(network.wire.filter(({ from }) => from.address === OURS)).toEqual([]);
  expect(layer.counters.unframed).toBe(1);
});

test('a stream whose message is too large is told so', async () => {
  await listen('tcp', OURS);
  const ignore = (): void => {};
  const user = { onOctets: ignore, onEnded: ignore, onClosed: ignore };
  const stream = network.host(THEIRS.address).connectTcp(undefined, { address: OURS, port: 5060 }, user);
  stream.write(Buffer.from(options('SIP/2.0/TCP x;branch=z9hG4bK1').replace('Length: 0', 'Length: 70000')));
  clock.advance(0);
  expect(network.sent('513 OPTIONS').length).toBe(1);
});

test('what is no SIP costs one log line a second for each source', async () => {
  await listen('udp', OURS);
  for (let i = 0; i < 20; i++) inject('nonsense');
  expect(layer.counters.malformed).toBe(20);
  expect(log.events).toEqual(['transport.malformed']);
  clock.advance(1_000);
  inject('nonsense');
  expect(log.events.length).toBe(2);
});

test('a stateless tag is the same for the same request, and differs from layer to layer', async () => {
  await listen('udp', OURS);
  inject(options('SIP/2.0/UDP x;branch=z9hG4bK1'));
  inject(options('SIP/2.0/UDP x;branch=z9hG4bK1'));
  inject(options('SIP/2.0/UDP x;branch=z9hG4bK2'));
  const [first, again, other] = heard.map(({ request }) => layer.statelessTag(request));
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  const random = new SeededRandom(10);
  const elsewhere = new TransportLayer({ network, clock, random, log, ledger: new Ledger() });
  expect(elsewhere.statelessTag(heard[0]!.request)).not.toBe(first);
});

describe('who may talk to us', () => {
  const ignore = (): void => {};

  /** Connects, and says whether the connection is gone. */
  function connectFrom(address: string): { gone: boolean; write(text: string): void } {
    const end = { gone: false, write: (text: string) => stream.write(Buffer.from(text)) };
    const user = {
      onOctets: ignore,
      onEnded: () => stream.end(),
      onClosed: () => {
        end.gone = true;
      },
    };
    const stream = network.host(address).connectTcp(undefined, { address: OURS, port: 5060 }, user);
    clock.advance(0);
    return end;
  }

  test('is asked with the octets of each datagram, before anything is read of it', async () => {
    const asked: [string, number, string, string | undefined][] = [];
    await make({
      admit: ({ address, port }, transport, octets) => {
        asked.push([address, port, transport, octets?.toString('latin1')]);
        return octets?.includes('welcome') === true;
      },
    });
    await listen('udp', OURS);
    for (const text of ['nonsense', '\r\n\r\n', '', options('SIP/2.0/UDP x;branch=z9hG4bK1')]) {
      inject(text);
      expect(asked.at(-1)).toEqual([THEIRS.address, THEIRS.port, 'udp', text]);
    }
    expect(layer.counters).toMatchObject({ refused: 4, received: 0, malformed: 0, keepAlives: 0 });
    expect(log.events).toEqual([]);
    inject(options('SIP/2.0/UDP welcome;branch=z9hG4bK1'));
    expect(heard).toHaveLength(1);
    expect(network.wire.filter(({ from }) => from.address === OURS)).toEqual([]);
  });

  test('is asked without octets when somebody connects, and with those of each whole message', async () => {
    const asked: (string | undefined)[] = [];
    await make({ admit: (_observed, _transport, octets) => asked.push(octets?.toString('latin1')) > 0 });
    await listen('tcp', OURS);
    const text = options('SIP/2.0/TCP x;branch=z9hG4bK1');
    const guest = connectFrom(THEIRS.address);
    expect(asked).toEqual([undefined]);
    guest.write(text.slice(0, 50));
    clock.advance(0);
    guest.write(`${text.slice(50)}\r\n\r\n${text}`);
    clock.advance(0);
    expect(asked).toEqual([undefined, text, text]);
    expect(heard).toHaveLength(2);
  });

  test('a connection that may not be is reset when it is made, and has no flow', async () => {
    await make({ admit: ({ address }) => address !== THEIRS.address });
    await listen('tcp', OURS);
    const [refused, taken] = [connectFrom(THEIRS.address), connectFrom('198.51.100.10')];
    expect([refused.gone, taken.gone]).toEqual([true, false]);
    expect(layer.counters).toMatchObject({ refused: 1, connectionsAccepted: 1 });
  });

  test('connections can be torn down by their far ends, and those who watch them are told', async () => {
    await make();
    await listen('udp', OURS);
    await listen('tcp', OURS);
    const guests = ['198.51.100.10', '198.51.100.10', '198.51.100.11'].map(connectFrom);
    for (const guest of guests) guest.write(options('SIP/2.0/TCP x;branch=z9hG4bK1'));
    inject(options('SIP/2.0/UDP x;branch=z9hG4bK1'));
    const told: string[] = [];
    for (const { flow } of heard) flow.onClose(({ code }) => told.push(`${flow.observed.address} ${code}`));
    const looked: string[] = [];
    const dropped = layer.dropFlows(({ address }) => {
      looked.push(address);
      return address === '198.51.100.10' || address === THEIRS.address;
    });
    clock.advance(0);
    expect(dropped).toBe(2);
    expect(looked.sort()).toEqual(['198.51.100.10', '198.51.100.10', '198.51.100.11']);
    expect(guests.map(({ gone }) => gone)).toEqual([true, true, false]);
    expect(told).toEqual(['198.51.100.10 closed', '198.51.100.10 closed']);
    expect(heard.map(({ flow }) => flow.open)).toEqual([false, false, true, true]);
    expect(layer.dropFlows(() => false)).toBe(0);
    clock.advance(10_000);
    expect(layer.dropFlows(() => true)).toBe(1);
  });
});
