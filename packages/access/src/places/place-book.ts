import { type Clock, formatAddress, isPrivateAddress, type Log, parseAddress } from '@vats/kernel';
import type { CountrySource } from '../geo/country-source.ts';
import { sourceKey } from '../rates/source-key.ts';
import type { Place, PlaceStore } from './place.ts';

/** An account was used from where it was not used in the last 30 days; not told of its very first place. */
export interface NewPlace {
  readonly place: Place;
  /** Its country is new too, which an operator wants to hear of. */
  readonly newCountry: boolean;
}

/** How an address lies to those that an account was used from. `here`: its source is one of them; `near`: it is in the network of one. */
export type Nearness = 'here' | 'near' | 'elsewhere';

export interface PlaceBookParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: PlaceStore;
  readonly countries: CountrySource;
  readonly onNewPlace: (event: NewPlace) => void;
}

const DAY_MS = 86_400_000;
/** How long a place is remembered after its last use. */
export const PLACE_LIFETIME_MS = 30 * DAY_MS;
/** A café and a mobile network give new addresses all the time: the account's oldest place makes room. */
const PLACES_PER_ACCOUNT = 200;
const PLACES = 200_000;
/** How long the disk may lag behind on what is known already; a place that is new is written at once. */
const SAVE_AFTER_MS = 60_000;
/** A place that is used again is worth a write only when so much time has passed since the last one. */
const WORTH_SAVING_MS = 3_600_000;

interface Entry {
  place: Place;
  /** `networkOf` its address. */
  readonly network: string | undefined;
  savedAt: number;
}

/** Where accounts were used from in the last 30 days: what a new policy is tried on, and what a theft shows up against. */
export class PlaceBook {
  readonly #parts: PlaceBookParts;
  readonly #accounts = new Map<string, Map<string, Entry>>();
  readonly #unsaved = new Set<Entry>();
  #size = 0;
  #cancelSave: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: PlaceBookParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#size;
  }

  /** Timers under way, for the ledger. */
  get waiting(): number {
    return this.#cancelSave === undefined ? 0 : 1;
  }

  async load(): Promise<void> {
    const { clock, store } = this.#parts;
    const oldest = clock.now() - PLACE_LIFETIME_MS;
    const gone: Place[] = [];
    for (const place of await store.load()) {
      if (place.lastSeen < oldest) gone.push(place);
      else this.#add({ place, network: networkOf(place.address), savedAt: place.lastSeen });
    }
    if (gone.length > 0) await store.remove(gone);
  }

  /** Good credentials of this account came from there. */
  note(domain: string, login: string, address: string): void {
    const { clock, countries, onNewPlace } = this.#parts;
    const now = clock.now();
    const known = this.#accounts.get(keyOf(domain, login));
    const entry = known?.get(address);
    if (entry !== undefined && entry.place.lastSeen >= now - PLACE_LIFETIME_MS) {
      this.#used(entry, now);
      return;
    }
    const country = countries.countryOf(address);
    const place: Place = {
      domain,
      login,
      address,
      ...(country !== undefined && { country }),
      firstSeen: now,
      lastSeen: now,
      uses: 1,
    };
    const before = this.of(domain, login);
    if (entry !== undefined) this.#forget(entry);
    const network = networkOf(address);
    const isNear = this.nearness(domain, login, address) !== 'elsewhere';
    const made = { place, network, savedAt: now };
    this.#add(made);
    this.#write([place]);
    if (before.length === 0 || isNear) return;
    const newCountry = !before.some((one) => one.country === country) && !isOffice(country, address);
    onNewPlace({ place, newCountry });
  }

  /** A source is an IPv4 address or an IPv6 /64, a network a /24 or a /48. */
  nearness(domain: string, login: string, address: string): Nearness {
    const network = networkOf(address);
    if (network === undefined) return 'elsewhere';
    const source = sourceKey(address);
    const oldest = this.#parts.clock.now() - PLACE_LIFETIME_MS;
    let nearest: Nearness = 'elsewhere';
    for (const { network: other, place } of this.#accounts.get(keyOf(domain, login))?.values() ?? []) {
      if (other !== network || place.lastSeen < oldest) continue;
      if (sourceKey(place.address) === source) return 'here';
      nearest = 'near';
    }
    return nearest;
  }

  /** Places of an account, those used last first. */
  of(domain: string, login: string): readonly Place[] {
    const oldest = this.#parts.clock.now() - PLACE_LIFETIME_MS;
    return [...(this.#accounts.get(keyOf(domain, login))?.values() ?? [])]
      .map(({ place }) => place)
      .filter(({ lastSeen }) => lastSeen >= oldest)
      .sort((one, other) => other.lastSeen - one.lastSeen);
  }

  *all(): IterableIterator<Place> {
    const oldest = this.#parts.clock.now() - PLACE_LIFETIME_MS;
    for (const entries of this.#accounts.values()) {
      for (const { place } of entries.values()) if (place.lastSeen >= oldest) yield place;
    }
  }

  /** Keeps the places of these domains only. What the disk has of the others, whoever removed them there removed. */
  keepOnly(domains: ReadonlySet<string>): void {
    for (const entries of this.#accounts.values()) {
      for (const entry of entries.values()) if (!domains.has(entry.place.domain)) this.#forget(entry);
    }
  }

  /** Writes what the disk does not have yet, uses that were not worth a write before included, and ends the timer. */
  async close(): Promise<void> {
    this.#cancelSave?.();
    for (const entries of this.#accounts.values()) {
      for (const entry of entries.values()) if (entry.place.lastSeen > entry.savedAt) this.#unsaved.add(entry);
    }
    this.#save();
    await this.#writing;
  }

  #used(entry: Entry, now: number): void {
    entry.place = { ...entry.place, lastSeen: now, uses: entry.place.uses + 1 };
    if (now - entry.savedAt < WORTH_SAVING_MS) return;
    entry.savedAt = now;
    this.#unsaved.add(entry);
    this.#cancelSave ??= this.#parts.clock.after(SAVE_AFTER_MS, () => this.#save());
  }

  #save(): void {
    this.#cancelSave = undefined;
    if (this.#unsaved.size === 0) return;
    const places = [...this.#unsaved].map(({ place }) => place);
    this.#unsaved.clear();
    this.#write(places);
  }

  #write(places: readonly Place[]): void {
    this.#follow(this.#parts.store.save(places));
  }

  /** Nobody waits for it: a place that is lost makes one alarm too many, no more. */
  #follow(writing: Promise<void>): void {
    const { log } = this.#parts;
    const done = writing.catch((error: unknown) => log.warn('access.places-not-saved', { error }));
    this.#writing = Promise.all([this.#writing, done]).then(() => {});
  }

  #add(entry: Entry): void {
    const { domain, login, address } = entry.place;
    const key = keyOf(domain, login);
    let entries = this.#accounts.get(key);
    if (entries === undefined) {
      entries = new Map();
      this.#accounts.set(key, entries);
    }
    if (!entries.has(address)) this.#size++;
    entries.set(address, entry);
    if (entries.size > PLACES_PER_ACCOUNT) this.#forgetOldest(entries);
    if (this.#size > PLACES) this.#forgetOldest(this.#accounts.values().next().value ?? entries);
  }

  #forgetOldest(entries: Map<string, Entry>): void {
    let oldest: Entry | undefined;
    for (const entry of entries.values()) {
      if (oldest === undefined || entry.place.lastSeen < oldest.place.lastSeen) oldest = entry;
    }
    if (oldest === undefined) return;
    this.#forget(oldest);
    this.#follow(this.#parts.store.remove([oldest.place]));
  }

  #forget(entry: Entry): void {
    const { domain, login, address } = entry.place;
    const key = keyOf(domain, login);
    const entries = this.#accounts.get(key);
    if (entries?.delete(address)) this.#size--;
    if (entries?.size === 0) this.#accounts.delete(key);
    this.#unsaved.delete(entry);
  }
}

function keyOf(domain: string, login: string): string {
  return `${domain}\n${login}`;
}

/** Private networks lie in no country, and nobody comes from abroad by one. */
function isOffice(country: string | undefined, text: string): boolean {
  const address = country === undefined ? parseAddress(text) : undefined;
  return address !== undefined && isPrivateAddress(address);
}

/** A /24 of IPv4, a /48 of IPv6: what one office, one subscriber or one mobile gateway moves within. */
function networkOf(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  return typeof address === 'number'
    ? formatAddress(address - (address % 256))
    : formatAddress((address >> 80n) << 80n);
}
