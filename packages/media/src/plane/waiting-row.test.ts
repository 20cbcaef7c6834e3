import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Waiting, WaitingRow } from './waiting-row.ts';

interface One extends Waiting<One> {
  readonly name: number;
}

const row = (...names: number[]) => {
  const made = new WaitingRow<One>();
  for (const name of names) made.add({ name, next: undefined });
  return made;
};
const emptied = (of: WaitingRow<One>) => Array.from({ length: of.size }, () => of.take().name);

test('who came first leaves first, and may come again', () => {
  const waiting = row(1, 2);
  const first = waiting.take();
  waiting.add(first);
  expect(emptied(waiting)).toEqual([2, 1]);
});

test.each([
  [
    [1, 2],
    [3, 4],
    [1, 2, 3, 4],
  ],
  [[1, 2], [], [1, 2]],
  [[], [3], [3]],
])('%j go before %j', (some, others, together) => {
  const [from, to] = [row(...some), row(...others)];
  from.goBefore(to);
  to.add({ name: 9, next: undefined });
  from.add({ name: 8, next: undefined });
  expect([emptied(to), emptied(from)]).toEqual([[...together, 9], [8]]);
});

test('a row that goes before itself is as it was', () => {
  const waiting = row(1, 2);
  waiting.goBefore(waiting);
  expect(emptied(waiting)).toEqual([1, 2]);
});

test('whatever happens in two rows, they hold what two arrays would', () => {
  const step = fc.record({ what: fc.constantFrom('add', 'take', 'go'), at: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rows = [row(), row()] as const;
      const arrays: [number[], number[]] = [[], []];
      steps.forEach(({ what, at }, name) => {
        const which = at as 0 | 1;
        const other = (1 - at) as 0 | 1;
        if (what === 'add') {
          rows[which].add({ name, next: undefined });
          arrays[which].push(name);
        } else if (what === 'go') {
          rows[which].goBefore(rows[other]);
          arrays[other].unshift(...arrays[which].splice(0));
        } else if (arrays[which].length > 0) expect(rows[which].take().name).toBe(arrays[which].shift());
      });
      expect(rows.map(emptied)).toEqual(arrays);
    }),
  );
});
