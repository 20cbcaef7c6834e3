import { type Endpoint, formatEndpoint, isIPv6 } from '@vats/kernel';

/** What places are called: the key is an endpoint as `formatEndpoint` writes it, '127.0.0.61:5060' or '[::1]:5060'. */
export type PlaceNames = ReadonlyMap<string, string>;

interface Pattern {
  readonly pattern: RegExp;
  readonly name: string;
}

/**
 * Names for values that differ from run to run. The same value always gets the same name, so that two texts are equal
 * exactly when their values stand in the same places.
 *
 * @example
 * symbols.of('tag', 'as7f')  // '{tag-1}', and so each time
 */
export class Symbols {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #firsts = new Map<string, number>();
  readonly #places: readonly Pattern[];

  constructor(places: PlaceNames = new Map()) {
    this.#places = [...endpointPatterns(places), ...uriHostPatterns(places), ...hostPatterns(places)];
  }

  of(kind: string, value: string): string {
    const key = `${kind} ${value}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `{${kind}-${count}}`;
    this.#names.set(key, name);
    return name;
  }

  /** Counts `value` from the first one that was seen in this series, which is 1. */
  relative(series: string, value: number): number {
    const first = this.#firsts.get(series) ?? value;
    this.#firsts.set(series, first);
    return value - first + 1;
  }

  /** Replaces endpoints and hosts that have a name: `sip:bob@127.0.0.62:5060` becomes `sip:bob@{bob}`. */
  places(text: string): string {
    return this.#places.reduce((so, { pattern, name }) => so.replace(pattern, `{${name}}`), text);
  }
}

function endpointPatterns(places: PlaceNames): Pattern[] {
  return [...places].map(([place, name]) => {
    const before = place.startsWith('[') ? '' : '(?<![\\w.])';
    return { pattern: new RegExp(`${before}${escaped(place)}(?!\\d)`, 'g'), name };
  });
}

/** In a URI, a host without a port means the standard one (RFC 3261 §19.1.2), whoever else shares the host. */
function uriHostPatterns(places: PlaceNames): Pattern[] {
  return [...places].flatMap(([place, name]) => {
    if (!place.endsWith(':5060')) return [];
    const host = escaped(place.slice(0, -':5060'.length));
    return [{ pattern: new RegExp(`(?<=@|\\bsips?:)${host}(?!\\.?\\d|:\\d)`, 'g'), name }];
  });
}

/** A host alone stands for its endpoint too, unless several parties share it. */
function hostPatterns(places: PlaceNames): Pattern[] {
  const owners = new Map<string, Set<string>>();
  for (const [place, name] of places) {
    const host = place.slice(0, place.lastIndexOf(':')).replace(/^\[|\]$/g, '');
    owners.set(host, (owners.get(host) ?? new Set()).add(name));
  }
  return [...owners].flatMap(([host, names]) => {
    const [name, ...others] = names;
    if (name === undefined || others.length > 0) return [];
    const bare = escaped(host);
    const text = isIPv6(host)
      ? `\\[${bare}\\](?!:\\d)|(?<![\\w.:[])${bare}(?![\\w.:\\]])`
      : `(?<![\\w.])${bare}(?!\\.?\\d)`;
    return [{ pattern: new RegExp(text, 'g'), name }];
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The key of an endpoint in `PlaceNames`. */
export function placeKey(endpoint: Endpoint): string {
  return formatEndpoint(endpoint);
}
