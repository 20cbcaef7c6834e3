import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Heard, SinkOrder, SpeakOrder } from './protocol.ts';

// A process of its own: hears what all players say. On a loopback the sender pays for the delivery: a listener that sleeps until each
// packet wakes it would put its wake-ups on the switch's bill, where a network would not. So this one sleeps by the clock, and
// looks every millisecond; and its buffers are large, so that nothing is lost in them.

const ADDRESS = '127.43.1.1';
const SOCKETS = 8;
const BUFFER_OCTETS = 4 * 2 ** 20;
const LOOK_EVERY_MS = 1;
const PACKET_MS = 20;
/** Histogram of deviations: 0.1 ms each up to 200 ms. */
const BUCKET_MS = 0.1;
const BUCKETS = 2_000;

interface Listener {
  readonly firstAt: number;
  readonly firstTimestamp: number;
  readonly firstSequence: number;
  last: number;
  /** Counted on from the first one, whatever the wrap. */
  sequence: number;
  readonly clockRate: number;
  timestamp: number;
  packets: number;
}

const listeners = new Map<number, Listener>();
const deviations = new Uint32Array(BUCKETS);
let packets = 0;
let worst = 0;
let counting = false;
/** Of one turn: all that came by then came in the millisecond before. */
let now = performance.now();

function hear(packet: Buffer): void {
  if (!counting) return;
  packets++;
  const ssrc = packet.readUInt32BE(8);
  const sequence = packet.readUInt16BE(2);
  const timestamp = packet.readUInt32BE(4);
  const listener = listeners.get(ssrc);
  if (listener === undefined) {
    const clockRate = (packet[1]! & 0x7f) === 96 ? 48_000 : 8_000;
    const first = { firstAt: now, firstTimestamp: timestamp, firstSequence: sequence };
    listeners.set(ssrc, { ...first, last: now, sequence, clockRate, timestamp, packets: 1 });
    return;
  }
  const deviation = Math.abs(now - listener.last - PACKET_MS);
  worst = Math.max(worst, deviation);
  deviations[Math.min(BUCKETS - 1, Math.floor(deviation / BUCKET_MS))]!++;
  listener.last = now;
  listener.sequence += (sequence - listener.sequence) & 0xffff;
  listener.timestamp = timestamp;
  listener.packets++;
}

function percentile(share: number): number {
  const all = deviations.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (let i = 0; i < BUCKETS; i++) {
    seen += deviations[i]!;
    if (seen >= share * all) return (i + 1) * BUCKET_MS;
  }
  return BUCKETS * BUCKET_MS;
}

function heard(): Heard {
  const all = [...listeners.values()];
  const counts = all.map((each) => each.packets);
  const drifts = all.map(({ firstAt, last, firstTimestamp, timestamp, clockRate }) =>
    Math.abs((1_000 * ((timestamp - firstTimestamp) >>> 0)) / clockRate - (last - firstAt)),
  );
  return {
    players: all.length,
    packets,
    lost: all.reduce((sum, each) => sum + each.sequence - each.firstSequence + 1 - each.packets, 0),
    fewest: Math.min(...counts),
    most: Math.max(...counts),
    p50: percentile(0.5),
    p99: percentile(0.99),
    worst,
    drift: Math.max(...drifts),
  };
}

const sockets: Socket[] = [];
const ports: number[] = [];
for (let i = 0; i < SOCKETS; i++) {
  const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_OCTETS });
  socket.on('message', hear);
  socket.bind(0, ADDRESS);
  await once(socket, 'listening');
  sockets.push(socket);
  ports.push(socket.address().port);
}

const never = new Int32Array(new SharedArrayBuffer(4));
let due = performance.now();
function turn(): void {
  due += LOOK_EVERY_MS;
  const left = due - performance.now();
  if (left > 0) Atomics.wait(never, 0, 0, left);
  else due -= left;
  now = performance.now();
  setImmediate(turn);
}
turn();

/** Each says something once a second. */
let spokenTo: SpeakOrder['legs'] = [];
const SPEAK_EVERY_MS = 20;
const spoken = Buffer.alloc(172, 0xd5);
spoken[0] = 0x80;
spoken[1] = 8;
let round = 0;
setInterval(() => {
  round++;
  spoken.writeUInt16BE(Math.floor(round / 50) & 0xffff, 2);
  spoken.writeUInt32BE(8_000 * Math.floor(round / 50), 4);
  for (let i = round % 50; i < spokenTo.length; i += 50) {
    sockets[i % SOCKETS]!.send(spoken, spokenTo[i]!.port, spokenTo[i]!.address);
  }
}, SPEAK_EVERY_MS);

process.on('message', (order: SinkOrder | SpeakOrder) => {
  if (typeof order === 'object') {
    spokenTo = order.legs;
    return;
  }
  if (order === 'count') {
    counting = true;
    return;
  }
  counting = false;
  process.send!(heard());
  listeners.clear();
  deviations.fill(0);
  packets = 0;
  worst = 0;
});
process.send!({ address: ADDRESS, ports });
