import type { EventPackage, ResourceState, Watcher } from './event-package.ts';
import type { NotifierSubscription } from './subscription.ts';

/** What somebody watches. */
export interface Watched<W extends Watcher> {
  readonly package: EventPackage<W>;
  readonly resource: string;
  readonly entries: Set<{ readonly subscription: NotifierSubscription }>;
  /** As it was asked for last, until something changes: a thousand watchers need it once. */
  state: ResourceState<W> | undefined;
}

/** What is watched, by package and name; no longer than somebody does. */
export class WatchedResources<W extends Watcher> {
  readonly #watched = new Map<string, Watched<W>>();

  find(packageName: string, resource: string): Watched<W> | undefined {
    return this.#watched.get(keyOf(packageName, resource));
  }

  all(): Iterable<Watched<W>> {
    return this.#watched.values();
  }

  open(pack: EventPackage<W>, resource: string): Watched<W> {
    const key = keyOf(pack.name, resource);
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      watched = { package: pack, resource, entries: new Set(), state: undefined };
      this.#watched.set(key, watched);
    }
    return watched;
  }

  leave(watched: Watched<W>, entry: { readonly subscription: NotifierSubscription }): void {
    watched.entries.delete(entry);
    if (watched.entries.size === 0) this.#watched.delete(keyOf(watched.package.name, watched.resource));
  }
}

function keyOf(packageName: string, resource: string): string {
  return `${packageName}\n${resource}`;
}
