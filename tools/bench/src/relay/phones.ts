import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { PhonePair, PhonesOrder, TalkNews, TalkOrder } from './protocol.ts';

// A process of its own: phones that talk with each other through a relay, 50 packets a second each, every one with its
// own socket and its own phase within the 20 ms. It never sleeps for long, so that packets leave when they are due and the
// delay that it measures is the relay's.

const PACKET_MS = 20;
const PACKET_OCTETS = 172;
const HEADER_OCTETS = 12;
/** Histogram of delays: 25 µs each up to 200 ms. */
const BUCKET_MS = 0.025;
const BUCKETS = 8_000;
const LONGEST_SLEEP_MS = 0.2;
const SHORTEST_SLEEP_MS = 0.05;

interface Phone {
  readonly socket: Socket;
  readonly ssrc: number;
  sequence: number;
  due: number;
}

const never = new Int32Array(new SharedArrayBuffer(4));
const phones: Phone[] = [];
const histogram = new Uint32Array(BUCKETS);
let counting = false;
let countFrom = Number.POSITIVE_INFINITY;
let sent = 0;
let received = 0;

process.on('message', (order: PhonesOrder | TalkOrder) => {
  if ('open' in order) void open(order.open);
  else void talk(order);
});

async function open(calls: number): Promise<void> {
  for (let i = 0; i < 2 * calls; i++) {
    const socket = createSocket('udp4');
    socket.on('error', () => {});
    socket.on('message', heard);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    phones.push({ socket, ssrc: 0x1000 + i, sequence: 0, due: 0 });
  }
  const pairs: PhonePair[] = [];
  for (let i = 0; i < calls; i++) pairs.push({ a: endpoint(phones[2 * i]!), b: endpoint(phones[2 * i + 1]!) });
  process.send!({ phones: pairs });
}

function endpoint({ socket }: Phone): { address: string; port: number } {
  const { address, port } = socket.address();
  return { address, port };
}

function heard(packet: Buffer): void {
  // What was sent before the count began is known by its stamp.
  const at = packet.readDoubleLE(HEADER_OCTETS);
  if (at < countFrom) return;
  received++;
  histogram[Math.min(BUCKETS - 1, Math.floor((performance.now() - at) / BUCKET_MS))]!++;
}

async function talk({ calls, warmUp, seconds }: TalkOrder): Promise<void> {
  for (const [i, { a, b }] of calls.entries()) {
    await connect(phones[2 * i]!.socket, a);
    await connect(phones[2 * i + 1]!.socket, b);
  }
  const start = performance.now();
  for (const [i, phone] of phones.entries()) phone.due = start + (i * PACKET_MS) / phones.length;
  countFrom = start + 1_000 * warmUp;
  const stop = countFrom + 1_000 * seconds;

  let next = 0;
  const turn = (): void => {
    const now = performance.now();
    if (!counting && now >= countFrom) {
      counting = true;
      tell('begin');
    }
    if (now >= stop) {
      tell('end');
      // What is under way may still come.
      setTimeout(() => tell(result()), 500);
      return;
    }
    for (let i = 0; i < phones.length && phones[next]!.due <= now; i++) {
      speak(phones[next]!);
      next = (next + 1) % phones.length;
    }
    const left = Math.min(phones[next]!.due - performance.now(), LONGEST_SLEEP_MS);
    if (left > SHORTEST_SLEEP_MS) Atomics.wait(never, 0, 0, left);
    setImmediate(turn);
  };
  turn();
}

async function connect(socket: Socket, to: { address: string; port: number }): Promise<void> {
  socket.connect(to.port, to.address);
  await once(socket, 'connect');
}

function speak(phone: Phone): void {
  const packet = Buffer.alloc(PACKET_OCTETS, 0xd5);
  packet[0] = 0x80;
  packet[1] = 8;
  packet.writeUInt16BE(phone.sequence & 0xffff, 2);
  packet.writeUInt32BE((phone.sequence * 160) >>> 0, 4);
  packet.writeUInt32BE(phone.ssrc, 8);
  const now = performance.now();
  packet.writeDoubleLE(now, HEADER_OCTETS);
  phone.socket.send(packet);
  phone.sequence++;
  phone.due += PACKET_MS;
  if (now >= countFrom) sent++;
}

function tell(news: TalkNews): void {
  process.send!(news);
}

function result(): { sent: number; received: number; p50: number; p99: number } {
  return { sent, received, p50: percentile(0.5), p99: percentile(0.99) };
}

function percentile(share: number): number {
  let seen = 0;
  for (let i = 0; i < BUCKETS; i++) {
    seen += histogram[i]!;
    if (seen >= share * received) return (i + 1) * BUCKET_MS;
  }
  return BUCKETS * BUCKET_MS;
}
