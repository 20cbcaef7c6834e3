import type { Domain, Frozen } from '../model/model.ts';
import type { MenuStep } from '../schema/menu.ts';
import { parsePattern } from '../schema/pattern.ts';

/** Ends an extension that might go on, where it is no key of the menu. */
const END = '#';

/** What keys mean in a menu. */
export interface KeysRead {
  /** A key of the menu, or an extension that may be dialled there; undefined where they mean nothing, or not yet. */
  readonly choice: { readonly key: string } | { readonly extension: string } | undefined;
  /** Another key could lead to an extension. */
  readonly mayGoOn: boolean;
}

/** Reads the keys that were pressed so far. A key of the menu goes before an extension of that one digit. */
export function readMenuKeys(menu: Frozen<MenuStep>, domain: Domain, keys: string): KeysRead {
  const ends = keys.length > 1 && keys.endsWith(END);
  const digits = ends ? keys.slice(0, -1) : keys;
  const extensions = dialledIn(menu, domain);
  const at = firstFrom(extensions, digits);
  const isExtension = extensions[at] === digits;
  const choice = Object.hasOwn(menu.keys, digits) ? { key: digits } : isExtension ? { extension: digits } : undefined;
  const next = extensions[isExtension ? at + 1 : at];
  return { choice, mayGoOn: !ends && digits !== '' && next?.startsWith(digits) === true };
}

/** The most keys that mean something in a menu, and one more: a caller's end, or the one that makes them mean nothing. */
export function mostMenuKeys(menu: Frozen<MenuStep>, domain: Domain): number {
  return 1 + dialledIn(menu, domain).reduce((most, { length }) => Math.max(most, length), 1);
}

/** By domain and menu: a domain that changes is another object. */
const KNOWN = new WeakMap<Domain, WeakMap<Frozen<MenuStep>, readonly string[]>>();

/** The extensions that may be dialled in a menu, sorted as text: users, groups and conferences. */
export function dialledIn(menu: Frozen<MenuStep>, domain: Domain): readonly string[] {
  if (menu.extension === undefined || menu.extension === false) return [];
  let ofDomain = KNOWN.get(domain);
  if (ofDomain === undefined) {
    ofDomain = new WeakMap();
    KNOWN.set(domain, ofDomain);
  }
  let extensions = ofDomain.get(menu);
  if (extensions === undefined) {
    extensions = extensionsOf(domain).filter(matcherOf(menu.extension)).sort();
    ofDomain.set(menu, extensions);
  }
  return extensions;
}

function extensionsOf({ users, groups, settings }: Domain): string[] {
  return [users, groups, settings.conferences ?? []].flatMap((list) => list.map(({ extension }) => extension));
}

/** Whether an extension may be dialled where this says which may. */
export function matcherOf(allowed: true | readonly string[]): (extension: string) => boolean {
  if (allowed === true) return () => true;
  const patterns = allowed.flatMap((text) => {
    const pattern = parsePattern(text);
    return pattern.ok ? [pattern.value] : [];
  });
  return (extension) => patterns.some((pattern) => pattern.matches(extension));
}

/** The place of the first text that is not before `text`. */
function firstFrom(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
