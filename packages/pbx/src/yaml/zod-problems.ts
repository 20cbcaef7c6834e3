import type { z } from 'zod';
import type { KeyPath, Problem } from '../problems/problem.ts';
import { suggest } from '../problems/suggest.ts';
import { ownRemedy, shown } from '../schema/fault.ts';
import type { Places } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** A slip repeated through a large file would otherwise bury the rest. */
const MOST_PROBLEMS = 100;

const SECRET_KEYS = /^(?:password|secret|md5|sha256|sealed|salt|token)$/i;

/**
 * Given to zod beside the data. Only here can the keys that a mapping may have be seen; they travel in the issue's
 * message, which `problemsOf` reads back.
 */
export const keepKnownKeys: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const definition = issue.inst?._zod.def as { shape?: Record<string, unknown> } | undefined;
  return JSON.stringify(Object.keys(definition?.shape ?? {}));
};

/** Says what zod found as a person would, each with its place. `data` is what zod was given. */
export function problemsOf(issues: readonly Issue[], data: unknown, places: Places): Problem[] {
  const problems = withoutEchoes(issues).flatMap((issue) => problemsOfIssue(issue, [], data, places));
  if (problems.length <= MOST_PROBLEMS) return problems;
  const left = problems.length - MOST_PROBLEMS;
  return [
    ...problems.slice(0, MOST_PROBLEMS),
    places.problem([], `${left} further problems are not shown`, 'mend these first'),
  ];
}

/**
 * A misspelt key makes further complaints about its mapping: that the right key is missing, or that the mapping as a
 * whole makes no sense. The first says it all.
 */
function withoutEchoes(issues: readonly Issue[]): readonly Issue[] {
  const misspelt = new Map<string, Set<string | undefined>>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const known = knownKeys(issue.message);
    misspelt.set(JSON.stringify(issue.path), new Set(issue.keys.map((key) => suggest(key, known))));
  }
  return issues.filter((issue) => {
    if (issue.code === 'custom') return !misspelt.has(JSON.stringify(issue.path));
    if (issue.code !== 'invalid_type') return true;
    return !misspelt.get(JSON.stringify(issue.path.slice(0, -1)))?.has(String(issue.path.at(-1)));
  });
}

function problemsOfIssue(issue: Issue, above: KeyPath, data: unknown, places: Places): Problem[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  const value = valueAt(data, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = knownKeys(issue.message);
        const near = suggest(key, known);
        const remedy = near === undefined ? `the keys here are ${known.join(', ')}` : `did you mean ${near}?`;
        return places.problem([...path, key], 'there is no such key', remedy, { pointing: 'key' });
      });
    case 'invalid_union':
      return bestBranch(issue.errors, value, path).flatMap((inner) => problemsOfIssue(inner, path, data, places));
    case 'invalid_key':
      return issue.issues.flatMap((inner) => {
        const said = saidOf(inner, path.at(-1), path, undefined);
        return places.problem(path, said.message, said.remedy, { pointing: 'key' });
      });
    default: {
      const said = saidOf(issue, value, path, places.written?.(path));
      const pointing = value === undefined || value === null ? 'key' : 'value';
      return [places.problem(path, said.message, said.remedy, { pointing })];
    }
  }
}

/** What is wrong and what to do, for an issue that has no others inside. @param source `value` as the file writes it */
function saidOf(
  issue: Issue,
  value: unknown,
  path: KeyPath,
  source: string | undefined,
): { message: string; remedy?: string } {
  switch (issue.code) {
    case 'custom': {
      const remedy: unknown = issue.params?.remedy;
      return { message: issue.message, ...(typeof remedy === 'string' ? { remedy } : {}) };
    }
    case 'invalid_type':
      return { ...wrongType(issue.expected, value, path, source), ...remedyIn(issue.message) };
    case 'invalid_value': {
      const values = issue.values.map(String);
      if (value === undefined) return { message: 'the key is missing', remedy: `write one of ${values.join(', ')}` };
      const near = typeof value === 'string' ? suggest(value, values) : undefined;
      const remedy =
        near === undefined
          ? `write ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`
          : `did you mean ${near}?`;
      return { message: `${written(value, path)} is not known here`, remedy };
    }
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      if (issue.origin === 'array')
        return {
          message: `the list is too ${issue.code === 'too_small' ? 'short' : 'long'}`,
          remedy: `write ${bound}`,
        };
      return {
        message: `${written(value, path)} is too ${issue.code === 'too_small' ? 'small' : 'large'}`,
        remedy: `write ${bound}`,
      };
    }
    default:
      return { message: issue.message };
  }
}

const TYPE_NAMES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list',
};

function remedyIn(message: string): { remedy?: string } {
  const remedy = ownRemedy(message);
  return remedy === undefined ? {} : { remedy };
}

function wrongType(
  expected: string,
  value: unknown,
  path: KeyPath,
  source: string | undefined,
): { message: string; remedy: string } {
  const kind = TYPE_NAMES[expected] ?? expected;
  if (value === undefined) return { message: 'the key is missing', remedy: `write ${kind} there` };
  if (value === null) return { message: 'the value is empty', remedy: `write ${kind}, or remove the key` };
  const given = written(value, path);
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    // Not what was read: a number has lost its leading zeros and its plus.
    const meant = source ?? String(value);
    return {
      message: `${isSecret(path) ? given : meant} is read as a ${typeof value === 'number' ? 'number' : 'yes or no'}, not as text`,
      remedy: isSecret(path) ? 'put it in quotes' : `put it in quotes: "${meant}"`,
    };
  }
  if (expected === 'array' && !isSecret(path) && typeof value !== 'object') {
    return { message: `${given} is not a list`, remedy: `write ${listOf(String(value))}` };
  }
  return { message: `${given} is not ${kind}`, remedy: `write ${kind}` };
}

/** A text as the list that was meant, as a file writes it. */
function listOf(text: string): string {
  const items = text.split(',').map((item) => item.trim());
  return `[${items.map((item) => (/^[A-Za-z0-9][A-Za-z0-9._/*-]*$/.test(item) ? item : shown(item))).join(', ')}]`;
}

/** A value for a message; a secret only as what it is. */
function written(value: unknown, path: KeyPath): string {
  if (isSecret(path)) return 'the value';
  if (typeof value === 'string') return shown(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a mapping' : String(value);
}

function isSecret(path: KeyPath): boolean {
  const last = path.at(-1);
  return typeof last === 'string' && SECRET_KEYS.test(last);
}

/**
 * Of a union's branches, the issues of the one that was meant: a branch whose outer shape fits before one that takes
 * another kind of value altogether, then the one with the fewest complaints. Where none was meant, one issue that says
 * what all of them take.
 */
function bestBranch(branches: readonly (readonly Issue[])[], value: unknown, path: KeyPath): readonly Issue[] {
  const atTop = branches.flat().filter((issue) => issue.path.length === 0);
  const words = atTop.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values : []));
  const misspelt = typeof value === 'string' && suggest(value, words.map(String)) !== undefined;
  const ranked = branches.map((issues) => ({ issues, rank: Math.max(0, ...issues.map(mismatch)) }));
  ranked.sort((a, b) => a.rank - b.rank || a.issues.length - b.issues.length);
  const [best] = ranked;
  if (best === undefined || (best.rank < WRONG_WORD && !misspelt)) return best?.issues ?? [];
  if (misspelt) return [{ code: 'invalid_value', path: [], values: words, message: '' }];
  const message = value === null ? 'the value is empty' : `${written(value, path)} does not fit here`;
  const remedy = `write ${[...new Set(atTop.flatMap(wanted))].join(', or ')}`;
  return [{ code: 'custom', path: [], message, params: { remedy } }];
}

/** What would satisfy an issue with a value as a whole. */
function wanted(issue: Issue): string[] {
  if (issue.code === 'invalid_value')
    return [ownRemedy(issue.message)?.replace(/^write /, '') ?? issue.values.join(', ')];
  if (issue.code !== 'invalid_type') return [];
  return [ownRemedy(issue.message)?.replace(/^write /, '') ?? TYPE_NAMES[issue.expected] ?? issue.expected];
}

const WRONG_WORD = 2;
const WRONG_KIND = 3;

function mismatch(issue: Issue): number {
  if (issue.path.length > 0) return 0;
  if (issue.code === 'invalid_type') return WRONG_KIND;
  return issue.code === 'invalid_value' ? WRONG_WORD : issue.code === 'custom' ? 1 : 0;
}

function knownKeys(message: string): string[] {
  return JSON.parse(message) as string[];
}

function valueAt(data: unknown, path: KeyPath): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
