/**
 * Resident memory of a call in the media plane (one worker, real sockets, sound both ways), plain and recorded: the process is looked
 * at after each hundred of calls. What signalling keeps for a call is not in it; `memory.ts` measures that.
 *
 *     node tools/bench/src/media-memory.ts [--steps 5] [--calls 100] [--settle 10] [--rate 10]
 *
 * `--rate` is the packets that each phone sends in a second: fewer than in a real call, so that a crowded machine keeps up. They
 * are recorded in their places all the same.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Endpoint } from '@vats/kernel';
import { residentMegabytes } from './load/process-cost.ts';
import { circumstances } from './load/report.ts';
import { formatTable } from './load/statistics.ts';
import type { MoreCalls } from './media-memory/plane.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '5' },
    calls: { type: 'string', default: '100' },
    /** Seconds of sound before each look. */
    settle: { type: 'string', default: '10' },
    rate: { type: 'string', default: '10' },
    only: { type: 'string' },
  },
});
const [steps, calls, settle] = [Number(values.steps), Number(values.calls), Number(values.settle)];
const everyMs = 1_000 / Number(values.rate);

interface Phone {
  readonly socket: Socket;
  readonly at: Endpoint;
  readonly packet: Buffer;
  to: Endpoint | undefined;
  sequence: number;
}

const rows: string[][] = [];
for (const recorded of [false, true]) {
  if (values.only !== undefined && values.only !== (recorded ? 'recorded' : 'plain')) continue;
  const looks = await grow(recorded);
  // The first hundred pays for code, for warm pairs and for the heap that it grows to.
  const perCall = (looks.at(-1)! - looks[1]!) / ((steps - 1) * calls);
  rows.push([recorded ? 'recorded' : 'plain', ...looks.map((look) => look.toFixed(1)), perCall.toFixed(3)]);
}
console.log(circumstances());
console.log(
  `megabytes (10^6) resident after so many calls of two legs, ${values.rate} packets a second from each phone\n`,
);
const headings = Array.from({ length: steps + 1 }, (_, i) => String(i * calls));
console.log(formatTable(['', ...headings, 'a call'], rows));

async function grow(recorded: boolean): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'vats-bench-memory-'));
  const plane = fork(join(import.meta.dirname, 'media-memory', 'plane.ts'));
  const phones: Phone[] = [];
  const timer = setInterval(() => speak(phones), everyMs);
  try {
    await answer(plane);
    await sleep(2_000);
    const looks = [residentMegabytes(plane.pid!)];
    for (let step = 0; step < steps; step++) {
      const more: Phone[] = [];
      for (let i = 0; i < 2 * calls; i++) more.push(phone(phones.length + i));
      const order: MoreCalls = {
        phones: Array.from({ length: calls }, (_, i) => [more[2 * i]!.at, more[2 * i + 1]!.at] as const),
        ...(recorded && { recordInto: folder }),
      };
      plane.send(order);
      const legs = (await answer<Endpoint[][]>(plane)).flat();
      for (const [i, each] of more.entries()) each.to = legs[i];
      phones.push(...more);
      await sleep(1_000 * settle);
      looks.push(residentMegabytes(plane.pid!));
    }
    return looks;
  } finally {
    clearInterval(timer);
    for (const { socket } of phones) socket.close();
    plane.disconnect();
    if (plane.exitCode === null) await once(plane, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

// With a lookup that answers at once the socket is bound when `bind` returns.
function phone(ssrc: number): Phone {
  const socket = createSocket({ type: 'udp4', lookup: (address, _options, found) => found(null, address, 4) });
  socket.on('error', () => {});
  socket.bind(0, '127.43.1.1');
  const packet = Buffer.alloc(172, 0xd5);
  packet[0] = 0x80;
  packet[1] = 8;
  packet.writeUInt32BE(ssrc, 8);
  const { address, port } = socket.address();
  return { socket, at: { address, port }, packet, to: undefined, sequence: 0 };
}

function speak(phones: readonly Phone[]): void {
  for (const phone of phones) {
    if (phone.to === undefined) continue;
    const { packet, to } = phone;
    phone.sequence++;
    packet.writeUInt16BE(phone.sequence & 0xffff, 2);
    packet.writeUInt32BE((phone.sequence * everyMs * 8) >>> 0, 4);
    phone.socket.send(packet, to.port, to.address);
  }
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const gone = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the plane's process: exit ${code}`)));
  const [message] = await Promise.race([once(child, 'message'), gone]);
  return message as T;
}
