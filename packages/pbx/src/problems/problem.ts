/** One thing that is wrong, or worth knowing, in a file that a person wrote. */
export interface Problem {
  /** An error stops what was asked for; a warning does not. */
  readonly severity: 'error' | 'warning';
  /** The file as the person named it; empty where no file is concerned (an environment variable, an edit by hand). */
  readonly file: string;
  /** 1-based; 0 where the problem has no place in the file. */
  readonly line: number;
  /** 1-based, in characters; 0 where the problem has no place in the file. */
  readonly column: number;
  /** The key as a person would say it: 'users[0].devices[1].login'; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong. Never holds a secret. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** The outcome of checking what a person wrote: a value with its warnings, or every problem found (errors first). */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Steps from the top of a document to a value: keys and list positions. */
export type KeyPath = readonly (string | number)[];

/** @example formatKeyPath(['users', 0, 'devices', 1, 'login']) === 'users[0].devices[1].login' */
export function formatKeyPath(path: KeyPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\p{L}\p{N}_-]+$/u.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/**
 * One line for a terminal, in the form that editors make clickable.
 * @example 'pbx.yaml:14:9: error: users[0].extenshun: no such key; did you mean extension?'
 */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line || '', problem.line === 0 ? '' : problem.column || '']
    .filter((part) => part !== '')
    .join(':');
  const key = problem.path === '' ? '' : `${problem.path}: `;
  const remedy = problem.remedy === undefined ? '' : `; ${problem.remedy}`;
  return `${place === '' ? '' : `${place}: `}${problem.severity}: ${key}${problem.message}${remedy}`;
}

/** Errors before warnings, then by place in the file. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const rank = (problem: Problem): number => (problem.severity === 'error' ? 0 : 1);
  return [...problems].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}
