import { circumstances } from './load/report.ts';

/**
 * What a cache line costs on this machine, at once and after a pause in which this process touched nothing: on a machine whose
 * cores are shared, others' work has the caches by then. The raw limit behind what a call costs that comes alone.
 */
const LINE_OCTETS = 64;
const ROUNDS = 200;
const PAUSE_MS = 8;

/** A walk through all lines in random order, each known only from the one before, so that nothing can be fetched ahead. */
function chain(octets: number): Int32Array {
  const lines = octets / LINE_OCTETS;
  const step = LINE_OCTETS / 4;
  const order = Int32Array.from({ length: lines }, (_, i) => i);
  for (let i = lines - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * i);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  const memory = new Int32Array(lines * step);
  for (let i = 0; i < lines; i++) memory[(order[i] ?? 0) * step] = (order[(i + 1) % lines] ?? 0) * step;
  return memory;
}

function walk(memory: Int32Array): number {
  let at = 0;
  for (let i = 0; i < memory.length; i += LINE_OCTETS / 4) at = memory[at] ?? 0;
  return at;
}

function nanosecondsALine(memory: Int32Array, pause: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    pause();
    const begun = performance.now();
    walk(memory);
    times.push(performance.now() - begun);
  }
  times.sort((one, other) => one - other);
  return ((times[ROUNDS / 2] ?? 0) * 1e6) / (memory.length / (LINE_OCTETS / 4));
}

const never = new Int32Array(new SharedArrayBuffer(4));
const sleeping = (): void => void Atomics.wait(never, 0, 0, PAUSE_MS);
const spinning = (): void => {
  for (const until = performance.now() + PAUSE_MS; performance.now() < until; );
};

console.log(circumstances());
for (const kilobytes of [32, 256, 1_024]) {
  const memory = chain(kilobytes * 1_024);
  for (let i = 0; i < 2_000; i++) walk(memory);
  const [hot, slept, spun] = [() => {}, sleeping, spinning].map((pause) => nanosecondsALine(memory, pause).toFixed(1));
  console.log(
    `${kilobytes} KiB: ${hot} ns a line at once, ${slept} after sleeping ${PAUSE_MS} ms, ${spun} after spinning ${PAUSE_MS} ms`,
  );
}
