import { type Clock, type Log, type NetworkSet, parseAddress, type Random } from '@vats/kernel';
import { detached } from '../rates/detached.ts';
import { sourceKey } from '../rates/source-key.ts';
import { type Ban, type BanStore, type BanSubject, UNPROVEN } from './ban.ts';
import { BanKeeper } from './ban-keeper.ts';
import { type BanNetwork, readBanNetwork } from './ban-network.ts';
import type { BanCounters, BanEvent, BanOrder, BanRefusal, BanResult } from './ban-order.ts';
import { GoodSources } from './good-sources.ts';
import { banTime } from './offences.ts';
import { PastBans } from './past-bans.ts';
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

const LIMIT = 10_000;
const SWEEP_EVERY_MS = 60_000;
const ID_CHARACTERS = 6;

/**
 * The bans that stand. Memory decides and the store follows; nobody waits for a write. Ends are wall times, so that they
 * hold over a restart: from that millisecond on nobody is shut out any more. The store has some bans longer than that, those
 * that make later ones longer or wider, for a restart must not make it worth somebody's while to wait.
 */
export class BanBook {
  /** Who showed good credentials from where. */
  readonly good: GoodSources;
  readonly counters: BanCounters = { banned: 0, unbanned: 0, expired: 0, pushedOut: 0, notSaved: 0 };
  readonly #parts: BanBookParts;
  readonly #limit: number;
  readonly #operatorLimit: number;
  readonly #bans: StandingBans;
  readonly #past: PastBans;
  readonly #keeper: BanKeeper;
  #trusted: NetworkSet;
  #duration: number;
  #longest: number;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(parts: BanBookParts) {
    this.#parts = parts;
    this.good = parts.good ?? new GoodSources({ clock: parts.clock });
    this.#limit = parts.limit ?? LIMIT;
    this.#operatorLimit = parts.operatorLimit ?? LIMIT;
    this.#trusted = parts.trusted;
    this.#duration = parts.duration;
    this.#longest = parts.longest;
    this.#bans = new StandingBans(parts.clock);
    this.#past = new PastBans(parts.clock);
    this.#keeper = new BanKeeper(parts.store, parts.log, () => this.counters.notSaved++);
  }

  /** Bans held, those included whose time has passed unnoticed. */
  get size(): number {
    return this.#bans.size;
  }

  /**
   * Takes over what the store kept, without any event, and drops from it what may not be banned any more, and what is over
   * and makes no later ban longer. A ban that was made meanwhile stays before a stored one of the same subject.
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
      if (typeof where === 'string' || this.#isWithinTrusted(where)) {
        gone.push(ban.id);
        continue;
      }
      if (ban.by === 'switch') gone.push(...this.#past.noteBan(where, ban));
      if (isOver(ban, now)) {
        if (!this.#past.needs(where, ban)) gone.push(ban.id);
      } else if (!this.#bans.has(ban.id)) {
        // One of that id that is held was made meanwhile, and what the store has of it is the same.
        if (this.#bans.exactly(where, ban.user) === undefined) this.#bans.put(where, ban);
        else gone.push(ban.id);
      }
    }
    this.#dropForgotten(gone);
    while (this.#bans.size - this.#bans.operators > this.#limit) {
      const soonest = this.#bans.endsSoonest();
      if (soonest === undefined) break;
      this.#cutShort(soonest);
    }
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
    const within = Array.from(this.#bans.all()).filter((ban) => this.#isWithinTrusted(this.#bans.networkOf(ban)));
    for (const ban of within) this.#forgive(ban);
  }

  /** From now on the switch's bans are so long, in ms; those that stand end when they would have. */
  useTimes({ duration, longest }: Pick<BanBookParts, 'duration' | 'longest'>): void {
    this.#duration = duration;
    this.#longest = longest;
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
    this.#dropForgotten(this.#past.sweep());
    this.#expire(Array.from(this.#bans.all()).filter((ban) => isOver(ban, now)));
  }

  /** Resolves when the store has done, or failed to do, all that it was told. */
  close(): Promise<void> {
    return this.#keeper.idle();
  }

  #addOwn(where: BanNetwork, user: string | undefined, order: BanOrder): BanResult {
    const { clock } = this.#parts;
    const now = clock.now();
    const standing = this.#standing(where, user);
    if (standing !== undefined) return { ok: true, ban: standing };
    const widened = user === undefined ? this.#widened(where, now) : where;
    const offence = this.#past.offencesOf(widened, user) + 1;
    const until = now + banTime(order.for ?? this.#duration, offence, this.#longest);
    const reason = widened === where ? order.reason : `${order.reason}, as from networks beside it before`;
    const ban = this.#made(widened, user, { since: now, until, offence, by: 'switch', reason });
    this.#dropForgotten(this.#past.noteOffence(widened, ban));
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
    const offence = this.#past.offencesOf(where, user) + 1;
    if (before !== undefined) this.#cutShort(before, 'told');
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
    if (!this.#past.noteNeighbour(where, wider, now) || this.good.anyGood(wider)) return where;
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
    this.#keeper.save(ban);
    this.#parts.onEvent({ type: 'banned', ban });
  }

  /** The ban was a mistake: it ends, and makes no later ban longer or wider. */
  #forgive(ban: Ban): void {
    const where = this.#bans.networkOf(ban);
    this.#bans.take(ban);
    this.#keeper.drop([ban.id, ...this.#past.forget(where, ban.user)]);
    this.#tellUnbanned(ban);
  }

  /** The ban ends before its time, and counts on as one that has ended. */
  #cutShort(ban: Ban, told?: 'told'): void {
    const where = this.#bans.networkOf(ban);
    const ended = { ...ban, until: this.#parts.clock.now() };
    this.#bans.take(ban);
    if (this.#past.needs(where, ban)) {
      this.#past.noteOffence(where, ended);
      this.#keeper.save(ended);
    } else this.#keeper.drop([ban.id]);
    if (told !== undefined) this.#tellUnbanned(ban);
  }

  #tellUnbanned(ban: Ban): void {
    this.counters.unbanned++;
    this.#parts.onEvent({ type: 'unbanned', ban });
  }

  #expire(bans: readonly Ban[]): void {
    const gone = bans.filter((ban) => !this.#past.needs(this.#bans.networkOf(ban), ban));
    for (const ban of bans) this.#bans.take(ban);
    this.#keeper.drop(gone.map(({ id }) => id));
    this.counters.expired += bans.length;
    for (const ban of bans) this.#parts.onEvent({ type: 'expired', ban });
  }

  #pushOut(spared: Ban): void {
    const soonest = this.#bans.endsSoonest(spared);
    if (soonest === undefined) return;
    this.counters.pushedOut++;
    this.#cutShort(soonest, 'told');
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

  #isWithinTrusted({ network }: BanNetwork): boolean {
    const first = this.#trusted.find(network.first);
    return first !== undefined && first === this.#trusted.find(network.last);
  }

  /** Drops from the store what tells of no offence any more, unless it still stands. */
  #dropForgotten(ids: readonly string[]): void {
    this.#keeper.drop(ids.filter((id) => !this.#bans.has(id)));
  }
}

function inOrder(bans: Iterable<Ban>): Ban[] {
  return Array.from(bans).sort((one, other) => one.since - other.since);
}

function refused(why: BanRefusal, reason: string): BanResult {
  return { ok: false, why, reason };
}
