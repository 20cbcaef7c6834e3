/**
 * The places that lead back to themselves, in sets of those that all lead to each other, by Tarjan's algorithm; each set in the order
 * in which the places are given. Without recursion, for a chain may be as long as a company has employees.
 */
export function componentsOf(places: Iterable<string>, next: (place: string) => readonly string[]): string[][] {
  const order = [...places];
  const given = new Map(order.map((place, index) => [place, index]));
  const found: string[][] = [];
  const seenAt = new Map<string, number>();
  /** The earliest place that is known to be reached from each. */
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();

  for (const root of order) {
    if (seenAt.has(root)) continue;
    const walk: { readonly place: string; readonly to: readonly string[]; at: number }[] = [];
    const enter = (place: string): void => {
      lowest.set(place, seenAt.size);
      seenAt.set(place, seenAt.size);
      open.push(place);
      isOpen.add(place);
      walk.push({ place, to: next(place).filter((to) => given.has(to)), at: 0 });
    };
    enter(root);
    for (let step = walk.at(-1); step !== undefined; step = walk.at(-1)) {
      const { place } = step;
      const to = step.to[step.at++];
      if (to !== undefined) {
        if (!seenAt.has(to)) enter(to);
        else if (isOpen.has(to)) lowest.set(place, Math.min(lowest.get(place)!, seenAt.get(to)!));
        continue;
      }
      walk.pop();
      const before = walk.at(-1);
      if (before !== undefined) {
        lowest.set(before.place, Math.min(lowest.get(before.place)!, lowest.get(place)!));
      }
      if (lowest.get(place) !== seenAt.get(place)) continue;
      const component = open.splice(open.lastIndexOf(place));
      for (const member of component) isOpen.delete(member);
      if (component.length === 1 && !step.to.includes(place)) continue;
      found.push(component.sort((one, other) => given.get(one)! - given.get(other)!));
    }
  }
  return found;
}
