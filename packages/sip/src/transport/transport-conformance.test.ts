import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, type Endpoint, Ledger, SILENT, SystemClock, SystemRandom } from '@vats/kernel';
import { FakeClock } from '@vats/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SipMessage } from '../message/message.ts';
import { writeRequest } from '../message/write-message.ts';
import { writeResponseTo } from '../message/write-response-to.ts';
import { MemoryNetwork } from '../testing/memory-network.ts';
import type { TransportFailure } from './failure.ts';
import { type Flow, KEEP_ALIVE, type TransportName } from './flow.ts';
import type { DatagramSocket, Network, StreamSocket } from './network.ts';
import { SystemNetwork } from './system-network.ts';
import type { Listener } from './transport.ts';
import { TransportLayer, type TransportLayerOptions } from './transport-layer.ts';

/** What differs between the networks that must all behave alike. */
interface Ground {
  readonly network: Network;
  readonly clock: Clock;
  readonly address: string;
  readonly transport: TransportName;
  /** Lets everything that is on its way arrive, until `done` says yes. */
  until(done: () => boolean): Promise<void>;
}

function onMemory(transport: TransportName, address: string): Ground {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock);
  const until = async (done: () => boolean): Promise<void> => {
    for (let i = 0; i < 1_000 && !done(); i++) {
      clock.advance(1);
      await Promise.resolve();
    }
    if (!done()) throw new Error('it did not come to pass');
  };
  return { network, clock, address, transport, until };
}

function onSystem(transport: TransportName, address: string): Ground {
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await nextTurn(); // the test's own time-out is the limit
  };
  return { network: new SystemNetwork(), clock: new SystemClock(), address, transport, until };
}

const GROUNDS: [string, () => Ground][] = [
  ['UDP in memory', () => onMemory('udp', '192.0.2.1')],
  ['TCP in memory', () => onMemory('tcp', '192.0.2.1')],
  ['UDP in memory, IPv6', () => onMemory('udp', '2001:db8::1')],
  ['UDP over IPv4', () => onSystem('udp', '127.0.0.1')],
  ['UDP over IPv6', () => onSystem('udp', '::1')],
  ['TCP over IPv4', () => onSystem('tcp', '127.0.0.1')],
  ['TCP over IPv6', () => onSystem('tcp', '::1')],
];

/** One end: a layer with one listener, and what it heard. */
class End {
  readonly ledger = new Ledger();
  readonly layer: TransportLayer;
  readonly heard: { message: SipMessage; flow: Flow }[] = [];
  listener!: Listener;
  readonly #ground: Ground;

  constructor(ground: Ground, options: Partial<TransportLayerOptions> = {}) {
    const { network, clock } = ground;
    this.#ground = ground;
    this.layer = new TransportLayer({
      network,
      clock,
      random: new SystemRandom(),
      log: SILENT,
      ledger: this.ledger,
      ...options,
    });
    this.layer.user = { onMessage: (message, flow) => void this.heard.push({ message, flow }) };
  }

  async listen(): Promise<this> {
    const { transport, address } = this.#ground;
    this.listener = await this.layer.listen({ transport, endpoint: { address, port: 0 } });
    return this;
  }

  get endpoint(): Endpoint {
    return this.listener.endpoint;
  }

  flowTo(endpoint: Endpoint): Flow {
    return this.layer.flowTo({ transport: this.#ground.transport, endpoint });
  }

  /** A request as this end would send it on the flow. */
  request(flow: Flow, callId: string, body = ''): Buffer {
    const { host, port } = this.layer.sentBy(flow);
    const literal = host.includes(':') ? `[${host}]` : host;
    const sentBy = `SIP/2.0/${flow.transport.toUpperCase()} ${literal}:${port};branch=z9hG4bK${callId};rport`;
    return writeRequest({
      method: 'OPTIONS',
      uri: 'sip:example.com',
      headers: [
        ['Via', sentBy],
        ['From', '<sip:a@example.com>;tag=a'],
        ['To', '<sip:b@example.com>'],
        ['Call-ID', callId],
        ['CSeq', '1 OPTIONS'],
      ],
      body: Buffer.from(body),
    });
  }

  /** Answers the request heard as number `index` with 200. */
  answer(index: number, failed?: (failure: TransportFailure) => void): void {
    const { message, flow } = this.heard[index]!;
    if (message.kind !== 'request' || !message.topVia.ok) throw new Error('no request');
    const octets = writeResponseTo(message, flow.observed, { status: 200, toTag: 'b' });
    this.layer.sendResponse(octets, message.topVia.value, flow, failed);
  }

  callIds(): (string | undefined)[] {
    return this.heard.map(({ message }) => message.value('Call-ID'));
  }
}

describe.each(GROUNDS)('%s', (_, makeGround) => {
  let ground: Ground;
  let here: End;
  let there: End;
  const closers: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    ground = makeGround();
    here = await new End(ground).listen();
    there = await new End(ground).listen();
  });

  afterEach(async () => {
    let closed = false;
    const all = [here.layer, there.layer].map((layer) => layer.close());
    const others = closers.splice(0).map((close) => close());
    void Promise.all([...all, ...others]).then(() => {
      closed = true;
    });
    await ground.until(() => closed);
    expect([...here.ledger.leftovers(), ...there.ledger.leftovers()]).toEqual([]);
    if (ground.network instanceof MemoryNetwork) expect(ground.network.leftovers()).toEqual([]);
  });

  /** A peer without a stack: it writes and keeps what comes. */
  async function rawPeer(to: Endpoint): Promise<{ send(text: string): void; text(): string; closed(): boolean }> {
    let text = '';
    let closed = false;
    if (ground.transport === 'tcp') {
      const stream: StreamSocket = ground.network.connectTcp(ground.address, to, {
        onOctets: (octets) => {
          text += octets.toString('latin1');
        },
        onEnded: () => stream.end(),
        onClosed: () => {
          closed = true;
        },
      });
      closers.push(async () => stream.destroy());
      return { send: (data) => stream.write(Buffer.from(data, 'latin1')), text: () => text, closed: () => closed };
    }
    const socket: DatagramSocket = await ground.network.bindUdp(
      { address: ground.address, port: 0 },
      {
        onDatagram: (octets) => {
          text += octets.toString('latin1');
        },
        onFailure: () => {},
      },
    );
    closers.push(() => socket.close());
    return { send: (data) => socket.send(Buffer.from(data, 'latin1'), to), text: () => text, closed: () => closed };
  }

  test('a request arrives whole, with the endpoint that it came from', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one', 'body'));
    await ground.until(() => there.heard.length === 1);
    const { message, flow: arrivedOn } = there.heard[0]!;
    expect(message.kind === 'request' && message.method).toBe('OPTIONS');
    expect(message.body.toString()).toBe('body');
    expect(arrivedOn.bound).toEqual(there.endpoint);
    expect(arrivedOn.observed.address).toBe(ground.address);
    if (ground.transport === 'udp') expect(arrivedOn.observed).toEqual(here.endpoint);
    expect(message.topVia.ok && message.topVia.value.port).toBe(here.endpoint.port);
  });

  test('its response comes back on the same flow', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.heard.length === 1);
    there.answer(0);
    await ground.until(() => here.heard.length === 1);
    const { message, flow: cameOn } = here.heard[0]!;
    expect(message.kind === 'response' && message.status).toBe(200);
    expect(cameOn.id).toBe(flow.id);
  });

  test('messages of many sizes come as they were sent', async () => {
    const flow = here.flowTo(there.endpoint);
    const bodies = [0, 1, 1_300, 20_000, 60_000].map((length) => 'x'.repeat(length));
    for (const [i, body] of bodies.entries()) flow.send(here.request(flow, `size${i}`, body));
    await ground.until(() => there.heard.length === bodies.length);
    expect(there.heard.map(({ message }) => message.body.toString())).toEqual(bodies);
  });

  test('a flow is found again by its id, as long as it can be used', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.heard.length === 1);
    const { id } = there.heard[0]!.flow;
    expect(here.flowTo(there.endpoint).id).toBe(flow.id);
    there.layer.flowById(id)!.send(there.request(there.heard[0]!.flow, 'back'));
    await ground.until(() => here.heard.length === 1);
    expect(here.callIds()).toEqual(['back']);
    for (const wrong of ['', 'none', 'udp', 'udp/x/y', 'tcp/x', 'ws/x', `${id}0`.replace('/', '-')]) {
      expect(there.layer.flowById(wrong)).toBeUndefined();
    }
  });

  test('keep-alives reach nobody above, and a ping on a stream is answered (RFC 5626 §3.5.1)', async () => {
    const peer = await rawPeer(there.endpoint);
    peer.send('\r\n\r\n');
    await ground.until(() => there.layer.counters.keepAlives > 0);
    if (ground.transport === 'tcp') await ground.until(() => peer.text() === '\r\n');
    peer.send('OPTIONS sip:a SIP/2.0\r\nCall-ID: after\r\nContent-Length: 0\r\n\r\n');
    await ground.until(() => there.heard.length === 1);
    expect(there.callIds()).toEqual(['after']);
    expect(there.layer.counters.malformed).toBe(0);
    expect(peer.text()).toBe(ground.transport === 'tcp' ? '\r\n' : '');
  });

  test('a ping of ours is no message at the other end', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(KEEP_ALIVE);
    flow.send(here.request(flow, 'after'));
    await ground.until(() => there.heard.length === 1);
    expect(there.layer.counters.keepAlives).toBeGreaterThan(0);
    there.answer(0);
    await ground.until(() => here.heard.length === 1);
    expect(here.layer.counters.malformed + here.layer.counters.unframed).toBe(0);
  });

  test('what is no SIP is counted and harms nobody', async () => {
    const vandal = await rawPeer(there.endpoint);
    vandal.send('GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n');
    vandal.send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n');
    const { counters } = there.layer;
    await ground.until(() => counters.malformed + counters.unframed === 2);
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'good'));
    await ground.until(() => there.heard.length === 1);
    expect(there.callIds()).toEqual(['good']);
    expect(counters.handlerFaults).toBe(0);
    if (ground.transport === 'tcp') await ground.until(() => vandal.closed());
  });

  test('a handler that throws costs one message', async () => {
    const { user } = there.layer;
    there.layer.user = {
      onMessage() {
        throw new Error('a bug');
      },
    };
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.layer.counters.handlerFaults === 1);
    there.layer.user = user;
    flow.send(here.request(flow, 'two'));
    await ground.until(() => there.heard.length === 1);
    expect(there.callIds()).toEqual(['two']);
  });

  test('a response whose connection or port moved on still finds the sender', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.heard.length === 1);
    if (ground.transport === 'tcp') {
      let gone = false;
      there.heard[0]!.flow.onClose(() => {
        gone = true;
      });
      const peer = here.layer.flowById(flow.id);
      expect(peer).toBe(flow);
      closeFlow(flow);
      await ground.until(() => gone);
      expect(there.heard[0]!.flow.open).toBe(false);
      expect(there.layer.flowById(there.heard[0]!.flow.id)).toBeUndefined();
    }
    there.answer(0);
    await ground.until(() => here.heard.length === 1);
  });

  test('a send on a flow that is closed fails, and its watchers hear of it once', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.heard.length === 1);
    const closed: TransportFailure[] = [];
    flow.onClose((why) => closed.push(why));
    flow.onClose((why) => closed.push(why))(); // cancelled at once
    let done = false;
    void here.layer.close().then(() => {
      done = true;
    });
    await ground.until(() => done);
    expect(closed.map(({ code }) => code)).toEqual(['closed']);
    expect(flow.open).toBe(false);
    const failures: TransportFailure[] = [];
    flow.send(Buffer.from('x'), (failure) => failures.push(failure));
    await ground.until(() => failures.length > 0);
    expect(failures.map(({ code }) => code)).toEqual(['closed']);
  });

  test('a taken port is refused with the name of the fault', async () => {
    const again = here.layer.listen({ transport: ground.transport, endpoint: here.endpoint });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('who is not admitted is met with silence', async () => {
    const strict = await new End(ground, { admit: () => false }).listen();
    const peer = await rawPeer(strict.endpoint);
    peer.send('OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n');
    await ground.until(() => strict.layer.counters.refused > 0);
    expect(strict.heard).toEqual([]);
    expect(peer.text()).toBe('');
    expect(strict.layer.counters.received).toBe(0);
    closers.push(() => strict.layer.close());
  });

  if (makeGround().transport === 'udp') {
    test('more than a datagram takes fails with too-large', async () => {
      const flow = here.flowTo(there.endpoint);
      const failures: TransportFailure[] = [];
      flow.send(Buffer.alloc(70_000, 'x'), (failure) => failures.push(failure));
      await ground.until(() => failures.length > 0);
      expect(failures.map(({ code }) => code)).toEqual(['too-large']);
    });

    test('a response without rport goes to the port of sent-by (RFC 3261 §18.2.2)', async () => {
      const peer = await rawPeer(there.endpoint);
      const via = `SIP/2.0/UDP client.example.com:${here.endpoint.port};branch=z9hG4bKa`;
      const rest =
        'From: <sip:a@a>;tag=a\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n';
      peer.send(`OPTIONS sip:a SIP/2.0\r\nVia: ${via}\r\n${rest}`);
      await ground.until(() => there.heard.length === 1);
      there.answer(0);
      await ground.until(() => here.heard.length === 1);
      expect(here.heard[0]!.message.value('Via')).toBe(`${via};received=${ground.address}`);
      expect(peer.text()).toBe('');
    });

    test('there is no way without a listener of that family', async () => {
      const failures: TransportFailure[] = [];
      const other = ground.address.includes(':') ? '192.0.2.99' : '2001:db8::99';
      const flow = here.layer.flowTo({ transport: 'udp', endpoint: { address: other, port: 5060 } });
      flow.send(Buffer.from('x'), (failure) => failures.push(failure));
      await ground.until(() => failures.length > 0);
      expect(failures.map(({ code }) => code)).toEqual(['unreachable']);
    });
  } else {
    test('one connection serves everything between two ends, both ways', async () => {
      const flow = here.flowTo(there.endpoint);
      flow.send(here.request(flow, 'one'));
      here.flowTo(there.endpoint).send(here.request(flow, 'two'));
      await ground.until(() => there.heard.length === 2);
      expect(there.layer.counters.connectionsAccepted).toBe(1);
      const back = there.layer.flowTo({ transport: 'tcp', endpoint: there.heard[0]!.flow.observed });
      expect(back.id).toBe(there.heard[0]!.flow.id);
      back.send(there.request(back, 'three'));
      await ground.until(() => here.heard.length === 1);
      expect(there.layer.counters.connectionsMade).toBe(0);
    });

    test('a connection that is refused fails what waits for it', async () => {
      const nobody = { ...there.endpoint };
      let closed = false;
      void there.layer.close().then(() => {
        closed = true;
      });
      await ground.until(() => closed);
      const flow = here.flowTo(nobody);
      const failures: TransportFailure[] = [];
      flow.onClose((why) => failures.push(why));
      flow.send(here.request(flow, 'one'), (why) => failures.push(why));
      flow.send(here.request(flow, 'two'), (why) => failures.push(why));
      await ground.until(() => failures.length === 3);
      expect(failures.map(({ code }) => code)).toEqual(['refused', 'refused', 'refused']);
      expect(here.flowTo(nobody).id).not.toBe(flow.id);
    });

    test('a message without Content-Length is answered with 400, and the connection ends (RFC 3261 §18.3)', async () => {
      const peer = await rawPeer(there.endpoint);
      const lines = ['Via: SIP/2.0/TCP a;branch=z9hG4bKa', 'From: <sip:a@a>;tag=a', 'To: <sip:b@b>', 'Call-ID: c'];
      peer.send(`INVITE sip:a SIP/2.0\r\n${lines.join('\r\n')}\r\nCSeq: 1 INVITE\r\n\r\nv=0`);
      await ground.until(() => peer.closed());
      expect(peer.text()).toMatch(/^SIP\/2\.0 400 Missing Content-Length\r\n/);
      expect(there.heard).toEqual([]);
    });

    test('a peer that vanishes in the middle of a message leaves nothing behind', async () => {
      const peer = await rawPeer(there.endpoint);
      peer.send('OPTIONS sip:a SIP/2.0\r\nConte');
      await ground.until(() => there.ledger.counts().connections === 1);
      for (const close of closers.splice(0)) await close();
      await ground.until(() => there.ledger.counts().connections === 0);
      expect(there.heard).toEqual([]);
    });
  }
});

/** Ends a connection as its own layer's time-out would. */
function closeFlow(flow: Flow): void {
  if ('end' in flow && typeof flow.end === 'function') flow.end();
}
