import fc from 'fast-check';
import { expect, test } from 'vitest';
import { componentsOf } from './strong-components.ts';

/** Where every place may lead, in ten places. */
const leads = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 10, maxLength: 10 });

function reachable(from: number, graph: readonly (readonly number[])[]): Set<number> {
  const seen = new Set<number>();
  const waiting = [...graph[from]!];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    waiting.push(...graph[at]!);
  }
  return seen;
}

test('they are the places that lead to each other, each once, in the order given', () => {
  fc.assert(
    fc.property(leads, (graph) => {
      const reach = graph.map((_, place) => reachable(place, graph));
      const expected = new Set<string>();
      for (const place of graph.keys()) {
        if (!reach[place]!.has(place)) continue;
        const together = [...graph.keys()].filter((other) => reach[place]!.has(other) && reach[other]!.has(place));
        expected.add(together.join());
      }
      const found = componentsOf(graph);
      expect(found.map((component) => component.join()).sort()).toEqual([...expected].sort());
    }),
    { numRuns: 500 },
  );
});

test('a chain as long as a large company needs no stack', () => {
  const leads = Array.from({ length: 50_000 }, (_, place) => [(place + 1) % 50_000]);
  expect(componentsOf(leads).map((component) => component.length)).toEqual([50_000]);
});
