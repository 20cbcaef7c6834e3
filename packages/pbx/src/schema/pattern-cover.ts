/** One place of a number: what may stand there; and whether anything may follow the last. */
export interface Places {
  readonly places: readonly string[];
  readonly open: boolean;
}

/**
 * Whether every number that `inner` matches is matched by `outer` too. Both are patterns that `parsePattern` takes.
 *
 * @example covers('+7*', '+7495*') && !covers('+7495*', '+7*')
 */
export function covers(outer: string, inner: string): boolean {
  return placesCover(placesOf(outer), placesOf(inner));
}

/** `covers` for whoever compares the same patterns many times. */
export function placesCover(one: Places, other: Places): boolean {
  if (!one.open && (other.open || one.places.length !== other.places.length)) return false;
  if (other.places.length < one.places.length) return false;
  return one.places.every((allowed, at) => {
    const asked = other.places[at] ?? '';
    return allowed === asked || [...asked].every((character) => allowed.includes(character));
  });
}

/** The characters with which every number begins that the pattern matches. @example literalBeginning('+7[67]*') === '+7' */
export function literalBeginning(pattern: string): string {
  const { places } = placesOf(pattern);
  const open = places.findIndex((allowed) => allowed.length !== 1);
  return (open < 0 ? places : places.slice(0, open)).join('');
}

const DIGITS = '0123456789';

export function placesOf(pattern: string): Places {
  const places: string[] = [];
  let rest = pattern;
  while (rest !== '') {
    const set = /^\[([0-9-]+)\]/.exec(rest);
    if (set !== null) {
      const inside = new RegExp(`[${set[1]}]`);
      places.push([...DIGITS].filter((digit) => inside.test(digit)).join(''));
      rest = rest.slice(set[0].length);
      continue;
    }
    if (rest === '*') return { places, open: true };
    const first = rest[0] ?? '';
    places.push(/x/i.test(first) ? DIGITS : first);
    rest = rest.slice(1);
  }
  return { places, open: false };
}
