import { atOnce, type Steps } from '@vats/kernel';
import type { z } from 'zod';
import { type Checked, type Problem, sortProblems } from '../problems/problem.ts';
import type { EntryMemory } from './entry-memory.ts';
import { faultsApart } from './faults-apart.ts';
import { decodedYaml, parseYaml } from './parse-yaml.ts';
import { readInParts } from './read-in-parts.ts';
import { NO_PLACES, type Places } from './yaml-source.ts';
import { keepKnownKeys, problemsOf } from './zod-problems.ts';

/** What a source says, checked, and where it says it. `problem` serves those who know more than the schema. */
export interface YamlSource<T> extends Places {
  readonly value: T;
  /** The file as the person named it; empty when there is none. */
  readonly file: string;
}

/**
 * Reads a YAML file that `schema` describes: syntax, keys, types and values, every fault with file, line, column, key
 * and remedy. Never throws for what the text holds.
 *
 * @param file the name to show in problems; nothing is opened
 */
export function readYaml<Schema extends z.ZodType>(
  text: string | Uint8Array,
  file: string,
  schema: Schema,
): Checked<YamlSource<z.output<Schema>>> {
  return atOnce(readingYaml(text, file, schema));
}

/** `readYaml` in steps, for where calls are up: the library needs a second for each megabyte. */
export function* readingYaml<Schema extends z.ZodType>(
  text: string | Uint8Array,
  file: string,
  schema: Schema,
): Steps<Checked<YamlSource<z.output<Schema>>>> {
  const parsed = yield* parseYaml(text, file);
  if (!parsed.ok) return { ok: false, problems: parsed.problems };
  yield;
  return checkAgainst(schema, parsed.data, file, parsed.places, parsed.warnings);
}

/**
 * `readingYaml` for a mapping whose long lists are read an entry at a time where the text allows it, which is much faster; the
 * outcome is the same, but that a large text may hold no anchors and the faults of its parts are told part by part.
 *
 * @param lists the keys of `schema` that are lists of such elements, and of which nothing else is asked
 */
export function* readingLists<Shape extends z.ZodRawShape>(
  text: string | Uint8Array,
  file: string,
  schema: z.ZodObject<Shape>,
  lists: ReadonlyMap<string, z.ZodType>,
  memory?: EntryMemory<z.output<z.ZodObject<Shape>>>,
): Steps<Checked<YamlSource<z.output<z.ZodObject<Shape>>>>> {
  const decoded = decodedYaml(text, file);
  if (!decoded.ok) return decoded;
  yield;
  const read = yield* readInParts(decoded.text, file, schema, lists, memory);
  if (read === undefined) {
    const problems = yield* faultsApart(decoded.text, file);
    return problems === undefined ? yield* readingYaml(decoded.text, file, schema) : { ok: false, problems };
  }
  if (!read.ok) return read;
  const { value, places } = read.value;
  return { ok: true, value: { value, file, problem: (...about) => places.problem(...about) }, warnings: read.warnings };
}

/** Checks plain data that comes from no file, as `readYaml` would if a file held it. */
export function readValue<Schema extends z.ZodType>(
  data: unknown,
  schema: Schema,
): Checked<YamlSource<z.output<Schema>>> {
  return checkAgainst(schema, data, '', NO_PLACES, []);
}

function checkAgainst<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  file: string,
  places: Places,
  warnings: readonly Problem[],
): Checked<YamlSource<z.output<Schema>>> {
  const checked = schema.safeParse(data, { error: keepKnownKeys });
  if (!checked.success) {
    const problems = problemsOf(checked.error.issues, data, places);
    return { ok: false, problems: sortProblems([...problems, ...warnings]) };
  }
  const problem: Places['problem'] = (...about) => places.problem(...about);
  return { ok: true, value: { value: checked.data, file, problem }, warnings };
}
