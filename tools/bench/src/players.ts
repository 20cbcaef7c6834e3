/**
 * What it costs to play to many callers at once: a prompt from a file in a loop, through the whole media plane (one worker, real
 * sockets), heard by another process.
 *
 *     node tools/bench/src/players.ts [--players N] [--seconds S] [--codec pcma|pcmu|g722]
 *
 * CPU is that of the switch's process: the worker's player, encoder and sockets, and this thread, which does nothing meanwhile.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SystemClock } from '@vats/kernel';
import { builtInPrompt, startMediaPlane } from '@vats/media';

const FORMATS = {
  pcma: { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 },
  pcmu: { payloadType: 0, encoding: 'pcmu/8000/1', ptime: 20 },
  g722: { payloadType: 9, encoding: 'g722/8000/1', ptime: 20 },
} as const;

const { values: flags } = parseArgs({
  options: { players: { type: 'string' }, seconds: { type: 'string' }, codec: { type: 'string' } },
});
const players = Number(flags.players ?? 1_000);
const seconds = Number(flags.seconds ?? 20);
const format = FORMATS[(flags.codec ?? 'pcma') as keyof typeof FORMATS];
if (format === undefined) throw new Error(`--codec is one of ${Object.keys(FORMATS).join(', ')}`);

const sink = fork(fileURLToPath(new URL('players/sink.ts', import.meta.url)));
const [{ port }] = (await once(sink, 'message')) as [{ port: number }];

const plane = await startMediaPlane({
  addresses: { 4: '127.43.0.1' },
  ports: { first: 20_000, last: 29_999 },
  workers: 1,
  warmPairs: players,
  clock: new SystemClock(),
});
const failed: string[] = [];
let sent = 0;
for (let i = 0; i < players; i++) {
  const call = plane.openCall(String(i), (event) => {
    if (event.kind === 'lost' || (event.kind === 'played' && event.why !== 'stopped'))
      failed.push(JSON.stringify(event));
    if (event.kind === 'closed') for (const { rtp } of event.legs) sent += rtp.sentPackets;
  });
  const leg = call?.openLeg('a', { family: 4, signalling: '127.43.1.1' });
  if (call === undefined || leg === undefined) throw new Error(`no ports for player ${i}`);
  const claimed = { address: '127.43.1.1', port };
  leg.update(
    { claimed, claimedRtcp: undefined, receives: true, held: false, laws: [[8, 'PCMA']], clockRates: [] },
    { newOffer: true },
  );
  call.play(leg, { items: [{ file: builtInPrompt('ru', 'main-menu') }], format, times: 0, fromMs: (i * 37) % 5_000 });
}

const startedAt = performance.now();
await sleep(3_000);
sink.send('count');
const before = process.cpuUsage();
const from = performance.now();
await sleep(seconds * 1_000);
const used = process.cpuUsage(before);
const passed = (performance.now() - from) / 1_000;
sink.send('tell');
const [heard] = (await once(sink, 'message')) as [Record<string, number>];
const played = (performance.now() - startedAt) / 1_000;
await plane.close();

const cpu = (used.user + used.system) / 1e6;
const due = players * 50 * passed;
// Of all that were sent, those of the time that was measured; fewer than were due when the machine kept the thread from its turns.
const sentThen = (sent * passed) / played;
console.log(`${players} players of ${format.encoding} for ${passed.toFixed(1)} s, Node ${process.version}`);
console.log(
  `CPU              ${((100 * cpu) / passed).toFixed(1)} % of a core, ${((1e6 * cpu) / sentThen).toFixed(2)} µs a packet`,
);
console.log(`a call           ${((1e3 * cpu) / passed / players).toFixed(3)} ms of CPU a second`);
console.log(`packets          ${Math.round(sentThen)} sent of ${Math.round(due)} due, ${heard.packets} heard`);
console.log(`a player         ${heard.fewest} to ${heard.most} packets heard`);
console.log(`gaps over 40 ms  ${heard.late}, the longest ${heard.longestGap!.toFixed(1)} ms`);
if (failed.length > 0) console.log(`FAILED           ${failed.length}: ${failed[0]}`);
