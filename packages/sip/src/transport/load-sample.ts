/** What one look at the load of the process found. */
export interface LoadSample {
  /** How much later than it was due the look came, in ms: the event loop was busy with something else for as long. */
  readonly lateness: number;
  /** For how long more datagrams have been waiting than a turn of the loop takes, in ms; 0 when there are none. */
  readonly backlog: number;
  /** Share of the time since the last look in which the loop did not wait for something to do, 0 to 1. */
  readonly occupancy: number;
  /** How full the fullest of the bounded queues is, 0 to 1. */
  readonly fullness: number;
}

/** Where a look at the load finds its figures. Time itself comes from the clock. */
export interface LoadSources {
  /** As `LoadSample.backlog`. */
  readonly backlog: () => number;
  /** As `LoadSample.occupancy`, since it was last asked; {@link loopOccupancy} makes one. */
  readonly occupancy: () => number;
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
