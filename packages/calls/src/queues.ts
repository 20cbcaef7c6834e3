import type { Cancel, FaultLines } from '@vats/kernel';
import {
  type Agent,
  agentsOf,
  type Domain,
  estimatedWait,
  type Group,
  isAnyFree,
  isDeserted,
  isThere,
  localDate,
  nextOffer,
  type QueueEnd,
  type QueueWait,
  queueRules,
  setting,
} from '@vats/pbx';
import { QueueDesk } from './agent-desk.ts';
import type { CallEvent, LegName, Party } from './call-event.ts';
import type { CallsParts } from './parts.ts';
import { QueueFigures, type QueueToday } from './queue-figures.ts';
import { QueueTalks } from './queue-talks.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

/** What may have made an agent free. */
const FREEING: ReadonlySet<CallEvent['type']> = new Set([
  'leg.ended',
  'call.ended',
  'supervisor.left',
  'transfer.joined',
]);

/** Agents may come on duty, or be free in a way that nothing tells: while somebody waits that is looked at so often at least. */
const LOOK_EVERY_MS = 30_000;

/** A queue as `vats queues` shows it. */
export interface QueueSnapshot {
  /** `Domain.name`. */
  readonly domain: string;
  readonly group: string;
  readonly name: string;
  /** In the order in which it is their turn. */
  readonly waiting: readonly WaiterSnapshot[];
  readonly agents: readonly (Pick<Agent, 'to' | 'state' | 'until'> & { readonly name?: string })[];
  readonly today: QueueToday;
}

export interface WaiterSnapshot {
  readonly call: string;
  readonly from: Party;
  /** Wall time, ms. */
  readonly since: number;
  readonly priority: number;
  /** An agent rings for them. */
  readonly rings: boolean;
}

/**
 * The queues in which somebody waits, and who of their callers rings which agents. That is judged in a turn of its own, once for all that
 * happened in the one before: whenever an agent may be free, and each caller in turn, so nobody is passed by who came later.
 */
export class Queues {
  readonly #parts: CallsParts;
  readonly #faults: FaultLines;
  readonly #lines = new Map<string, WaitingLine>();
  /** Of groups of the model. */
  readonly #figures = new Map<string, QueueFigures>();
  readonly #desk = new QueueDesk();
  readonly #talks = new QueueTalks(this.#desk, (line, milliseconds) => this.#figuresOf(line).noteTalk(milliseconds));
  /** To look for free agents in the next turn, and by and by. */
  #soon: Cancel | undefined;
  #later: Cancel | undefined;
  /** Whose agents may be free, by `Domain.id`; undefined: anybody's. */
  #changed: Set<string> | undefined = new Set();

  constructor(parts: CallsParts, faults: FaultLines) {
    this.#parts = parts;
    this.#faults = faults;
  }

  /** Callers who wait. */
  get size(): number {
    let size = 0;
    for (const line of this.#lines.values()) size += line.size;
    return size;
  }

  get timerCount(): number {
    return (this.#soon === undefined ? 0 : 1) + (this.#later === undefined ? 0 : 1);
  }

  /** Agents whose phones ring for a queue, or who talk with one of its callers. */
  get engaged(): number {
    return this.#desk.engaged + this.#talks.size;
  }

  get desk(): QueueDesk {
    return this.#desk;
  }

  /** @param domain `Domain.id` */
  waitingIn(domain: string, group: string): number {
    return this.#lines.get(`${domain}\n${group}`)?.size ?? 0;
  }

  /** The caller's position, from 1 on; undefined, and nobody has joined, when all places are taken. */
  join(domain: Domain, group: Group, waiter: Waiter): number | undefined {
    const key = keyOf(domain, group.extension);
    const line = this.#lines.get(key) ?? new WaitingLine(domain, group.extension);
    if (line.size >= queueRules(group).max) return undefined;
    line.add(waiter);
    this.#lines.set(key, line);
    return line.positionOf(waiter);
  }

  /** Does nothing for one who has left already. @returns whether the caller was still there */
  left(domain: Domain, group: Group, waiter: Waiter, how: QueueEnd): boolean {
    const key = keyOf(domain, group.extension);
    const line = this.#lines.get(key);
    if (line === undefined || !line.remove(waiter)) return false;
    if (line.size === 0) this.#lines.delete(key);
    const { clock } = this.#parts;
    this.#figuresOf(key).note(this.#today(domain), how, clock.now() - waiter.since);
    if (this.#lines.size === 0) this.#sleep();
    return true;
  }

  /** What came of a caller before the switch started, today. @param domain `Domain.id` */
  restore(domain: string, { group, how, waitedMs }: QueueWait): void {
    const found = this.#parts.world().directory.domainById(domain);
    if (found !== undefined) this.#figuresOf(keyOf(found, group)).note(this.#today(found), how, waitedMs);
  }

  /** An agent has taken a caller who waited, at this leg of their call. */
  talks(domain: Domain, group: Group, call: string, leg: LegName, agent: string): void {
    const isOutside = this.#parts.world().directory.findUser(domain, agent) === undefined;
    const since = this.#parts.clock.now();
    const line = keyOf(domain, group.extension);
    this.#talks.begin(call, leg, { line, domain, since, ...(isOutside && { outside: agent }) });
  }

  /** Where a caller stands, and how long it will be, ms, where that can be told. */
  standing(domain: Domain, group: Group, waiter: Waiter): { readonly position: number; readonly waitMs?: number } {
    const key = keyOf(domain, group.extension);
    const position = this.#lines.get(key)?.positionOf(waiter) ?? 0;
    const talkMs = this.#figures.get(key)?.talkMs;
    const agents = agentsOf(domain, group, this.#parts.world(), this.#desk);
    const waitMs = estimatedWait(position, {
      agents: agents.filter((agent) => isThere(agent) && agent.state !== 'paused').length,
      handling: talkMs === undefined ? undefined : talkMs + (group.wrapUp ?? 0),
    });
    return { position, ...(waitMs !== undefined && { waitMs }) };
  }

  /** Learns of all events of all calls. @param domain `Domain.id` of the call's */
  note(event: CallEvent, domain?: string): void {
    this.#talks.note(event);
    if (FREEING.has(event.type)) this.agentsChanged(domain);
  }

  /**
   * Agents may be free who were not, or there who were away; or the groups are others.
   *
   * @param domain `Domain.id` of theirs; anybody's unless given
   */
  agentsChanged(domain?: string): void {
    if (this.#lines.size === 0) return;
    if (domain === undefined) this.#changed = undefined;
    else this.#changed?.add(domain);
    this.#soon ??= this.#parts.clock.after(0, () => {
      this.#soon = undefined;
      const changed = this.#changed;
      this.#changed = new Set();
      this.#look((line) => changed?.has(line.domain.id) !== false);
    });
  }

  /** Of all groups that have a queue, or whose members log in, or in which somebody waits or has waited. */
  snapshots(): QueueSnapshot[] {
    const world = this.#parts.world();
    return world.directory.model.domains.flatMap((domain) =>
      domain.groups.flatMap((group) => {
        const key = keyOf(domain, group.extension);
        const line = this.#lines.get(key);
        if (group.queue === undefined && group.login !== true && !this.#figures.has(key) && line === undefined)
          return [];
        return {
          domain: domain.name,
          group: group.extension,
          name: group.name,
          waiting: (line?.all() ?? []).map(({ call, party, since, priority, stage }) => ({
            ...{ call, from: party, since, priority, rings: stage === 'rings' },
          })),
          agents: agentsOf(domain, group, world, this.#desk).map(({ to, user, state, until }) => ({
            ...{ to, state },
            ...(user?.name !== undefined && { name: user.name }),
            ...(until !== undefined && { until }),
          })),
          today: this.#figuresOf(key).today(this.#today(domain)),
        };
      }),
    );
  }

  #look(isMeant: (line: WaitingLine) => boolean): void {
    // Whoever leaves may change the lines.
    for (const line of [...this.#lines.values()].filter(isMeant)) this.#guarded(line, () => this.#serve(line));
    this.#lookAgain(isMeant);
  }

  /** A fault of ours at one line, or at one of its callers, keeps nothing from the others. */
  #guarded({ domain, group }: WaitingLine, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#faults.tell('queue.failed', error, { domain: domain.name, group });
    }
  }

  #serve(line: WaitingLine): void {
    const world = this.#parts.world();
    const domain = world.directory.domainById(line.domain.id);
    const group = domain && world.directory.findGroup(domain, line.group);
    if (domain === undefined || group === undefined || isDeserted(domain, group, world)) {
      for (const waiter of [...line.all()]) waiter.leave('queue-nobody');
    } else this.#offerTo(line, group);
  }

  #offerTo(line: WaitingLine, group: Group): void {
    const isAnyoneFree = () => isAnyFree(line.domain, group, this.#parts.world(), this.#desk);
    let some = isAnyoneFree();
    for (const waiter of [...line.all()]) {
      if (!some) return;
      if (waiter.stage !== 'waits') continue;
      this.#guarded(line, () => {
        const offer = nextOffer(waiter.plan, group, this.#parts.world(), this.#desk.with(waiter.apart));
        // Who is free is not to be had for this one, for reasons that the next one need not have.
        if (offer === undefined) return;
        waiter.ring(offer);
        some = isAnyoneFree();
      });
    }
  }

  /** When the next agent has rested or wound up their last call. @param isLookedAt whose lines have just been looked at */
  #lookAgain(isLookedAt: (line: WaitingLine) => boolean): void {
    this.#later?.();
    this.#later = undefined;
    if (this.#lines.size === 0) return;
    const { clock } = this.#parts;
    const now = clock.now();
    const rested = this.#desk.sweep(now) ?? Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const line of this.#lines.values()) {
      if (isLookedAt(line)) {
        line.nextLook = rested;
        this.#guarded(line, () => this.#sooner(line, now));
      }
      // Wall time may have been set back.
      line.nextLook = Math.min(line.nextLook, now + LOOK_EVERY_MS);
      next = Math.min(next, line.nextLook);
    }
    this.#later = clock.after(Math.max(0, next - now), () => {
      this.#later = undefined;
      const due = clock.now();
      this.#look(({ nextLook }) => nextLook <= due);
    });
  }

  #sooner(line: WaitingLine, now: number): void {
    const { domain, group: extension } = line;
    const sooner = (at: number | undefined): void => {
      line.nextLook = Math.min(line.nextLook, at ?? line.nextLook);
    };
    for (const { apart } of line.all()) sooner(apart.sweep(now));
    const world = this.#parts.world();
    const group = world.directory.findGroup(domain, extension);
    if (group?.wrapUp === undefined) return;
    for (const { until } of agentsOf(domain, group, world, this.#desk)) sooner(until);
  }

  #figuresOf(key: string): QueueFigures {
    const figures = this.#figures.get(key) ?? new QueueFigures();
    this.#figures.set(key, figures);
    return figures;
  }

  #today(domain: Domain): string {
    return localDate(this.#parts.clock.now(), setting(domain, 'timezone'));
  }

  /** Nobody waits. */
  #sleep(): void {
    this.#soon?.();
    this.#later?.();
    this.#soon = undefined;
    this.#later = undefined;
    this.#changed = new Set();
  }
}

function keyOf({ id }: Domain, group: string): string {
  return `${id}\n${group}`;
}
