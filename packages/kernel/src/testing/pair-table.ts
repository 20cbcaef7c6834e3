/** What comes of one event in one state, as a test writes it. */
export type PairRow = readonly [state: string, event: string, outcome: string];

/**
 * Every pair of state and event with what a table says of it: a line for each, `state | event | outcome`. A pair without a line, a line
 * without a pair, and a pair with two lines are faults of the table, whoever added what.
 *
 * @throws with all faults
 */
export function everyPair(states: readonly string[], events: readonly string[], table: string): PairRow[] {
  const rows = new Map<string, string>();
  const faults: string[] = [];
  for (const line of table.trim().split('\n')) {
    const [state = '', event = '', outcome = ''] = line.split('|').map((cell) => cell.trim());
    const pair = `${state} | ${event}`;
    if (rows.has(pair)) faults.push(`two lines: ${pair}`);
    if (!states.includes(state) || !events.includes(event)) faults.push(`no such pair: ${pair}`);
    rows.set(pair, outcome);
  }
  const pairs = states.flatMap((state) =>
    events.map((event): PairRow => {
      const outcome = rows.get(`${state} | ${event}`);
      if (outcome === undefined) faults.push(`no line: ${state} | ${event}`);
      return [state, event, outcome ?? ''];
    }),
  );
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return pairs;
}
