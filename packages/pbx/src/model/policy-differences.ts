import type { Json, JsonObject } from './kinds.ts';

/** As many as a person reads, of those that came and of those that went. */
const NAMED = 200;
const LISTS = ['countries', 'allow', 'deny'] as const;

/**
 * What tells two access policies in the file's form apart. Of lists only what came and went, for they are long; each in full,
 * for it is who may call.
 *
 * @example 'access: russia -> list', 'access.allow: 203.0.113.0/24 added'
 */
export function policyDifferences(path: string, before: Json | undefined, after: Json | undefined): string[] {
  const [old, now] = [longForm(before), longForm(after)];
  const lines: string[] = [];
  if (old.mode !== now.mode) lines.push(`${path}: ${old.mode ?? 'nothing'} -> ${now.mode ?? 'nothing'}`);
  for (const key of LISTS) {
    const change = listDifference(textsOf(old[key]), textsOf(now[key]));
    if (change !== '') lines.push(`${path}.${key}: ${change}`);
  }
  if (old.enforce !== now.enforce) lines.push(`${path}.enforce: ${old.enforce ?? true} -> ${now.enforce ?? true}`);
  return lines;
}

function longForm(policy: Json | undefined): JsonObject {
  if (typeof policy === 'string') return { mode: policy };
  return typeof policy === 'object' && policy !== null && !Array.isArray(policy) ? policy : {};
}

function listDifference(before: readonly string[], after: readonly string[]): string {
  const [old, now] = [new Set(before), new Set(after)];
  const came = after.filter((text) => !old.has(text));
  const went = before.filter((text) => !now.has(text));
  if (came.length === 0 && went.length === 0) return before.join() === after.join() ? '' : 'another order';
  return [named(came, 'added'), named(went, 'removed')].filter((text) => text !== '').join(', ');
}

function named(texts: readonly string[], what: string): string {
  if (texts.length === 0) return '';
  const left = texts.length - NAMED;
  return `${texts.slice(0, NAMED).join(' ')}${left > 0 ? ` and ${left} more` : ''} ${what}`;
}

function textsOf(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}
