import { createHash } from 'node:crypto';
import type { ManagedBy } from './model.ts';

/** What an apply or an edit does to one object. */
export interface Change {
  /**
   * `adopt`: the same content, from now on the file's. `leave`: an earlier apply of the file made it, the file names it
   * no longer, and `--prune` was not given.
   */
  readonly action: 'create' | 'update' | 'adopt' | 'leave' | 'remove';
  readonly domain: string;
  /** What it is: 'user', 'trunk', 'setting', 'domain'… */
  readonly kind: string;
  readonly key: string;
  readonly title?: string;
  /** For `update`: what differs, a line each, secrets masked. */
  readonly details: readonly string[];
}

const SIGNS: Record<Change['action'], string> = { create: '+', update: '~', adopt: '=', leave: '.', remove: '-' };
const REMARKS: Partial<Record<Change['action'], string>> = {
  adopt: ' (now managed by this file)',
  leave: ' (no longer in the file; --prune removes it)',
};

/** @example '~ user 201 Anna Petrova: ring: 25s -> 30s' */
export function describeChange(change: Change): string {
  const title = change.title === undefined ? '' : ` ${change.title}`;
  const details = change.details.length === 0 ? '' : `: ${change.details.join('; ')}`;
  return `${SIGNS[change.action]} ${change.kind} ${change.key}${title}${REMARKS[change.action] ?? ''}${details}`;
}

/** Who a file is to the objects that it makes. Give the absolute path, so that two files of one name stay two. */
export function managerOfFile(path: string): ManagedBy {
  return `file:${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
}

/** Names the content of a file, to tell whether it changed since it was applied. */
export function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
