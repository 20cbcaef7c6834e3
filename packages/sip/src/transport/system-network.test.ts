import { createSocket, Socket as UdpSocket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Ledger, SILENT, SystemClock, SystemRandom } from '@vats/kernel';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { TransportFailure } from './failure.ts';
import type { StreamListener, StreamSocket, StreamUser } from './network.ts';
import { SystemNetwork } from './system-network.ts';
import { TransportLayer } from './transport-layer.ts';

// What a memory network can't show: the errors that real sockets emit, each of which kills a process that doesn't listen.

const network = new SystemNetwork();
const LOOPBACK = { address: '127.0.0.1', port: 0 };
const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Keeps what a stream tells. */
class Ear implements StreamUser {
  readonly octets: Buffer[] = [];
  readonly closed: Promise<TransportFailure>;
  readonly connected: Promise<void>;
  readonly ended: Promise<void>;
  #tellClosed: (failure: TransportFailure) => void = () => {};
  #tellConnected: () => void = () => {};
  #tellEnded: () => void = () => {};

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    this.connected = new Promise((resolve) => {
      this.#tellConnected = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  onConnected(): void {
    this.#tellConnected();
  }

  onOctets(octets: Buffer): void {
    this.octets.push(octets);
  }

  onEnded(): void {
    this.#tellEnded();
  }

  onClosed(failure: TransportFailure): void {
    this.#tellClosed(failure);
  }
}

/** A plain server of Node, and the socket of whoever connects to it. */
async function plainServer(): Promise<{ port: number; peer: Promise<Socket> }> {
  let server!: Server;
  const peer = new Promise<Socket>((resolve) => {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      resolve(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => void server.close());
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no port');
  return { port: at.port, peer };
}

async function connected(): Promise<{ ear: Ear; stream: StreamSocket; peer: Socket }> {
  const { port, peer } = await plainServer();
  const ear = new Ear();
  const stream = network.connectTcp(undefined, { address: '127.0.0.1', port }, ear);
  cleanups.push(() => stream.destroy());
  await ear.connected;
  const socket = await peer;
  cleanups.push(() => void socket.destroy());
  return { ear, stream, peer: socket };
}

function failureOf(write: (failed: (failure: TransportFailure) => void) => void): Promise<TransportFailure> {
  return new Promise((resolve) => write(resolve));
}

describe('TCP', () => {
  test('knows both ends once it is up', async () => {
    const { stream, peer } = await connected();
    expect(stream.bound).toEqual({ address: '127.0.0.1', port: peer.remotePort });
    expect(stream.observed).toEqual({ address: '127.0.0.1', port: peer.localPort });
  });

  test('has an address to be called by before it is up', async () => {
    const { port, peer } = await plainServer();
    const clock = new SystemClock();
    const layer = new TransportLayer({ network, clock, random: new SystemRandom(), log: SILENT, ledger: new Ledger() });
    const listener = await layer.listen({ transport: 'tcp', endpoint: { address: '0.0.0.0', port: 0 } });
    const flow = layer.flowTo({ transport: 'tcp', endpoint: { address: '127.0.0.1', port } });
    expect(layer.sentBy(flow)).toEqual({ host: '127.0.0.1', port: listener.endpoint.port });
    (await peer).on('end', () => void peer.then((socket) => socket.end())).resume();
    await layer.close();
  });

  test('a reset by the peer is a close with its reason', async () => {
    const { ear, peer } = await connected();
    peer.resetAndDestroy();
    expect((await ear.closed).code).toBe('reset');
  });

  test('writes after a reset fail and are heard', async () => {
    const { ear, stream, peer } = await connected();
    peer.resetAndDestroy();
    await ear.closed;
    const failure = await failureOf((failed) => stream.write(Buffer.from('x'), failed));
    expect(failure.code).toBe('reset');
    stream.write(Buffer.from('x'));
    stream.end();
    stream.destroy();
  });

  test('what waits when the peer tears down fails (EPIPE, ECONNRESET)', async () => {
    const { ear, stream, peer } = await connected();
    peer.pause();
    const failures: TransportFailure[] = [];
    for (let i = 0; i < 64; i++) stream.write(Buffer.alloc(262_144), (failure) => failures.push(failure));
    expect(stream.unsent).toBeGreaterThan(0);
    peer.resetAndDestroy();
    expect((await ear.closed).code).toBe('reset');
    expect(failures.length).toBeGreaterThan(0);
  });

  test('a write behind our end fails, and what was written before arrives', async () => {
    const { stream, peer } = await connected();
    const got: Buffer[] = [];
    const ended = new Promise((resolve) => peer.on('data', (octets) => got.push(octets)).on('end', resolve));
    stream.write(Buffer.from('whole'));
    stream.end();
    await ended;
    expect(Buffer.concat(got).toString()).toBe('whole');
  });

  test('the end of the peer is told, and we may still write', async () => {
    const { ear, stream, peer } = await connected();
    const got = new Promise<Buffer>((resolve) => peer.once('data', resolve));
    peer.end();
    await ear.ended;
    stream.write(Buffer.from('late'));
    expect((await got).toString()).toBe('late');
    stream.end();
    expect((await ear.closed).code).toBe('closed');
  });

  test('nobody listens: refused, for the connection and for what waits', async () => {
    const { port, peer } = await plainServer();
    void peer;
    await cleanups.pop()?.();
    const ear = new Ear();
    const stream = network.connectTcp(undefined, { address: '127.0.0.1', port }, ear);
    const first = failureOf((failed) => stream.write(Buffer.from('a'), failed));
    const second = failureOf((failed) => stream.write(Buffer.from('b'), failed));
    expect((await ear.closed).code).toBe('refused');
    expect([(await first).code, (await second).code]).toEqual(['refused', 'refused']);
  });

  test('a local address that is not ours is a failure, not an exception', async () => {
    const ear = new Ear();
    network.connectTcp('192.0.2.1', { address: '127.0.0.1', port: 9 }, ear);
    expect((await ear.closed).code).toBe('unreachable');
  });

  test('who is refused is torn down', async () => {
    const refusing: StreamListener = await network.listenTcp(LOOPBACK, {
      onConnection: () => undefined,
      onFailure: () => {},
    });
    cleanups.push(() => refusing.close());
    const socket = connect(refusing.bound.port, '127.0.0.1');
    const error = await new Promise<string>((resolve) => {
      socket.on('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? ''));
      socket.on('close', () => resolve('closed'));
    });
    expect(['ECONNRESET', 'closed']).toContain(error);
  });

  test('a listener that is closed frees its port at once, with connections still open', async () => {
    const ear = new Ear();
    const accepted = new Promise<StreamSocket>((resolve, reject) => {
      network
        .listenTcp(LOOPBACK, {
          onConnection(stream) {
            resolve(stream);
            return ear;
          },
          onFailure: () => {},
        })
        .then((listener) => {
          cleanups.push(() => listener.close());
          const socket = connect(listener.bound.port, '127.0.0.1');
          socket.on('error', () => {});
          cleanups.push(() => void socket.destroy());
        }, reject);
    });
    const stream = await accepted;
    const { port } = stream.bound;
    for (const cleanup of cleanups.splice(0, 1)) await cleanup();
    const again = await network.listenTcp(
      { address: '127.0.0.1', port },
      { onConnection: () => undefined, onFailure: () => {} },
    );
    expect(again.bound.port).toBe(port);
    await again.close();
    stream.destroy();
    await ear.closed;
  });
});

describe('UDP', () => {
  async function bound(onDatagram: (octets: Buffer) => void = () => {}) {
    const failures: TransportFailure[] = [];
    const socket = await network.bindUdp(LOOPBACK, { onDatagram, onFailure: (failure) => failures.push(failure) });
    cleanups.push(() => socket.close());
    return { socket, failures };
  }

  const RMEM_MAX = '/proc/sys/net/core/rmem_max';
  test.skipIf(!existsSync(RMEM_MAX))(
    'what the system keeps for us is told, as it was asked and as it was granted',
    async () => {
      const { socket } = await bound();
      const asked = 4 * 1024 * 1024;
      const most = Number(readFileSync(RMEM_MAX, 'utf8'));
      expect(socket.receiveBuffer).toEqual({ asked, granted: Math.min(asked, most) });
    },
  );

  test('a port that cannot be sent to is a failure, not an exception', async () => {
    const { socket } = await bound();
    const failure = await failureOf((failed) =>
      socket.send(Buffer.from('x'), { address: '127.0.0.1', port: 0 }, failed),
    );
    expect(failure.code).toBe('failed');
    socket.send(Buffer.from('x'), { address: '127.0.0.1', port: 0 });
  });

  test('so is an address of the other family, or a broadcast one', async () => {
    const { socket } = await bound();
    for (const address of ['2001:db8::1', '255.255.255.255']) {
      const failure = await failureOf((failed) => socket.send(Buffer.from('x'), { address, port: 5060 }, failed));
      expect(['unreachable', 'failed']).toContain(failure.code);
    }
  });

  test('a send after close fails', async () => {
    const { socket } = await bound();
    await socket.close();
    await socket.close();
    const nobody = { address: '127.0.0.1', port: 9 };
    const failure = await failureOf((failed) => socket.send(Buffer.from('x'), nobody, failed));
    expect(failure.code).toBe('closed');
    socket.send(Buffer.from('x'), nobody);
  });

  test('nobody listens there: the ICMP answer harms no later packet', async () => {
    const got: string[] = [];
    const { socket, failures } = await bound((octets) => got.push(octets.toString()));
    const gone = createSocket('udp4');
    await new Promise<void>((resolve) => gone.bind(0, '127.0.0.1', resolve));
    const { port } = gone.address();
    await new Promise<void>((resolve) => gone.close(() => resolve()));
    for (let i = 0; i < 5; i++) socket.send(Buffer.from('x'), { address: '127.0.0.1', port });
    socket.send(Buffer.from('to myself'), socket.bound);
    while (got.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(got).toEqual(['to myself']);
    expect(failures).toEqual([]);
  });

  test('who takes less than comes is told to be behind, but never of a whole turn, and not any more once the queue was empty', async () => {
    const told: boolean[] = [];
    let busy = 4;
    const onDatagram = (_octets: Buffer, _from: unknown, behind = false): void => {
      told.push(behind);
      const end = performance.now() + busy;
      while (performance.now() < end);
    };
    const socket = await network.bindUdp(LOOPBACK, { onDatagram, onFailure: () => {} });
    cleanups.push(() => socket.close());
    const sender = createSocket('udp4');
    cleanups.push(() => new Promise<void>((resolve) => sender.close(() => resolve())));
    const send = (count: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: count }, () => {
          return new Promise((resolve) => sender.send('x', socket.bound.port, socket.bound.address, resolve));
        }),
      );
    // Less than the least buffer that a system gives holds, and more than can be taken in a quarter of a second.
    await send(200);
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(200);
    // Two turns are over within that time, so the first 64 are as ever; of the later ones some always are.
    expect(told.slice(0, 64)).not.toContain(true);
    expect(told).toContain(true);
    expect(told.slice(told.indexOf(true)).filter((behind) => !behind).length).toBeGreaterThanOrEqual(4);
    told.length = 0;
    busy = 0;
    await send(20);
    await expect.poll(() => told.length).toBe(20);
    expect(told).not.toContain(true);
  });

  test('a bad address to bind is refused', async () => {
    const user = { onDatagram: () => {}, onFailure: () => {} };
    await expect(network.bindUdp({ address: '192.0.2.1', port: 0 }, user)).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });

  test('an IPv6 wildcard leaves IPv4 to others', async () => {
    const user = { onDatagram: () => {}, onFailure: () => {} };
    const six = await network.bindUdp({ address: '::', port: 0 }, user);
    cleanups.push(() => six.close());
    const four = await network.bindUdp({ address: '0.0.0.0', port: six.bound.port }, user);
    cleanups.push(() => four.close());
    expect(four.bound.port).toBe(six.bound.port);
  });
});

test('what the kernel does not take waits in a queue that has an end', async () => {
  const socket = await network.bindUdp(LOOPBACK, { onDatagram: () => {}, onFailure: () => {} });
  cleanups.push(() => socket.close());
  const unsent = vi.spyOn(UdpSocket.prototype, 'getSendQueueSize').mockReturnValue(16 * 1024 * 1024);
  cleanups.push(() => unsent.mockRestore());
  const failures: TransportFailure[] = [];
  socket.send(Buffer.from('x'), socket.bound, (failure) => failures.push(failure));
  expect(failures).toEqual([]);
  unsent.mockReturnValue(16 * 1024 * 1024 + 1);
  socket.send(Buffer.from('x'), socket.bound);
  socket.send(Buffer.from('x'), socket.bound, (failure) => failures.push(failure));
  expect(failures).toMatchObject([{ code: 'overflow' }]);
});

test.each([64, 200])(
  'a socket tells for how long more has been waiting than a turn takes: %i datagrams',
  async (count) => {
    const seen: (number | undefined)[] = [];
    const heard = Promise.withResolvers<void>();
    let came = 0;
    const socket = await network.bindUdp(LOOPBACK, {
      onDatagram: () => {
        seen.push(socket.backlog);
        if (++came === count) heard.resolve();
      },
      onFailure: () => {},
    });
    cleanups.push(() => socket.close());
    expect(socket.backlog).toBe(0);
    // Some turns of 32, and the kernel has all of them before the first is read.
    for (let i = 0; i < count; i++) socket.send(Buffer.from('x'), socket.bound);
    await heard.promise;
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBeGreaterThan(0);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.backlog).toBe(0);
  },
);
