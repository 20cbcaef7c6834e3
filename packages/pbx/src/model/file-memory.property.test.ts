import { atOnce } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readingPbx } from '../check/check-pbx.ts';
import type { Problem } from '../problems/problem.ts';
import { arbitraryPbx } from '../testing/arbitrary-pbx.ts';
import { type Applied, planningApply } from './apply.ts';
import { FileMemory } from './file-memory.ts';
import { EMPTY_MODEL, type Model } from './model.ts';

/*
 * A file of `arbitraryPbx` is applied, then up to 5 times edited by an edit of one line or an exchange for another file, and applied again, each time with what was
 * remembered and without; what holds of one must hold of the other, and is what the next apply meets.
 */
const RUNS = 60;

type Plain = Record<string, unknown>;
const OPTIONS = { managedBy: 'file:test', now: Date.UTC(2026, 10, 27) } as const;

function applied(
  model: Model,
  text: string,
  memory?: FileMemory,
): Applied | { ok: false; problems: readonly Problem[] } {
  const read = atOnce(readingPbx(text, 'f.yaml', memory));
  if (!read.ok) return read;
  return atOnce(planningApply(model, read.value, { ...OPTIONS, ...(memory && { memory }) }));
}

const lineEdit = fc.record({
  line: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  from: fc.constantFrom('Anna', 'Vf5kNm7Z', '20s', '201', '+7495', 'extension', 'acme', 'trunk-0', 'true'),
  to: fc.constantFrom('Vera', 'short', '30s', '202', '+7496', 'extenshun', 'acme2', 'nobody', 'false'),
  kind: fc.constantFrom('replace', 'replace', 'drop', 'double'),
});
type LineEdit = typeof lineEdit extends fc.Arbitrary<infer T> ? T : never;

/** From the line that was drawn on, the first that the edit fits. */
function edited(text: string, { line, from, to, kind }: LineEdit): string {
  const lines = text.split('\n');
  const at = Math.floor(line * lines.length);
  if (kind === 'drop') return lines.toSpliced(at, 1).join('\n');
  if (kind === 'double') return lines.toSpliced(at, 0, lines[at]!).join('\n');
  const found = lines.findIndex((each, index) => index >= at && each.includes(from));
  return found < 0 ? text : lines.with(found, lines[found]!.replace(from, to)).join('\n');
}

function written(pbx: Plain, inFlow: boolean): string {
  if (!inFlow) return stringify(pbx, { aliasDuplicateObjects: false });
  const lines = Object.entries(pbx).flatMap(([key, value]) =>
    Array.isArray(value) && value.length > 0
      ? [`${key}:`, ...value.map((entry) => `  - ${JSON.stringify(entry).replaceAll('":', '": ')}`)]
      : [`${key}: ${JSON.stringify(value).replaceAll('":', '": ')}`],
  );
  return `${lines.join('\n')}\n`;
}

test('an apply that remembers says and makes what one does that knows nothing', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: lineEdit },
    { weight: 1, arbitrary: fc.tuple(arbitraryPbx(), fc.boolean()) },
  );
  fc.assert(
    fc.property(arbitraryPbx(), fc.boolean(), fc.array(step, { maxLength: 5 }), (first, inFlow, steps) => {
      let text = written(first, inFlow);
      let model = EMPTY_MODEL;
      const memory = new FileMemory(() => model);
      for (const next of [undefined, ...steps]) {
        if (next !== undefined) text = Array.isArray(next) ? written(...next) : edited(text, next);
        const remembering = applied(model, text, memory);
        memory.settle();
        expect(remembering).toEqual(applied(model, text));
        if (remembering.ok && 'next' in remembering) model = remembering.next;
      }
    }),
    { numRuns: RUNS },
  );
}, 60_000);
