import type { Json } from './kinds.ts';

/** Items that are named of those added, of those removed and of those changed; the others are counted. */
const NAMED = 5;
const LONGEST_ITEM = 80;

/**
 * What tells two lists apart, for a person: '+301, +302 … (+50), -203'. Items are told apart by what they are, by whom they ring
 * (`to`), or by their extension; one that only says something else is '~203'.
 */
export function listDifferences(before: readonly Json[], after: readonly Json[]): string {
  const [olds, news] = [byKey(before), byKey(after)];
  const added = beyond(news, olds);
  const removed = beyond(olds, news);
  const changed = [...news].flatMap(([key, items]) => {
    const old = olds.get(key);
    return old !== undefined && old.length === items.length && !isSame(old, items) ? [key] : [];
  });
  const told = [...some('+', added), ...some('-', removed), ...some('~', changed)];
  return told.length > 0 ? told.join(', ') : 'another order';
}

function byKey(items: readonly Json[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const item of items) {
    const key = keyOf(item);
    const same = found.get(key);
    if (same === undefined) found.set(key, [JSON.stringify(item)]);
    else same.push(JSON.stringify(item));
  }
  return found;
}

function keyOf(item: Json): string {
  if (typeof item === 'string') return item;
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return JSON.stringify(item);
  // A conference: what else it says may be its PIN.
  if (typeof item.extension === 'string' && typeof item.name === 'string') return item.extension;
  return typeof item.to === 'string' ? item.to : JSON.stringify(item);
}

/** The keys of `these` as often as they stand there more often than in `those`: a list may hold the same twice. */
function beyond(these: Map<string, string[]>, those: Map<string, string[]>): string[] {
  return [...these].flatMap(([key, items]) =>
    Array<string>(Math.max(0, items.length - (those.get(key)?.length ?? 0))).fill(key),
  );
}

function isSame(these: readonly string[], those: readonly string[]): boolean {
  return these.every((item, index) => item === those[index]);
}

function some(sign: string, keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  const named = keys.slice(0, NAMED).map((key) => {
    const text = key.length > LONGEST_ITEM ? `${key.slice(0, LONGEST_ITEM)}…` : key;
    // A number has a sign of its own.
    return /^[+-]/.test(text) ? `${sign} ${text}` : `${sign}${text}`;
  });
  return [`${named.join(', ')}${keys.length > NAMED ? ` … (${sign}${keys.length})` : ''}`];
}
