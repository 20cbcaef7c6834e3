import type { Place, PlaceStore } from '@vats/access';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Write } from './worker/messages.ts';
import type { Tables } from './worker/tables.ts';

/** Where accounts were used from: one row for each domain, login and address. */
export class SqlitePlaces implements PlaceStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  async load(): Promise<readonly Place[]> {
    await this.#writer.flush();
    const rows = await this.#client.read({ read: 'places' });
    return rows.map(placeOf);
  }

  save(places: readonly Place[]): Promise<void> {
    return this.#writer.write(places.map((place): Write => ({ do: 'put-place', row: rowOf(place) })));
  }

  remove(places: readonly Pick<Place, 'domain' | 'login' | 'address'>[]): Promise<void> {
    return this.#writer.write(
      places.map(({ domain, login, address }): Write => ({ do: 'remove-place', domain, login, address })),
    );
  }
}

function rowOf(place: Place): Tables['places'] {
  const { domain, login, address, country = null, firstSeen, lastSeen, uses } = place;
  return { domain, login, address, country, first_seen: firstSeen, last_seen: lastSeen, uses };
}

function placeOf({ domain, login, address, country, first_seen, last_seen, uses }: Tables['places']): Place {
  return {
    domain,
    login,
    address,
    ...(country === null ? {} : { country }),
    firstSeen: first_seen,
    lastSeen: last_seen,
    uses,
  };
}
