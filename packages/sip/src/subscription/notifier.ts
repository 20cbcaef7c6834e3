import { type Clock, FaultLines, type Ledger, type Log } from '@vats/kernel';
import type { DialogLayer, Refusal } from '../dialog/index.ts';
import type { SipRequest } from '../message/message.ts';
import { warning } from '../message/warning.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { Flow } from '../transport/index.ts';
import { type EventName, formatEvent } from './event-name.ts';
import type { EventPackage, Watcher } from './event-package.ts';
import { acceptedType, grantedExpiry, notAcceptable } from './negotiation.ts';
import { NotifierSubscription } from './subscription.ts';
import type { SubscriptionEnd, SubscriptionTerms } from './subscription-host.ts';
import type { EndReason } from './subscription-state.ts';
import { TellingQueue } from './telling-queue.ts';
import { type Watched, WatchedResources } from './watched-resources.ts';

/** How many subscriptions there may be. */
export interface SubscriptionLimits {
  /** Of one account, on all its phones. */
  readonly perAccount: number;
  readonly total: number;
}

/** A panel of 200 lamps, twice, since a phone that was switched off and on again has forgotten its first subscriptions. */
export const SUBSCRIPTION_LIMITS: SubscriptionLimits = { perAccount: 400, total: 50_000 };

export interface NotifierOptions {
  readonly dialogs: DialogLayer;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly limits?: Partial<SubscriptionLimits>;
}

/** What the notifier counted since its start. */
export interface NotifierCounters {
  subscribed: number;
  /** SUBSCRIBEs that made nothing: 406, 423, too many. */
  refused: number;
  notifies: number;
  /** Subscriptions that are over, by how they ended. */
  readonly ended: Partial<Record<SubscriptionEnd, number>>;
}

/** One subscription as it stands. */
export interface SubscriptionSnapshot<W extends Watcher> {
  readonly package: string;
  readonly resource: string;
  readonly watcher: W;
  readonly flow: Flow;
  /** Milliseconds until it ends unless refreshed. */
  readonly left: number;
  /** NOTIFYs with a document so far. */
  readonly documents: number;
}

/** A SUBSCRIBE outside a dialog whose sender may watch what it names. */
export interface NewSubscription<W extends Watcher> {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly event: EventName;
  readonly package: EventPackage<W>;
  readonly resource: string;
  readonly watcher: W;
}

interface Entry<W extends Watcher> {
  readonly subscription: NotifierSubscription;
  readonly watcher: W;
  readonly watched: Watched<W>;
  /** Alike for two subscriptions of one phone for the same lamp. */
  readonly likeness: string;
}

const RETRY_AFTER_S = 60;

/** What a subscription is to. */
export interface WhatIsWatched {
  /** Name of the event package. */
  readonly package: string;
  readonly resource: string;
}

/** All subscriptions that we notify (RFC 6665 §4.2): makes them, tells them what has changed, bounds and ends them. */
export class Notifier<W extends Watcher> {
  readonly counters: NotifierCounters = { subscribed: 0, refused: 0, notifies: 0, ended: {} };
  readonly #options: NotifierOptions;
  readonly #limits: SubscriptionLimits;
  readonly #resources = new WatchedResources<W>();
  readonly #accounts = new Map<string, Set<Entry<W>>>();
  readonly #queue: TellingQueue;
  #size = 0;

  constructor(options: NotifierOptions) {
    const { clock, log, ledger, limits } = options;
    this.#options = options;
    this.#limits = { ...SUBSCRIPTION_LIMITS, ...limits };
    const faults = new FaultLines(clock, log);
    this.#queue = new TellingQueue(clock, (error) => faults.tell('subscription.notify-failed', error));
    ledger.enrol('subscriptions', () => this.#size);
    ledger.enrol('subscriptions to be told', () => this.#queue.size);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Makes a subscription, or answers why not: 400, 406, 423; 403 when the account has too many, 503 when all have. Without
   * time (Expires: 0) the state is told once (RFC 6665 §4.4.3).
   */
  subscribe(wanted: NewSubscription<W>): void {
    const { request, flow } = wanted;
    const { dialogs } = this.#options;
    const { transactions } = dialogs.context;
    const terms = judged(request, wanted.package);
    const refusal = 'status' in terms ? terms : this.#fullness(wanted);
    const transaction = transactions.accept(request, flow);
    if (refusal !== undefined) {
      this.counters.refused++;
      transaction.respond({ ...refusal, headers: [...dialogs.context.server, ...refusal.headers] });
      return;
    }
    this.counters.subscribed++;
    const entry = this.#enter(wanted);
    entry.subscription.begin(transaction, terms as SubscriptionTerms);
  }

  /** Something about a resource is another than before: whoever watches it is told, some 20 ms later. */
  changed(packageName: string, resource: string): void {
    const watched = this.#resources.find(packageName, resource);
    if (watched === undefined) return;
    watched.state = undefined;
    for (const { subscription } of watched.entries) subscription.change();
  }

  /** Ends the subscriptions to what is not there any more. */
  review(): void {
    for (const watched of [...this.#resources.all()]) {
      watched.state = undefined;
      if (watched.package.state(watched.resource) !== undefined) continue;
      for (const { subscription } of [...watched.entries]) subscription.end('noresource');
    }
  }

  /** Ends the subscriptions of some watchers: an account is gone, may not come from there any more, or may not watch that any more. */
  end(reason: EndReason, whose: (watcher: W, flow: Flow, watched: WhatIsWatched) => boolean): void {
    for (const { watcher, watched, subscription } of [...this.#entries()]) {
      const what = { package: watched.package.name, resource: watched.resource };
      if (whose(watcher, subscription.dialog.flow, what)) subscription.end(reason);
    }
  }

  snapshots(): SubscriptionSnapshot<W>[] {
    return [...this.#entries()].map(({ subscription, watched, watcher }) => ({
      package: watched.package.name,
      resource: watched.resource,
      watcher,
      flow: subscription.dialog.flow,
      left: subscription.left,
      documents: subscription.version,
    }));
  }

  /** Tells nobody anything any more. For the end of the process: a phone's next refresh gets 481 and it subscribes anew. */
  close(): void {
    for (const { subscription } of [...this.#entries()]) subscription.abandon();
    this.#queue.close();
  }

  *#entries(): Iterable<Entry<W>> {
    for (const entries of this.#accounts.values()) yield* entries;
  }

  #fullness(wanted: NewSubscription<W>): Refusal | undefined {
    const { perAccount, total } = this.#limits;
    const own = this.#accounts.get(wanted.watcher.account);
    if (own !== undefined && own.size >= perAccount && !this.#makeRoom(own, likenessOf(wanted)))
      return { status: 403, headers: [warning(`more than ${perAccount} subscriptions of one account`)] };
    if (this.#size < total) return undefined;
    return { status: 503, headers: [['Retry-After', `${RETRY_AFTER_S}`]] };
  }

  /** A phone that forgot its subscription asks for the same once more: the forgotten one makes room. */
  #makeRoom(own: ReadonlySet<Entry<W>>, likeness: string): boolean {
    for (const entry of own) {
      if (entry.likeness !== likeness || !entry.subscription.isActive) continue;
      entry.subscription.end('deactivated');
      return true;
    }
    return false;
  }

  #enter(wanted: NewSubscription<W>): Entry<W> {
    const { request, flow, event, package: pack, resource, watcher } = wanted;
    const { dialogs, log } = this.#options;
    const watched = this.#resources.open(pack, resource);
    const queue = this.#queue;
    const subscription: NotifierSubscription = new NotifierSubscription(
      dialogs.context,
      {
        judge: (refresh) => {
          // Asked for anew: what a refresh tells heals whatever went wrong before.
          watched.state = undefined;
          return judged(refresh, pack);
        },
        document: (type, version) => {
          watched.state ??= pack.state(resource);
          return watched.state?.write(type, watcher, version);
        },
        onReady: () => queue.add(subscription),
        onNotify: () => this.counters.notifies++,
        onEnd: (how) => {
          this.counters.ended[how] = (this.counters.ended[how] ?? 0) + 1;
          queue.delete(subscription);
          this.#leave(entry);
          log.debug('subscription.ended', { package: pack.name, account: watcher.account, how });
        },
      },
      request,
      flow,
      event,
    );
    const entry: Entry<W> = { subscription, watcher, watched, likeness: likenessOf(wanted) };
    watched.entries.add(entry);
    const own = this.#accounts.get(watcher.account) ?? new Set();
    this.#accounts.set(watcher.account, own.add(entry));
    this.#size++;
    return entry;
  }

  #leave(entry: Entry<W>): void {
    const { account } = entry.watcher;
    const own = this.#accounts.get(account);
    if (own?.delete(entry) !== true) return;
    if (own.size === 0) this.#accounts.delete(account);
    this.#resources.leave(entry.watched, entry);
    this.#size--;
  }
}

function judged<W extends Watcher>(request: SipRequest, pack: EventPackage<W>): SubscriptionTerms | Refusal {
  const type = acceptedType(request, pack.types);
  if (type === undefined) return notAcceptable(pack.types);
  const seconds = grantedExpiry(request, pack.expiry);
  return typeof seconds === 'number' ? { type, seconds } : seconds;
}

function likenessOf<W extends Watcher>({ request, event, resource }: NewSubscription<W>): string {
  const { contacts } = request;
  const contact = contacts.ok && !contacts.value.star ? contacts.value.list[0]?.uri : undefined;
  return `${formatEvent(event)}\n${resource}\n${contact ?? ''}`;
}

/** 489, and which packages there are (RFC 6665 §8.3.2). */
export function badEvent(packages: readonly string[]): Refusal {
  const allow: HeaderField = ['Allow-Events', packages.join(', ')];
  return { status: 489, headers: [allow] };
}
