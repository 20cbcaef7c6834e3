import type { Place, PlaceStore } from '../places/place.ts';

type PlaceKey = Pick<Place, 'domain' | 'login' | 'address'>;

/** Keeps places in memory, for tests. */
export class MemoryPlaceStore implements PlaceStore {
  readonly #places = new Map<string, Place>();
  /** While it is set, every call fails with it and changes nothing. */
  failure: Error | undefined;

  constructor(places: Iterable<Place> = []) {
    for (const place of places) this.#places.set(keyOf(place), place);
  }

  /** In the order in which they were first saved. */
  get places(): readonly Place[] {
    return [...this.#places.values()];
  }

  async load(): Promise<readonly Place[]> {
    if (this.failure !== undefined) throw this.failure;
    return this.places;
  }

  async save(places: readonly Place[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    for (const place of places) this.#places.set(keyOf(place), place);
  }

  async remove(places: readonly PlaceKey[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    for (const place of places) this.#places.delete(keyOf(place));
  }
}

function keyOf({ domain, login, address }: PlaceKey): string {
  return `${domain}\n${login}\n${address}`;
}
