import type { Steps } from '@vats/kernel';
import type { z } from 'zod';
import { type Checked, sortProblems } from '../problems/problem.ts';
import type { EntryMemory } from './entry-memory.ts';
import { outlineOf, type Section } from './outline.ts';
import { YAML_LIMITS } from './parse-yaml.ts';
import { NOT_APART, PlacesInParts, valueOfSection } from './parts.ts';
import { checkingList, type ListRead, readingList } from './read-list.ts';
import type { Places } from './yaml-source.ts';
import { keepKnownKeys, problemsOf } from './zod-problems.ts';

/** What a file holds, when it was read in parts. */
export type ReadInParts<T> = Checked<{ readonly value: T; readonly places: Places }>;

/** Parts that are read in a step: some milliseconds. */
const A_STEP = 100;

/**
 * Reads a mapping with long lists an entry at a time, with the outcome of reading it as a whole: the same value, the same problems.
 * What `memory` knows is neither read nor checked again. Undefined where the text can't be read in parts.
 *
 * @param lists the keys of `schema` that are lists of `element`s and nothing else is asked of
 */
export function* readInParts<Shape extends z.ZodRawShape>(
  text: string,
  file: string,
  schema: z.ZodObject<Shape>,
  lists: ReadonlyMap<string, z.ZodType>,
  memory?: EntryMemory<z.output<z.ZodObject<Shape>>>,
): Steps<ReadInParts<z.output<z.ZodObject<Shape>>> | undefined> {
  const outline = mayHoldTooMuch(text) ? undefined : outlineOf(text);
  if (outline === undefined) return undefined;
  yield;
  const isList = ({ key, items }: Section): boolean => items.length > 0 && lists.has(key);
  const data: Record<string, unknown> = {};
  let done = 0;
  for (const section of outline.sections) {
    const value = isList(section) ? [] : valueOfSection(text, section);
    if (value === NOT_APART) return undefined;
    data[section.key] = value;
    if (++done % A_STEP === 0) yield;
  }
  yield;
  const head = schema.safeParse(data, { error: keepKnownKeys });
  // What a file says outside its lists decides what its entries become.
  const known = head.success ? memory : undefined;
  if (head.success) memory?.begin(head.data);

  // All of the text must be good YAML before anything of it is judged.
  const read = new Map<string, ListRead>();
  for (const section of outline.sections.filter(isList)) {
    const list = yield* readingList(text, section, known);
    if (list === NOT_APART) return undefined;
    read.set(section.key, list);
    // Of what is known nothing will be asked by its raw form.
    data[section.key] = [...list.values];
  }

  const value: Record<string, unknown> = { ...head.data };
  const issues: z.core.$ZodIssue[] = [];
  const ofHead = head.success ? [] : head.error.issues;
  // In the order in which the schema goes through its keys; last what it says of others.
  for (const key of Object.keys(schema.shape)) {
    issues.push(...ofHead.filter(({ path }) => path[0] === key));
    const list = read.get(key);
    if (list === undefined) continue;
    // One by one: there may be more than a call takes arguments.
    for (const issue of yield* checkingList(list, lists.get(key)!, known)) issues.push(issue);
    value[key] = list.values;
  }
  issues.push(...ofHead.filter(({ path }) => path.length === 0));
  const places = new PlacesInParts(file, text, outline);
  if (issues.length > 0) return { ok: false, problems: sortProblems(problemsOf(issues, data, places)) };
  return { ok: true, value: { value: value as z.output<z.ZodObject<Shape>>, places }, warnings: [] };
}

/** Whether there may be more nodes than a file may have: each begins with one of these, or follows one. */
function mayHoldTooMuch(text: string): boolean {
  // A node with what parts it from the next one has two characters at least.
  if (text.length < 2 * YAML_LIMITS.nodes) return false;
  let marks = 0;
  for (const _ of text.matchAll(/[-,:[{?\n]/g)) marks++;
  return marks > YAML_LIMITS.nodes;
}
