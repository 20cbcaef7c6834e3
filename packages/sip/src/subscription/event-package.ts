import type { ExpiryBounds } from './negotiation.ts';

/** Who is told of changes, as far as this layer must know; whoever wires it adds what documents are written by. */
export interface Watcher {
  /** The account that subscribed: what its subscriptions are counted by. */
  readonly account: string;
}

/** A resource as it is at one moment. It is asked for once for all who are told of it. */
export interface ResourceState<W extends Watcher> {
  /**
   * The whole of it as a document.
   *
   * @param type one of the package's types
   * @param version counts the documents of one subscription, from 0 on
   */
  write(type: string, watcher: W, version: number): Buffer;
}

/** An event package (RFC 6665 §5): what can be watched, and how it is told. */
export interface EventPackage<W extends Watcher> {
  /** As Event and Allow-Events have it. */
  readonly name: string;
  /** Media types that it is told in, that for subscribers without Accept first. */
  readonly types: readonly [string, ...string[]];
  readonly expiry: ExpiryBounds;
  /** The resource now; undefined when there is none of this name (any more). */
  state(resource: string): ResourceState<W> | undefined;
}
