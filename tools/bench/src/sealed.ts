/**
 * What it costs to write half a second of a recorded call, as a recorder does at a time: plain; encrypted in segments of 4,000 octets,
 * each in a write of its own or both in one; encrypted in one segment of 8,000.
 *
 *     node tools/bench/src/sealed.ts [--rounds N] [--flushes N]
 *
 * Files lie in the temporary directory and are written through the thread pool, as recordings are; CPU of all threads is counted, in
 * turns. Half a second of a call between two is 50 packets.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileKey, sealedHeader, sealSegment } from '@vats/media/testing';
import { circumstances } from './load/report.ts';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string' }, flushes: { type: 'string' } } });
const [rounds, flushes] = [Number(flags.rounds ?? 9), Number(flags.flushes ?? 4_000)];
const PACKETS = 50;
const FLUSH_OCTETS = 8_000;

const directory = mkdtempSync(join(tmpdir(), 'vats-sealed-'));
const file = openSync(join(directory, 'recording'), 'w');
const salt = randomBytes(32);
const [key, header] = [fileKey(randomBytes(32), salt), sealedHeader('PCMA', salt)];
const sound = randomBytes(FLUSH_OCTETS);
let [position, number] = [0, 0];

const written = (octets: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    write(file, octets, 0, octets.length, position, (error) => (error === null ? resolve() : reject(error)));
    position += octets.length;
  });
const segment = (from: number, octets: number): Buffer =>
  sealSegment(key, header, number++, 'more', sound.subarray(from, from + octets));

const ways: Readonly<Record<string, () => Promise<void>>> = {
  plain: () => written(sound),
  '4,000, a write each': async () => {
    await written(segment(0, 4_000));
    await written(segment(4_000, 4_000));
  },
  '4,000, both in a write': () => written(Buffer.concat([segment(0, 4_000), segment(4_000, 4_000)])),
  '8,000': () => written(segment(0, FLUSH_OCTETS)),
};

console.log(circumstances());
console.log(`${rounds} interleaved rounds of ${flushes} flushes; CPU of all threads, µs a flush (µs a packet)`);
const costs = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
for (let round = 0; round <= rounds; round++) {
  for (const [name, flush] of Object.entries(ways)) {
    ftruncateSync(file, 0);
    position = 0;
    const before = process.cpuUsage();
    for (let done = 0; done < flushes; done++) await flush();
    const { user, system } = process.cpuUsage(before);
    if (round > 0) costs.get(name)!.push((user + system) / flushes);
  }
}
for (const [name, all] of costs) {
  const sorted = all.toSorted((one, other) => one - other);
  const [median, least, most] = [sorted[sorted.length >> 1]!, sorted[0]!, sorted.at(-1)!];
  const each = (median / PACKETS).toFixed(2);
  console.log(`${name.padEnd(24)} ${median.toFixed(1).padStart(6)} (${each})  ${least.toFixed(1)}-${most.toFixed(1)}`);
}
closeSync(file);
rmSync(directory, { recursive: true });
