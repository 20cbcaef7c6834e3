/** What is known of how fast a queue moves. */
export interface Pace {
  /** Agents who take its calls. */
  readonly agents: number;
  /** For how long one is busy with a caller, the time after it included, ms; undefined where nothing is known of that. */
  readonly handling: number | undefined;
}

/**
 * How long a caller will wait, ms, if conversations go on as they were of late: each agent is through with one every `handling`, so
 * somebody is free as many times as often as there are agents.
 *
 * @param position from 1 on
 */
export function estimatedWait(position: number, { agents, handling }: Pace): number | undefined {
  if (handling === undefined || agents === 0) return undefined;
  return Math.round((position * handling) / agents);
}
