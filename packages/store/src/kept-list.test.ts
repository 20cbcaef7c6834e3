import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeptList, listDifferences, NOTHING_KEPT } from './kept-list.ts';

interface Thing {
  readonly key: string;
  readonly version: number;
}

let versions = 0;

const keyOf = (object: object): string => (object as Thing).key;
const thing = (key: string): Thing => ({ key, version: versions++ });
const listOf = (...keys: string[]): KeptList => listDifferences(NOTHING_KEPT, keys.map(thing), keyOf).kept;

test('what is put behind is all that is written', () => {
  const before = listOf('a', 'b', 'c');
  const { kept, written, removed } = listDifferences(before, [...before.objects, thing('d')], keyOf);
  expect({ positions: kept.positions, written, removed }).toEqual({
    positions: [0, 1, 2, 3],
    written: [3],
    removed: [],
  });
});

test('what changes keeps its place, and what goes leaves a gap', () => {
  const before = listOf('a', 'b', 'c', 'd');
  const [a, b, , d] = before.objects as Thing[];
  const { kept, written, removed } = listDifferences(before, [a!, thing('c'), d!], keyOf);
  expect({ positions: kept.positions, written, removed }).toEqual({ positions: [0, 2, 3], written: [1], removed: [b] });
});

/* Lists of up to 8 of 10 keys, each object the one that was there or another one; five changes in a row. */
test('what is written and removed, and no more, makes of the rows the list in its order', () => {
  const lists = fc.array(
    fc.uniqueArray(fc.tuple(fc.nat(9), fc.boolean()), { maxLength: 8, selector: ([key]) => key }),
    {
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(lists, (steps) => {
      let kept = NOTHING_KEPT;
      const rows = new Map<string, { object: object; position: number }>();
      for (const step of steps) {
        const known = new Map(kept.objects.map((object) => [keyOf(object), object]));
        const objects = step.map(([key, isSame]) => (isSame && known.get(String(key))) || thing(String(key)));
        const next = listDifferences(kept, objects, keyOf);
        for (const object of next.removed) expect(rows.delete(keyOf(object))).toBe(true);
        for (const index of next.written) {
          const row = { object: objects[index]!, position: next.kept.positions[index]! };
          expect(rows.get(keyOf(row.object))).not.toEqual(row);
          rows.set(keyOf(row.object), row);
        }
        const inOrder = [...rows.values()].sort((one, other) => one.position - other.position);
        expect(inOrder.map(({ object }) => object)).toEqual(objects);
        expect(inOrder.every(({ object }, index) => object === objects[index])).toBe(true);
        kept = next.kept;
      }
    }),
    { numRuns: 500 },
  );
});
