import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { SeededRandom } from '@vats/kernel/testing';
import { Child, run } from './child.ts';
import { eventually } from './deadline.ts';
import type { Place } from './place.ts';
import { freePorts } from './ports.ts';
import type { Scene } from './scene.ts';

/** How a way treats what is sent over it, each packet by itself. */
export interface Poverty {
  /** Of the packets, 0 to 1. */
  readonly loss: number;
  /** One way, and how much more or less than that it may be; milliseconds. Packets overtake each other. */
  readonly delayMs: number;
  readonly jitterMs: number;
}

/**
 * Phones at the other end of a poor way: what passes between them and the switch goes through this process, which loses and
 * delays it. This kernel knows no netem; the ends are TUN devices whose packets socat carries over UDP.
 *
 *     switch 10.249.0.1  ---  tun | here | tun  ---  phones 10.249.0.2, .3
 */
export interface PoorNetwork {
  readonly near: Place;
  readonly far: Place;
  readonly switchAddress: string;
  readonly phones: readonly [string, string];
}

let made = 0;

/** Makes the network; it goes with the scene. */
export async function poorNetwork(scene: Scene, poverty: Poverty): Promise<PoorNetwork> {
  const id = `${process.pid}-${++made}`;
  const prefix = `vats-poor-${id}`;
  const [near, far] = [`${prefix}-near`, `${prefix}-far`];
  scene.own('network namespaces', async () => {
    for (const name of [near, far]) await run('ip', ['netns', 'delete', name]);
  });
  const random = new SeededRandom(11);
  const ports = await freePorts(4);
  const [nearEnd, farEnd] = [await end(scene, ports), await end(scene, ports + 1)];
  let standing = false;
  const pass = (packet: Buffer, by: Socket, to: number): void => {
    // What comes for a device that is being moved would end its socat.
    if (!standing) return;
    if (random.below(10_000) < poverty.loss * 10_000) return;
    const late = poverty.delayMs + ((random.below(2_001) - 1_000) / 1_000) * poverty.jitterMs;
    setTimeout(() => by.send(packet, to, '127.0.0.1', () => {}), Math.max(0, late));
  };
  nearEnd.on('message', (packet) => pass(packet, farEnd, ports + 3));
  farEnd.on('message', (packet) => pass(packet, nearEnd, ports + 2));
  await device(scene, near, `vpn${id}`, [ports, ports + 2], ['10.249.0.1/24']);
  await device(scene, far, `vpf${id}`, [ports + 1, ports + 3], ['10.249.0.2/24', '10.249.0.3/24']);
  standing = true;
  return {
    near: { prefix: ['ip', 'netns', 'exec', near] },
    far: { prefix: ['ip', 'netns', 'exec', far] },
    switchAddress: '10.249.0.1',
    phones: ['10.249.0.2', '10.249.0.3'],
  };
}

async function end(scene: Scene, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  await once(socket, 'listening');
  scene.own(`relay ${port}`, () => socket.close());
  return socket;
}

/** A TUN device in a namespace of its own, whose packets go to the first port and come to the second. */
async function device(
  scene: Scene,
  namespace: string,
  name: string,
  [to, from]: readonly [number, number],
  addresses: readonly string[],
): Promise<void> {
  const tun = `TUN,tun-name=${name},tun-type=tun,iff-no-pi,iff-up`;
  await Child.start(scene, 'socat', [tun, `UDP4:127.0.0.1:${to},bind=127.0.0.1:${from}`], { name: `socat-${name}` });
  // It must be up before it is moved away: socat, which has still to say so, would not find it any more.
  await eventually(`device ${name}`, async () => (await run('ip', ['link', 'show', name])).stdout.includes(',UP,'));
  await ip('netns', 'add', namespace);
  await ip('link', 'set', name, 'netns', namespace);
  for (const address of addresses) await ip('-n', namespace, 'address', 'add', address, 'dev', name);
  await ip('-n', namespace, 'link', 'set', name, 'up');
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
}

async function ip(...args: string[]): Promise<void> {
  const ran = await run('ip', args);
  if (ran.code !== 0) throw new Error(`ip ${args.join(' ')}: ${ran.stderr.trim()}`);
}
