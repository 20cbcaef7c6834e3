import { availableParallelism } from 'node:os';

/** What one look at the load of the process found. */
export interface LoadSample {
  /** How much later than it was due the look came, in ms: the event loop was busy with something else for as long. */
  readonly lateness: number;
  /** For how long more datagrams have been waiting than a turn of the loop takes, in ms; 0 when there are none. */
  readonly backlog: number;
  /** Share of the time since the last look in which the loop did not wait for something to do, 0 to 1. */
  readonly occupancy: number;
  /** Share of that time, 0 to 1, in which it had something to do and waited for a processor that other processes had. */
  readonly starved: number;
  /** How full the fullest of the bounded queues is, 0 to 1. */
  readonly fullness: number;
}

/** Where a look at the load finds its figures. Time itself comes from the clock. */
export interface LoadSources {
  /** As `LoadSample.backlog`. */
  readonly backlog: () => number;
  /** As `LoadSample.occupancy`, since it was last asked; {@link loopOccupancy} makes one. */
  readonly occupancy: () => number;
  /** As `LoadSample.starved`, since it was last asked; {@link loopStarvation} makes one. Without it the loop is taken to have all it wants. */
  readonly starved?: () => number;
  /** As `LoadSample.fullness`; without it no queue counts. */
  readonly fullness?: () => number;
}

/** Answers which share of the time since it was last asked this thread's event loop did not sleep; it costs a microsecond. */
export function loopOccupancy(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return Number.isFinite(utilization) ? utilization : 0;
  };
}

/** Processor time so far, all in ms but `processors`. */
export interface ProcessorTimes {
  readonly wall: number;
  /** For how long this thread's event loop was not asleep. */
  readonly awake: number;
  /** What this thread had of a processor. */
  readonly thread: number;
  /** What all threads of this process had together. */
  readonly process: number;
  /** How many processors this process may use. */
  readonly processors: number;
}

/** A process that has this share of its processors is itself what its loop waits for: its media threads, say. */
const MOST_OF_THE_MACHINE = 0.5;

/**
 * Answers which share of the time since it was last asked this thread's event loop was awake without a processor, because other
 * processes had it; 0 where the threads of this process have most of the machine, since then fewer calls do help.
 * @param read for a test, in the place of this thread's own times
 */
export function loopStarvation(read: () => ProcessorTimes = readTimes): () => number {
  let before = read();
  return () => {
    const now = read();
    const wall = now.wall - before.wall;
    const missed = now.awake - before.awake - (now.thread - before.thread);
    const ours = (now.process - before.process) / (wall * now.processors);
    before = now;
    if (wall <= 0 || ours >= MOST_OF_THE_MACHINE) return 0;
    return Math.min(1, Math.max(0, missed / wall));
  };
}

function readTimes(): ProcessorTimes {
  const sum = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;
  return {
    wall: performance.now(),
    awake: performance.eventLoopUtilization().active,
    thread: sum(process.threadCpuUsage()),
    process: sum(process.cpuUsage()),
    processors: availableParallelism(),
  };
}
