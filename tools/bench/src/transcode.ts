/**
 * What converting a call costs: CPU of one direction for each packet of 20 ms, of both for a call, and how many calls a core
 * would carry that does nothing else. Relaying is not in it; `relay.ts` measures that.
 *
 *     node tools/bench/src/transcode.ts [--packets 3000] [--rounds 3]
 *
 * All pairs take turns within a round. The sound is like a voice: harmonics that swell, pauses, a bit of noise.
 */
import { parseArgs } from 'node:util';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { loadOpus, rtpPacket, type SoundCodec, soundCodec, Transcoder } from '@vats/media/testing';
import { circumstances } from './load/report.ts';
import { formatSpread, formatTable, spread } from './load/statistics.ts';

const { values } = parseArgs({
  options: { packets: { type: 'string', default: '3000' }, rounds: { type: 'string', default: '3' } },
});
const packets = Number(values.packets);
const rounds = Number(values.rounds);
const PACKETS_A_SECOND = 50;
const WARM_UP = 500;

const CODECS = ['pcma/8000/1', 'pcmu/8000/1', 'g722/8000/1', 'opus/48000/2'] as const;
type Encoding = (typeof CODECS)[number];

interface Way {
  readonly from: Encoding;
  readonly to: Encoding;
  readonly fmtp?: string;
}

/** Lets what the codecs' library hands out a moment later come. */
function moment(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function voice(rate: number, samples: number): Int16Array {
  const random = new SeededRandom(5);
  return Int16Array.from({ length: samples }, (_, i) => {
    const t = i / rate;
    const pitch = 120 + 25 * Math.sin(2 * t);
    let sum = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic++) sum += Math.sin(2 * Math.PI * pitch * harmonic * t) / harmonic;
    const swell = Math.max(0, 0.3 + 0.7 * Math.sin(7 * t));
    return Math.round(6_000 * sum * swell + (random.below(400) - 200));
  });
}

/** The packets of a stream in one codec. */
async function stream(encoding: Encoding, count: number): Promise<Buffer[]> {
  const codec = soundCodec(encoding) as SoundCodec;
  const encoder = codec.encoder();
  await moment();
  const frame = codec.rate / PACKETS_A_SECOND;
  const sound = voice(codec.rate, frame * count);
  const payload = new Uint8Array(1_500);
  return Array.from({ length: count }, (_, i) => {
    const end = encoder.encode(sound.subarray(i * frame, (i + 1) * frame), frame, payload, 0);
    const timestamp = (i * codec.clockRate) / PACKETS_A_SECOND;
    return rtpPacket({ sequence: i, timestamp, payloadType: 96, payload: payload.subarray(0, end) });
  });
}

/** CPU microseconds for each packet. */
async function cost(way: Way, sound: readonly Buffer[]): Promise<number> {
  const clock = new FakeClock();
  let sent = 0;
  const transcoder = new Transcoder({
    conversion: {
      from: [{ payloadType: 96, encoding: way.from }],
      to: { payloadType: 97, encoding: way.to, ptime: 20, ...(way.fmtp !== undefined && { fmtp: way.fmtp }) },
      events: [],
      alone: true,
    },
    clock,
    random: new SeededRandom(1),
    send: () => {
      sent++;
    },
  });
  const say = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      clock.advance(20);
      transcoder.hear(sound[i] as Buffer, 12);
    }
  };
  say(0, 1); // its decoder is made for the first packet
  await moment();
  say(1, WARM_UP);
  const before = process.cpuUsage();
  const already = sent;
  say(WARM_UP, sound.length);
  const { user, system } = process.cpuUsage(before);
  transcoder.close();
  if (sent - already !== sound.length - WARM_UP) throw new Error(`${sent - already} packets came out`);
  return (user + system) / (sound.length - WARM_UP);
}

await loadOpus();
console.log(circumstances());
const ways: Way[] = CODECS.flatMap((from) => CODECS.filter((to) => to !== from).map((to) => ({ from, to })));
ways.push({ from: 'pcma/8000/1', to: 'opus/48000/2', fmtp: 'useinbandfec=1' });
const sounds = new Map<Encoding, Buffer[]>();
for (const encoding of CODECS) sounds.set(encoding, await stream(encoding, packets + WARM_UP));
const costs = ways.map((): number[] => []);
for (let round = 0; round < rounds; round++) {
  for (const [i, way] of ways.entries()) costs[i]!.push(await cost(way, sounds.get(way.from)!));
}

const name = (encoding: string): string => encoding.split('/')[0]!;
console.log(
  formatTable(
    ['one way', 'µs a packet', 'ms of CPU for a minute'],
    ways.map(({ from, to, fmtp }, i) => {
      const found = spread(costs[i]!);
      const label = `${name(from)} to ${name(to)}${fmtp === undefined ? '' : ` (${fmtp})`}`;
      return [label, formatSpread(found), (found.median * 3).toFixed(1)];
    }),
  ),
);
const oneWay = (from: Encoding, to: Encoding): number =>
  spread(costs[ways.findIndex((way) => way.from === from && way.to === to && way.fmtp === undefined)]!).median;
const pairs = CODECS.flatMap((one, i) => CODECS.slice(i + 1).map((other) => [one, other] as const));
console.log(
  formatTable(
    ['a call', 'ms of CPU for a second', 'calls a core'],
    pairs.map(([one, other]) => {
      const second = ((oneWay(one, other) + oneWay(other, one)) * PACKETS_A_SECOND) / 1_000;
      return [`${name(one)} - ${name(other)}`, second.toFixed(2), String(Math.floor(1_000 / second))];
    }),
  ),
);
