import type { Steps } from '@vats/kernel';
import { type Problem, sortProblems } from '../problems/problem.ts';
import { type Outline, outlineOf, type Stretch } from './outline.ts';
import { parseYaml } from './parse-yaml.ts';
import { ANCHORED, isWholeApart } from './parts.ts';

/** Up to so many characters (some thousand lines) the library composes a text within a turn that calls do not notice. */
export const READ_AS_A_WHOLE = 256 * 1024;

/** More than a person mends at a time. */
export const MOST_FAULTS = 100;

/** Parts that are looked at in a step: some milliseconds. */
const A_STEP = 100;

/**
 * What keeps a large text from being read in parts, told part by part: the library would compose all of it in one turn, in which
 * calls stand still. Undefined where it has to do so all the same: the text is small, can't be cut, or no single part is at fault.
 */
export function* faultsApart(text: string, file: string): Steps<readonly Problem[] | undefined> {
  if (text.length <= READ_AS_A_WHOLE) return undefined;
  const outline = outlineOf(text);
  if (outline === undefined) return undefined;
  const problems: Problem[] = [];
  let done = 0;
  for (const part of partsOf(outline)) {
    if (++done % A_STEP === 0) yield;
    if (isWholeApart(text, part)) continue;
    const found = yield* faultsIn(text, part, lineOf(outline, part), file);
    // Something that only the whole text explains.
    if (found === undefined) return undefined;
    problems.push(...found);
    if (problems.length >= MOST_FAULTS) break;
  }
  return problems.length === 0 ? undefined : sortProblems(problems).slice(0, MOST_FAULTS);
}

function* partsOf({ sections }: Outline): Iterable<Stretch> {
  for (const section of sections) {
    if (section.items.length === 0) yield section;
    else yield* section.items;
  }
}

function* faultsIn(
  text: string,
  part: Stretch,
  firstLine: number,
  file: string,
): Steps<readonly Problem[] | undefined> {
  const own = text.slice(part.from, part.to);
  const parsed = yield* parseYaml(own, file);
  const anchor = ANCHORED.exec(own);
  // What is named elsewhere looks like a fault here.
  if (anchor !== null) {
    const before = own.slice(0, anchor.index + anchor[0].search(/[&*]/));
    const line = firstLine + before.split('\n').length - 1;
    return [
      {
        ...({ severity: 'error', file, path: '', line } as const),
        column: before.length - before.lastIndexOf('\n'),
        message: `anchors (&) and aliases (*) are not read in a file of more than ${READ_AS_A_WHOLE / 1024} KiB`,
        remedy: 'write out what they stand for, or put a value that begins with one of these in quotes',
      },
    ];
  }
  return parsed.ok ? undefined : parsed.problems.map((problem) => ({ ...problem, line: problem.line + firstLine - 1 }));
}

/** 1-based. */
function lineOf({ lineStarts }: Outline, { from }: Stretch): number {
  let [low, high] = [0, lineStarts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (lineStarts[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}
