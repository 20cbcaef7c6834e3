import type { Steps } from '@vats/kernel';
import type { z } from 'zod';
import type { EntryMemory } from './entry-memory.ts';
import type { Section } from './outline.ts';
import { NOT_APART, valueOfItem } from './parts.ts';
import { type Run, runsOf } from './runs.ts';
import { keepKnownKeys } from './zod-problems.ts';

/** Entries that are read or checked in a step: some milliseconds. */
const A_STEP = 100;

interface NewEntry {
  readonly index: number;
  readonly name: string | undefined;
}

interface NewRun extends Run {
  readonly name: string;
  readonly names: readonly string[];
}

/** A list of a file, of which all is good YAML. */
export interface ListRead {
  readonly key: string;
  /** What is known is as the schema gives it, and what is new as YAML has it, until it is checked. */
  readonly values: unknown[];
  readonly newEntries: readonly NewEntry[];
  readonly newRuns: readonly NewRun[];
}

/** Reads the entries of a list that `memory` does not know. */
export function* readingList(
  text: string,
  { key, items }: Section,
  memory: EntryMemory<never> | undefined,
): Steps<ListRead | typeof NOT_APART> {
  const values: unknown[] = [];
  const newEntries: NewEntry[] = [];
  const newRuns: NewRun[] = [];
  const whole: Run = { first: 0, end: items.length, from: 0, to: 0 };
  for (const run of memory === undefined ? [whole] : runsOf(text, items)) {
    const runName = memory?.nameOf(key, text.slice(run.from, run.to));
    const known = runName === undefined ? undefined : memory?.findRun(runName);
    if (known !== undefined) {
      for (const entry of known) values.push(entry);
      continue;
    }
    const names: string[] = [];
    for (let index = run.first; index < run.end; index++) {
      const item = items[index]!;
      const name = runName === undefined ? undefined : memory?.nameOf(key, text.slice(item.from, item.to));
      if (name !== undefined) names.push(name);
      const entry = name === undefined ? undefined : memory?.find(name);
      if (entry === undefined) newEntries.push({ index, name });
      const value = entry ?? valueOfItem(text, item);
      if (value === NOT_APART) return NOT_APART;
      values.push(value);
      if (index % A_STEP === 0) yield;
    }
    if (runName !== undefined) newRuns.push({ ...run, name: runName, names });
  }
  return { key, values, newEntries, newRuns };
}

/** Checks what is new in a list, and has `memory` know it. What is wrong is told with its path in the file. */
export function* checkingList(
  { key, values, newEntries, newRuns }: ListRead,
  schema: z.ZodType,
  memory: EntryMemory<never> | undefined,
): Steps<z.core.$ZodIssue[]> {
  const issues: z.core.$ZodIssue[] = [];
  let done = 0;
  for (const { index, name } of newEntries) {
    const checked = schema.safeParse(values[index], { error: keepKnownKeys });
    if (checked.success) {
      values[index] = checked.data;
      if (name !== undefined) memory?.note(name, checked.data as object);
    } else issues.push(...checked.error.issues.map((issue) => ({ ...issue, path: [key, index, ...issue.path] })));
    if (++done % A_STEP === 0) yield;
  }
  if (issues.length === 0) for (const { name, names } of newRuns) memory?.noteRun(name, names);
  return issues;
}
