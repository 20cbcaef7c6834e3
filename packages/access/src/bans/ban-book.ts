import { type Clock, type Log, type NetworkSet, parseAddress, type Random } from '@vats/kernel';
import { detached } from '../rates/detached.ts';
import { sourceKey } from '../rates/source-key.ts';
import { type Ban, type BanStore, type BanSubject, UNPROVEN } from './ban.ts';
import { type BanNetwork, readBanNetwork } from './ban-network.ts';
import { GoodSources } from './good-sources.ts';
import { Neighbours } from './neighbours.ts';
import { banTime, Offences } from './offences.ts';
import { isOver, StandingBans } from './standing-bans.ts';
import { comparable } from './user-name.ts';

export interface BanBookParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: BanStore;
  /** Whose names `UNPROVEN` spares, and where no wider network is banned for the narrower ones in it; made unless given. */
  readonly good?: GoodSources;
  /** What may never be banned. */
  readonly trusted: NetworkSet;
  /** How long a subject's first ban by the switch is, in ms. */
  readonly duration: number;
  /** How long a ban by the switch becomes at most, in ms. */
  readonly longest: number;
  /** Bans of the switch that stand at most, 10,000 unless given. */
  readonly limit?: number;
  /** Bans of operators that stand at most, 10,000 unless given. */
  readonly operatorLimit?: number;
  readonly onEvent: (event: BanEvent) => void;
}

/**
 * `unbanned`: by an operator, by another ban of the same subject, or to make room for others; `expired`: its time passed,
 * told when that is noticed, at the latest by `sweep`.
 */
export interface BanEvent {
  readonly type: 'banned' | 'unbanned' | 'expired';
  readonly ban: Ban;
}

export interface BanOrder {
  /**
   * How long in ms. From an operator exactly so, and without it until the ban is removed; from the switch the time of a
   * first offence, `duration` unless given.
   */
  readonly for?: number;
  readonly reason: string;
  readonly by: 'switch' | 'operator';
}

/**
 * `trusted`: the whole network may never be banned; `full`: operators have as many bans as are kept; `network`: it is none;
 * `time`: `for` is not above 0.
 */
export type BanRefusal = 'trusted' | 'full' | 'network' | 'time';

export type BanResult =
  | { readonly ok: true; readonly ban: Ban }
  | { readonly ok: false; readonly why: BanRefusal /** For a person. */; readonly reason: string };

/** What happened since the start; each number only rises. */
export interface BanCounters {
  banned: number;
  unbanned: number;
  expired: number;
  /** Bans of the switch that made room for others before their time. */
  pushedOut: number;
  /** Writes that failed: those bans do not outlive this process, or come back once. */
  notSaved: number;
}

const LIMIT = 10_000;
const SWEEP_EVERY_MS = 60_000;
const ID_CHARACTERS = 6;

/**
 * The bans that stand. Memory decides and the store follows; nobody waits for a write. Ends are wall times, so that they
 * hold over a restart: from that millisecond on nobody is shut out any more.
 */
export class BanBook {
  /** Who showed good credentials from where. */
  readonly good: GoodSources;
  readonly counters: BanCounters = { banned: 0, unbanned: 0, expired: 0, pushedOut: 0, notSaved: 0 };
  readonly #parts: BanBookParts;
  readonly #limit: number;
  readonly #operatorLimit: number;
  readonly #bans: StandingBans;
  readonly #offences: Offences;
  readonly #neighbours: Neighbours;
  readonly #writing = new Set<Promise<void>>();
  #trusted: NetworkSet;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(parts: BanBookParts) {
    this.#parts = parts;
    this.good = parts.good ?? new GoodSources({ clock: parts.clock });
    this.#limit = parts.limit ?? LIMIT;
    this.#operatorLimit = parts.operatorLimit ?? LIMIT;
    this.#trusted = parts.trusted;
    this.#bans = new StandingBans(parts.clock);
    this.#offences = new Offences(parts.clock);
    this.#neighbours = new Neighbours(parts.clock);
  }

  /** Bans held, those included whose time has passed unnoticed. */
  get size(): number {
    return this.#bans.size;
  }

  /**
   * Takes over what the store kept, without any event, and drops from it what is over or may not be banned any more. A
   * ban that was made meanwhile stays before a stored one of the same subject.
   *
   * @throws what the store throws when it cannot be read
   */
  async load(): Promise<void> {
    const { store, clock } = this.#parts;
    const stored = await store.load();
    const now = clock.now();
    const gone: string[] = [];
    for (const ban of stored) {
      const where = readBanNetwork(ban.network);
      if (typeof where === 'string') {
        gone.push(ban.id);
        continue;
      }
      if (ban.by === 'switch') this.#remember(where, ban);
      const stands =
        !isOver(ban, now) && !this.#isWithinTrusted(where) && this.#bans.exactly(where, ban.user) === undefined;
      // One of that id that is held was made meanwhile, and what the store has of it is the same.
      if (this.#bans.has(ban.id)) continue;
      if (stands) this.#bans.put(where, ban);
      else gone.push(ban.id);
    }
    while (this.#bans.size - this.#bans.operators > this.#limit) {
      const soonest = this.#bans.endsSoonest();
      if (soonest === undefined) break;
      this.#bans.take(soonest);
      gone.push(soonest.id);
    }
    this.#drop(gone);
  }

  /** The ban that shuts out whoever speaks from there. Asked for each packet. */
  isBanned(address: string): Ban | undefined {
    const ban = this.#bans.findWhole(address);
    return ban === undefined || this.isTrusted(address) ? undefined : ban;
  }

  /**
   * The ban that shuts out this name (`domain\nusername`) from there, where others are heard. It does not look for a ban
   * of everybody: ask `isBanned` first.
   */
  isUserBanned(address: string, user: string): Ban | undefined {
    const name = comparable(user);
    const ban = this.#bans.findNamed(address, name) ?? this.#findUnproven(address, name);
    return ban === undefined || this.isTrusted(address) ? undefined : ban;
  }

  /** Every ban that holds the address, of everybody or of one name there, oldest first. For people: it looks at all bans. */
  about(address: string): Ban[] {
    const value = parseAddress(address);
    if (value === undefined || this.isTrusted(address)) return [];
    this.sweep();
    return inOrder(this.#bans.around(value));
  }

  /** Whether the address is in a network that may never be banned. */
  isTrusted(address: string): boolean {
    return this.#trusted.find(address) !== undefined;
  }

  /** From now on these may never be banned; bans that lie in them end. */
  trust(networks: NetworkSet): void {
    this.#trusted = networks;
    this.#end(Array.from(this.#bans.all()).filter((ban) => this.#isWithinTrusted(this.#bans.networkOf(ban))));
  }

  /**
   * Shuts somebody out. By the switch: a single address stands for its source; what is shut out already stays as it is;
   * each further ban of a subject within 7 days after its last one ended is twice as long, up to `longest`; the fourth IPv6
   * network of a wider one (/64 of a /56, /56 of a /48) within 24 hours has the wider one banned in its place, unless
   * somebody showed good credentials from there; of too many bans the one that ends soonest goes. By an operator: as
   * ordered, in the place of what stood for the same subject, and never in the way of another.
   */
  add(subject: BanSubject, order: BanOrder): BanResult {
    if (order.for !== undefined && !(order.for > 0)) return refused('time', `a ban for ${order.for} ms is none`);
    const text = order.by === 'switch' ? sourceKey(subject.network) : subject.network;
    const where = readBanNetwork(text);
    if (typeof where === 'string') return refused('network', `${JSON.stringify(text)} is no network (${where})`);
    if (this.#isWithinTrusted(where)) return refused('trusted', `${where.text} is trusted and cannot be banned`);
    if (this.#parts.clock.monotonic() - this.#sweptAt >= SWEEP_EVERY_MS) this.sweep();
    const user = subject.user === undefined ? undefined : detached(comparable(subject.user));
    return order.by === 'switch' ? this.#addOwn(where, user, order) : this.#addOrdered(where, user, order);
  }

  /**
   * Ends bans: the one of that id; or all of exactly that network, in whatever spelling; or, for a single address, also
   * those of the sources it counts under. Wider networks stay. What is removed was a mistake, so it makes no later ban longer.
   */
  remove(idOrNetwork: string): Ban[] {
    this.sweep();
    const named = this.#bans.byId(idOrNetwork);
    const removed = named === undefined ? this.#bansAt(idOrNetwork) : [named];
    for (const ban of removed) this.#forgive(ban);
    this.#end(removed);
    return removed;
  }

  /** The bans that stand, oldest first. */
  list(): Ban[] {
    this.sweep();
    return inOrder(this.#bans.all());
  }

  /** Notices what is over; to be called now and then, so that events come and memory returns. */
  sweep(): void {
    const { clock } = this.#parts;
    const now = clock.now();
    this.#sweptAt = clock.monotonic();
    this.#offences.sweep();
    this.#neighbours.sweep();
    this.#expire(Array.from(this.#bans.all()).filter((ban) => isOver(ban, now)));
  }

  /** Resolves when the store has done, or failed to do, all that it was told. */
  async close(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  #addOwn(where: BanNetwork, user: string | undefined, order: BanOrder): BanResult {
    const { clock, duration, longest } = this.#parts;
    const now = clock.now();
    const standing = this.#standing(where, user);
    if (standing !== undefined) return { ok: true, ban: standing };
    const widened = user === undefined ? this.#widened(where, now) : where;
    const offence = this.#offences.of(subjectOf(widened, user)) + 1;
    const until = now + banTime(order.for ?? duration, offence, longest);
    const reason = widened === where ? order.reason : `${order.reason}, as from networks beside it before`;
    const ban = this.#made(widened, user, { since: now, until, offence, by: 'switch', reason });
    this.#offences.note(subjectOf(widened, user), offence, until);
    this.#begin(widened, ban);
    if (this.#bans.size - this.#bans.operators > this.#limit) this.#pushOut(ban);
    return { ok: true, ban };
  }

  #addOrdered(where: BanNetwork, user: string | undefined, order: BanOrder): BanResult {
    const before = this.#bans.exactly(where, user);
    if (this.#bans.operators >= this.#operatorLimit && before?.by !== 'operator') {
      const reason = `${this.#operatorLimit} bans by operators stand, which is as many as are kept; remove some, or put networks into a policy's deny list`;
      return refused('full', reason);
    }
    const since = this.#parts.clock.now();
    const until = order.for === undefined ? undefined : since + order.for;
    const offence = this.#offences.of(subjectOf(where, user)) + 1;
    if (before !== undefined) this.#end([before]);
    const { reason } = order;
    const ban = this.#made(where, user, {
      since,
      ...(until !== undefined && { until }),
      offence,
      by: 'operator',
      reason,
    });
    this.#begin(where, ban);
    return { ok: true, ban };
  }

  /** A ban that makes another one of the same subject needless: its own, or one of a source that holds it. */
  #standing(where: BanNetwork, user: string | undefined): Ban | undefined {
    const own = this.#bans.exactly(where, user);
    if (own !== undefined && !isOver(own, this.#parts.clock.now())) return own;
    for (const key of where.around) {
      const ban = this.#bans.wholeOf(key);
      if (ban !== undefined) return ban;
    }
    return undefined;
  }

  /** The network to ban: the wider one when enough narrower ones in it were banned lately. */
  #widened(where: BanNetwork, now: number): BanNetwork {
    const wider = where.around[1];
    if (!where.isSource || wider === undefined) return where;
    if (!this.#neighbours.note(where.text, wider, now) || this.good.anyGood(wider)) return where;
    const parent = readBanNetwork(wider);
    if (typeof parent === 'string' || this.#isWithinTrusted(parent)) return where;
    return this.#widened(parent, now);
  }

  #made(where: BanNetwork, user: string | undefined, rest: Omit<Ban, 'id' | 'network' | 'user'>): Ban {
    let id = this.#parts.random.token(ID_CHARACTERS);
    while (this.#bans.has(id)) id = this.#parts.random.token(ID_CHARACTERS);
    return { id, network: detached(where.text), ...(user !== undefined && { user }), ...rest };
  }

  #begin(where: BanNetwork, ban: Ban): void {
    const before = this.#bans.exactly(where, ban.user);
    // One whose time has passed unnoticed.
    if (before !== undefined) this.#expire([before]);
    this.#bans.put(where, ban);
    this.counters.banned++;
    this.#follow(this.#parts.store.save(ban), 'access.ban-not-saved');
    this.#parts.onEvent({ type: 'banned', ban });
  }

  #end(bans: readonly Ban[]): void {
    for (const ban of bans) this.#bans.take(ban);
    this.#drop(bans.map(({ id }) => id));
    this.counters.unbanned += bans.length;
    for (const ban of bans) this.#parts.onEvent({ type: 'unbanned', ban });
  }

  #expire(bans: readonly Ban[]): void {
    for (const ban of bans) this.#bans.take(ban);
    this.#drop(bans.map(({ id }) => id));
    this.counters.expired += bans.length;
    for (const ban of bans) this.#parts.onEvent({ type: 'expired', ban });
  }

  #pushOut(spared: Ban): void {
    const soonest = this.#bans.endsSoonest(spared);
    if (soonest === undefined) return;
    this.counters.pushedOut++;
    this.#end([soonest]);
  }

  #findUnproven(address: string, user: string): Ban | undefined {
    const ban = this.#bans.findNamed(address, UNPROVEN);
    return ban === undefined || this.good.isGood(address, user) ? undefined : ban;
  }

  #bansAt(text: string): Ban[] {
    const where = readBanNetwork(text);
    if (typeof where === 'string') return [];
    const found = [...this.#bans.allOf(where)];
    if (where.network.first !== where.network.last) return found;
    for (const key of where.around) {
      const wider = readBanNetwork(key);
      if (typeof wider !== 'string' && wider.identity !== where.identity) found.push(...this.#bans.allOf(wider));
    }
    return found;
  }

  /** What a stored ban tells of later ones. */
  #remember(where: BanNetwork, { user, offence, since, until }: Ban): void {
    this.#offences.note(subjectOf(where, user), offence, until ?? since);
    const wider = where.around[1];
    if (user === undefined && where.isSource && wider !== undefined) this.#neighbours.note(where.text, wider, since);
  }

  #forgive(ban: Ban): void {
    const where = this.#bans.networkOf(ban);
    this.#offences.forget(subjectOf(where, ban.user));
    const wider = where.around[1];
    if (where.isSource && wider !== undefined) this.#neighbours.forget(where.text, wider);
  }

  #isWithinTrusted({ network }: BanNetwork): boolean {
    const first = this.#trusted.find(network.first);
    return first !== undefined && first === this.#trusted.find(network.last);
  }

  #drop(ids: readonly string[]): void {
    if (ids.length > 0) this.#follow(this.#parts.store.remove(ids), 'access.ban-not-removed');
  }

  #follow(writing: Promise<void>, failure: string): void {
    const done = writing
      .catch((error: unknown) => {
        this.counters.notSaved++;
        this.#parts.log.warn(failure, { error });
      })
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
  }
}

function inOrder(bans: Iterable<Ban>): Ban[] {
  return Array.from(bans).sort((one, other) => one.since - other.since);
}

function subjectOf({ identity }: BanNetwork, user: string | undefined): string {
  return user === undefined ? identity : `${identity}\n${user}`;
}

function refused(why: BanRefusal, reason: string): BanResult {
  return { ok: false, why, reason };
}
