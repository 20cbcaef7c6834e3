import { regionKey, regionKeys } from './region-name.ts';

/** Where a number is from, as the numbering register says it. */
export interface NumberPlace {
  /** @example 'г. Тверь|Тверская обл.' */
  readonly region: string;
  /** The territory by the address register, where the file has that column. */
  readonly territory?: string;
  /** Empty where the register names none. */
  readonly operator: string;
}

/** Texts of the register and names in PBX files: neither is a stranger's to choose, and both are few. */
const REMEMBERED = 20_000;
const keysOf = remembering(regionKeys);
const keyOf = remembering(regionKey);

/** Whether a place is in the region that a person named. */
export function isInRegion({ region, territory }: NumberPlace, name: string): boolean {
  const key = keyOf(name);
  return keysOf(region).has(key) || (territory !== undefined && keysOf(territory).has(key));
}

function remembering<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    let value = made.get(text);
    if (value === undefined) {
      if (made.size >= REMEMBERED) made.clear();
      value = make(text);
      made.set(text, value);
    }
    return value;
  };
}
