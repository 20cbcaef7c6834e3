import type { Placed } from '../model/merge.ts';
import type { DomainNumber, DomainSettings, Group, Scheme, Trunk, User } from '../model/model.ts';
import type { KeyPath, Problem } from '../problems/problem.ts';

/** What is known of the numbering register's regions. */
export interface RegisterNames {
  /** Whether callers can be from there, in whatever writing of the name. */
  has(region: string): boolean;
  /** The names there are, for who wrote one wrong. */
  all(): Iterable<string>;
}

/** The objects of a domain: first what the file does not name, then what it names, in its order. */
export interface DomainLists {
  readonly users: readonly Placed<User>[];
  readonly groups: readonly Placed<Group>[];
  readonly trunks: readonly Placed<Trunk>[];
  readonly numbers: readonly Placed<DomainNumber>[];
  readonly schemes: readonly Placed<Scheme>[];
}

export const DOMAIN_LISTS = [
  'users',
  'groups',
  'trunks',
  'numbers',
  'schemes',
] as const satisfies (keyof DomainLists)[];

/** A domain as an apply would leave it, with where the file names each part. */
export interface DomainView extends DomainLists {
  readonly settings: DomainSettings;
  /** The settings that the file names: problems with others are not this file's. */
  readonly settingsNamed: ReadonlySet<string>;
  /** True for a file by itself: what commands have put into a switch, such as a calendar, is not known. */
  readonly isFileAlone?: boolean;
  /** The regions of the numbering register, the same object until there is another; absent where nobody knows them. */
  readonly register?: RegisterNames;
}

/** What checks are given: all of a domain, and what of it they have not found good before. */
export interface JudgedView extends DomainView {
  /** What a check judges that looks at each object by itself, and at the settings. Who looks at what objects have to do with each other looks at all. */
  readonly fresh: DomainLists;
}

/** Takes a problem down, at a path of the file; `undefined` for what the file does not name. */
export type Report = (
  severity: Problem['severity'],
  path: KeyPath | undefined,
  message: string,
  remedy: string,
  pointing?: 'key' | 'value',
) => void;

/** `path` and more steps; nothing leads on from what the file does not name. */
export function below(path: KeyPath | undefined, ...steps: KeyPath): KeyPath | undefined {
  return path === undefined ? undefined : [...path, ...steps];
}
