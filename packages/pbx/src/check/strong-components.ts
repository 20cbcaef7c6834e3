/**
 * The places of a graph that lead back to themselves, in rising sets of those that all lead to each other, by Tarjan's algorithm.
 * Without recursion, for a chain may be as long as a company has employees.
 *
 * @param leads of each place the places to which it leads, by their index
 */
export function componentsOf(leads: readonly (readonly number[])[]): number[][] {
  const found: number[][] = [];
  const seenAt = new Int32Array(leads.length).fill(-1);
  /** The earliest place that is known to be reached from each. */
  const lowest = new Int32Array(leads.length);
  const isOpen = new Uint8Array(leads.length);
  /** How many of its leads have been followed. */
  const followed = new Int32Array(leads.length);
  const open: number[] = [];
  const walk: number[] = [];
  let seen = 0;
  const enter = (place: number): void => {
    lowest[place] = seen;
    seenAt[place] = seen++;
    isOpen[place] = 1;
    open.push(place);
    walk.push(place);
  };

  for (const root of leads.keys()) {
    if (seenAt[root] !== -1) continue;
    enter(root);
    for (let place = walk.at(-1); place !== undefined; place = walk.at(-1)) {
      const to = leads[place]![followed[place]!++];
      if (to !== undefined) {
        if (seenAt[to] === -1) enter(to);
        else if (isOpen[to] === 1) lowest[place] = Math.min(lowest[place]!, seenAt[to]!);
        continue;
      }
      walk.pop();
      const before = walk.at(-1);
      if (before !== undefined) lowest[before] = Math.min(lowest[before]!, lowest[place]!);
      if (lowest[place] !== seenAt[place]) continue;
      const component = open.splice(open.lastIndexOf(place));
      for (const member of component) isOpen[member] = 0;
      if (component.length === 1 && !leads[place]!.includes(place)) continue;
      found.push(component.sort((one, other) => one - other));
    }
  }
  return found;
}
