/** That an account was used, with good credentials, from a source. */
export interface Place {
  /** The domain's id. */
  readonly domain: string;
  readonly login: string;
  /** The observed address (behind a known proxy: the client's). */
  readonly address: string;
  /** ISO 3166 code, when one was known at the last use. */
  readonly country?: string;
  /** Wall times in ms. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Good requests that proved it, at least. */
  readonly uses: number;
}

/** Keeps places over a restart; at most one for each domain, login and address. */
export interface PlaceStore {
  load(): Promise<readonly Place[]>;
  /** Writes them, in place of what was kept for the same domain, login and address. */
  save(places: readonly Place[]): Promise<void>;
  remove(places: readonly Pick<Place, 'domain' | 'login' | 'address'>[]): Promise<void>;
}
