import type { Domain, Group, Scheme, User } from '../model/model.ts';
import { membersInOrder } from '../routing/member-order.ts';
import type { Caller, RejectReason, RingOutcome, World } from '../routing/plan.ts';
import { writtenFor } from '../routing/written-number.ts';
import { localDate } from '../schedule/moment.ts';
import { scheduleAt } from '../schedule/schedule-at.ts';
import type { KnownEmployee } from '../schema/group.ts';
import { normaliseNumber } from '../schema/number.ts';
import { parsePattern } from '../schema/pattern.ts';
import type { RingStep, SchemeStep } from '../schema/scheme.ts';
import { calledBy } from '../spending/called-number.ts';
import { permissionOf } from '../spending/permission.ts';

/*
 * What becomes of a call, told a second time and in another way: as one story from beginning to end, that waits where somebody rings. It
 * keeps no frames and gives no reasons, and looks everything up by going through the lists of the file. The router must agree with it.
 */

export interface ReferenceTarget {
  /** A login or a number. */
  readonly rings: string;
  readonly after: number;
  /** Time of its own; undefined where the step's holds. */
  readonly ring: number | undefined;
  readonly did?: string | undefined;
  /** Of a phone of a PBX: the number outside that it stands for. */
  readonly for?: string;
  /** The number that is shown outside. */
  readonly shows?: string | undefined;
  /** By which trunks, in order; undefined for a phone. */
  readonly trunks?: readonly string[];
  readonly orderedBy?: string | undefined;
}

export interface ReferenceRing {
  readonly targets: readonly ReferenceTarget[];
  readonly ring: number;
  readonly ofMany: boolean;
}

export type ReferenceEnd =
  | { readonly do: 'reject'; readonly reason: RejectReason }
  | { readonly do: 'echo' | 'hangup' };

export interface ReferenceCall {
  readonly domain: Domain;
  readonly caller: Caller;
  readonly dialled: string;
  readonly seed: number;
}

/** How the step ended, and the world after that. */
export interface ReferenceEvent {
  readonly outcome: RingOutcome;
  readonly world: World;
}

type Rule = NonNullable<Domain['settings']['outbound']>[number];
type Ringing<T> = Generator<ReferenceRing, T, ReferenceEvent>;

/** Ends the call from wherever it is. */
class Ended extends Error {
  readonly end: ReferenceEnd;
  constructor(end: ReferenceEnd) {
    super('ended');
    this.end = end;
  }
}
const reject = (reason: RejectReason): never => {
  throw new Ended({ do: 'reject', reason });
};

/** Where the call is: what led here, and whether somebody further out has something left to try. */
interface Place {
  readonly path: readonly string[];
  readonly inner: boolean;
}

type Reason = 'not-found' | 'forbidden' | 'no-channel' | 'unreachable' | 'loop';

const HELP = ['101', '102', '103', '104', '112'];

const CAUSES: Partial<Record<NonNullable<SchemeStep['hangup']>, RejectReason>> = {
  busy: 'callee-busy',
  declined: 'callee-declined',
  'no-answer': 'no-answer',
  unavailable: 'unreachable',
  'not-found': 'not-found',
  congestion: 'congestion',
};

/** The branch of the call goes where it has been. */
class Loop extends Error {}

const together = { all: 25_000, each: 15_000, outside: 120_000, user: 60_000, known: 15_000 };

export class ReferenceRouter {
  readonly visited = new Set<string>();
  readonly forwards: { by: string; to: string }[] = [];
  did: string | undefined;
  group: string | undefined;
  readonly #call: ReferenceCall;
  #world: World;
  /** For whom the call rings now, by order of where it comes from; until something ends without an answer. */
  #ringFor: number | undefined;

  constructor(call: ReferenceCall, world: World) {
    this.#call = call;
    this.#world = world;
  }

  *run(): Generator<ReferenceRing, ReferenceEnd, ReferenceEvent> {
    try {
      return { do: 'reject', reason: yield* this.#begin() };
    } catch (ended) {
      if (ended instanceof Ended) return ended.end;
      if (ended instanceof Loop) return { do: 'reject', reason: 'loop' };
      throw ended;
    }
  }

  *#begin(): Ringing<RingOutcome> {
    const { domain, caller, dialled } = this.#call;
    const start: Place = { path: [], inner: false };
    const { number, kind } = normaliseNumber(dialled);
    const user = this.#user(dialled);
    const group = domain.groups.find(({ extension }) => extension === dialled);
    if (caller.kind === 'trunk') {
      const own = this.#number(number) ?? this.#number(dialled);
      const trunk = domain.trunks.find(({ name }) => name === caller.trunk);
      if (own !== undefined) {
        if (own.trunk !== undefined && own.trunk !== caller.trunk) reject('not-found');
        return yield* this.#takeNumber(own.number, start);
      }
      if (trunk?.register !== undefined) reject('not-found');
      if (user !== undefined) return yield* this.#reachUser(user, start);
      if (group !== undefined) return yield* this.#reachGroup(group, start);
      return reject('not-found');
    }
    if (dialled === '*43') throw new Ended({ do: 'echo' });
    if (user !== undefined) return yield* this.#reachUser(user, start);
    if (group !== undefined) return yield* this.#reachGroup(group, start);
    if (kind === 'other') reject('not-found');
    return yield* this.#to(number, start, caller.user);
  }

  /** Somebody further out tries this and goes on however it ends, be it that it goes round. */
  *#try(to: string, at: Place, ring?: number): Ringing<RingOutcome> {
    try {
      return yield* this.#to(to, at, undefined, ring);
    } catch (error) {
      if (error instanceof Loop) return this.#back('loop');
      throw error;
    }
  }

  *#to(to: string, at: Place, by: User | Group | undefined, ring?: number): Ringing<RingOutcome> {
    this.#ringFor = ring ?? this.#ringFor;
    if (to === 'voicemail') return this.#back('no-answer');
    const user = this.#user(to);
    if (user !== undefined) return yield* this.#reachUser(user, at);
    const group = this.#call.domain.groups.find(({ extension }) => extension === to);
    if (group !== undefined) return yield* this.#reachGroup(group, at);
    if (this.#number(to) !== undefined) return yield* this.#takeNumber(to, at);
    return yield* this.#outside(to, at, by);
  }

  /** Nobody took the call here: whoever sent it here decides. */
  #back(outcome: RingOutcome): RingOutcome {
    this.#ringFor = undefined;
    return outcome;
  }

  *#ring(targets: readonly ReferenceTarget[], time: number, ofMany: boolean): Ringing<RingOutcome> {
    const event = yield { targets, ring: this.#ringFor ?? time, ofMany };
    this.#world = event.world;
    return this.#back(event.outcome);
  }

  #enter(place: string, { path, inner }: Place): Place {
    if (path.includes(place)) throw new Loop();
    return { path: [...path, place], inner };
  }

  // Users

  *#reachUser(user: User, from: Place): Ringing<RingOutcome> {
    const at = this.#enter(`user ${user.extension}`, from);
    this.visited.add(user.extension);
    const always = user.forward?.always;
    if (always !== undefined) return yield* this.#forward(user, always, at);
    if (this.#offDuty(user)) {
      const { closed } = user.forward ?? {};
      return closed === undefined || closed === 'voicemail'
        ? this.#back('unreachable')
        : yield* this.#forward(user, closed, at);
    }
    const kept = this.#keptFrom(user);
    if (kept !== undefined) return yield* this.#leaveUser(user, kept, at);
    const entries = user.reach?.to ?? [{ to: 'devices' }];
    const inTurn = user.reach?.order === 'in-turn' ? entries.map(({ after: _, ...entry }) => [entry]) : [entries];
    let outcome: RingOutcome = 'unreachable';
    for (const some of inTurn) {
      const targets = this.#targets(user, some);
      if (targets.length === 0) continue;
      const limit = user.noAnswer?.after ?? user.ring ?? together.user;
      outcome = yield* this.#ring(targets, longest(targets, limit), false);
      if (outcome === 'callee-declined') break;
    }
    return yield* this.#leaveUser(user, outcome, at);
  }

  *#leaveUser(user: User, outcome: RingOutcome, at: Place): Ringing<RingOutcome> {
    const { forward, noAnswer } = user;
    const silence = forward?.noAnswer ?? noAnswer?.to;
    const away = forward?.unreachable ?? noAnswer?.to;
    const forwards: Partial<Record<RingOutcome, string | undefined>> = {
      'no-answer': silence,
      unreachable: away,
      'trunk-failed': away,
      'callee-busy': forward?.busy,
      'do-not-disturb': forward?.busy,
    };
    const to = forwards[outcome];
    if (to === undefined || to === 'voicemail') return this.#back(outcome);
    return yield* this.#forward(user, to, at);
  }

  *#forward(user: User, to: string, at: Place): Ringing<RingOutcome> {
    this.forwards.push({ by: user.extension, to });
    return yield* this.#to(to, at, user);
  }

  #offDuty({ hours }: User): boolean {
    return hours !== undefined && !scheduleAt(hours, zoneOf(this.#call.domain), this.#world.now).open;
  }

  #keptFrom(user: User): 'do-not-disturb' | 'callee-busy' | undefined {
    if (user.dnd === true) return 'do-not-disturb';
    return user.callWaiting === false && this.#hasCall(user.extension) ? 'callee-busy' : undefined;
  }

  #hasCall(extension: string): boolean {
    const { talking, ringing } = this.#world.activity(this.#call.domain, extension);
    return talking > 0 || ringing > 0;
  }

  #targets(
    user: User,
    entries: readonly { to: string; ring?: number; after?: number }[],
    later = 0,
  ): ReferenceTarget[] {
    const targets: ReferenceTarget[] = [];
    for (const { to, ring, after = 0 } of entries) {
      const number = to === 'mobile' ? user.mobile : to.startsWith('+') ? to : undefined;
      const found = number === undefined ? [] : this.#waysTo(number, user, true);
      if (Array.isArray(found)) for (const each of found) targets.push({ ...each, after: after + later, ring });
      for (const device of number === undefined ? user.devices : []) {
        if (to !== 'devices' && to !== device.login) continue;
        if (!this.#world.isReachable(this.#call.domain, device.login)) continue;
        const did = device.trunk === true ? this.did : undefined;
        targets.push({ rings: device.login, after: after + later, ring, did });
      }
    }
    return once(targets);
  }

  // Groups

  *#reachGroup(group: Group, from: Place): Ringing<RingOutcome> {
    const at = this.#enter(`group ${group.extension}`, from);
    this.visited.add(group.extension);
    this.group = group.extension;
    const known = this.#known(group.knownEmployee, group);
    if (known !== undefined) yield* this.#ring(known.targets, known.ring, true);
    const outcome = yield* this.#ringGroup(group);
    const to = group.noAnswer;
    if (to === undefined || to === 'voicemail') return this.#back(outcome);
    return yield* this.#to(to, at, group);
  }

  *#ringGroup(group: Group): Ringing<RingOutcome> {
    const waves = this.#waves(group);
    let outcome: RingOutcome = 'unreachable';
    for (let round = 1; round <= (group.rounds ?? 1); round++) {
      let rang = false;
      for (const wave of waves) {
        const { targets, busy } = this.#gather(wave, group);
        if (busy) outcome = 'callee-busy';
        if (targets.length === 0) continue;
        rang = true;
        const limit = group.ring ?? (waves.length === 1 ? together.all : together.each);
        outcome = yield* this.#ring(targets, longest(targets, limit), true);
      }
      if (!rang) break;
    }
    return outcome;
  }

  /** Who rings with whom: by the words of the strategy. */
  #waves(group: Group): Group['members'][] {
    const { members, strategy = 'all' } = group;
    const { domain, caller, dialled, seed } = this.#call;
    const does = (to: string) => this.#world.activity(domain, to);
    const alone = (list: readonly Group['members'][number][]) => list.map((member) => [member]);
    const least = (list: Group['members'], count: (to: string) => number) => {
      const left = [...list];
      const order: Group['members'][number][] = [];
      while (left.length > 0) {
        const lowest = Math.min(...left.map(({ to }) => count(to)));
        order.push(
          ...left.splice(
            left.findIndex(({ to }) => count(to) === lowest),
            1,
          ),
        );
      }
      return order;
    };
    const ranks = [...new Set(members.map(({ priority = 1 }) => priority))].sort((a, b) => a - b);
    const equals = ranks.map((rank) => members.filter(({ priority = 1 }) => priority === rank));
    if (members.length === 0) return [];
    if (strategy === 'all') return [members];
    if (strategy === 'sequential') return alone(members);
    if (strategy === 'longest-idle') return alone(least(members, (to) => does(to).lastTalkEnd));
    if (strategy === 'fewest-calls') return alone(least(members, (to) => does(to).answered));
    if (strategy === 'least-talk') return alone(least(members, (to) => does(to).talkMs));
    if (strategy === 'priority') return equals;
    if (strategy === 'priority-longest-idle') {
      return equals.flatMap((some) => alone(least(some, (to) => does(to).lastTalkEnd)));
    }
    // Chance can be told by nobody but the router; but it must be an order of the members.
    const call = { domain, caller, dialled, seed };
    const order = membersInOrder({ call, story: [], visited: [], path: [], frames: [] }, group, this.#world).map(
      (wave) => [...wave],
    );
    if (order.some(({ length }) => length !== 1) || new Set(order.flat()).size !== members.length)
      throw new Error('no order');
    return order;
  }

  #gather(members: readonly { to: string; after?: number }[], group: Group | undefined) {
    const targets: ReferenceTarget[] = [];
    const users: User[] = [];
    let busy = false;
    for (const { to, after = 0 } of members) {
      const user = this.#call.domain.users.find(({ extension }) => extension === to);
      if (user === undefined) {
        const found = to.startsWith('+') ? this.#waysTo(to, group, true) : [];
        if (Array.isArray(found)) for (const each of found) targets.push({ ...each, after });
        continue;
      }
      const left = group === undefined ? undefined : this.#leftOut(user, group);
      if (left === 'busy') busy = true;
      if (left !== undefined || this.#offDuty(user) || this.#keptFrom(user) !== undefined) continue;
      users.push(user);
      targets.push(...this.#targets(user, user.reach?.to ?? [{ to: 'devices' }], after));
    }
    return { targets: once(targets), users, busy };
  }

  #leftOut({ extension }: User, group: Group): 'self' | 'out' | 'busy' | 'wrap-up' | undefined {
    const { domain, caller } = this.#call;
    if (caller.kind === 'device' && caller.user.extension === extension) return 'self';
    if (group.login === true && !this.#world.isLoggedIn(domain, group.extension, extension)) return 'out';
    if (group.skipBusy !== false && this.#hasCall(extension)) return 'busy';
    const since = this.#world.now - this.#world.lastTalkOf(domain, group.extension, extension);
    return group.wrapUp !== undefined && since < group.wrapUp ? 'wrap-up' : undefined;
  }

  #known(setting: Partial<KnownEmployee> | undefined, group: Group | undefined) {
    const { domain, caller } = this.#call;
    if (setting === undefined || caller.kind !== 'trunk' || caller.number === undefined) return undefined;
    const { number, kind } = normaliseNumber(caller.number);
    if (kind !== 'e164' || this.#number(number) !== undefined) return undefined;
    const { now } = this.#world;
    const mayRing = (extension: string) => {
      const user = domain.users.find((one) => one.extension === extension);
      if (user === undefined || this.#offDuty(user) || this.#keptFrom(user) !== undefined) return undefined;
      if (group === undefined ? this.#hasCall(extension) : this.#leftOut(user, group) !== undefined) return undefined;
      if (group !== undefined && !group.members.some(({ to }) => to === extension)) return undefined;
      const targets = this.#targets(user, user.reach?.to ?? [{ to: 'devices' }]);
      const limit = setting.ring ?? together.known;
      return targets.length === 0 ? undefined : { targets, ring: Math.min(limit, longest(targets, limit)) };
    };
    const responsible = this.#world.responsible(domain, number);
    const listed = responsible === undefined ? undefined : mayRing(responsible);
    if (listed !== undefined) return listed;
    const last = this.#world.lastTalks(domain, number).find(({ direction, endedAt }) => {
      if (direction === 'out' && setting.outbound !== true) return false;
      const { timezone } = zoneOf(domain);
      if (setting.window === 'day' && domain.settings.hours !== undefined) {
        return now < this.#closing(domain.settings.hours, endedAt);
      }
      if (setting.window === 'day') return localDate(endedAt, timezone) === localDate(now, timezone);
      return endedAt + (setting.window ?? 3_600_000) >= now;
    });
    return last === undefined ? undefined : mayRing(last.extension);
  }

  /** When the office closes for the day; by the random file's hours nobody works at midnight. */
  #closing(hours: NonNullable<Domain['settings']['hours']>, from: number): number {
    const zone = zoneOf(this.#call.domain);
    let last: number | undefined;
    let at: number | undefined = from;
    while (at !== undefined && localDate(at, zone.timezone) === localDate(from, zone.timezone)) {
      const { open, until } = scheduleAt(hours, zone, at);
      if (open) last = until;
      at = until;
    }
    if (last !== undefined) return last;
    let midnight = Math.ceil(from / 60_000) * 60_000;
    while (localDate(midnight, zone.timezone) === localDate(from, zone.timezone)) midnight += 60_000;
    return midnight;
  }

  // Numbers and schemes

  *#takeNumber(text: string, from: Place): Ringing<RingOutcome> {
    const { domain, caller } = this.#call;
    const at = this.#enter(`number ${text}`, from);
    this.did = text;
    const number = this.#number(text)!;
    const shown =
      caller.kind === 'device'
        ? caller.user.extension
        : caller.number === undefined
          ? ''
          : normaliseNumber(caller.number).number;
    const is = (patterns: readonly string[]) => shown !== '' && patterns.some((pattern) => matches(pattern, shown));
    if (number.channels !== undefined && this.#world.channelsInUse(domain, 'number', text) >= number.channels)
      reject('no-channel');
    const { block, accept } = caller.kind === 'trunk' ? domain.settings : {};
    if (block !== undefined && is(block)) reject('caller-blocked');
    if (accept !== undefined && !is(accept)) reject('caller-blocked');
    if (shown === '' && number.anonymous === 'refuse') reject('caller-blocked');
    if (number.block !== undefined && is(number.block)) reject('caller-blocked');
    if (number.accept !== undefined && !is(number.accept)) reject('caller-blocked');
    const known = this.#known(domain.settings.knownEmployee, undefined);
    if (known !== undefined) yield* this.#ring(known.targets, known.ring, true);
    const regions = Object.entries(domain.settings.regions ?? {});
    // The random files have patterns in their regions.
    const isIn = (name: string) => {
      const own = regions.find(([each]) => each === name);
      if (own !== undefined) return is(own[1]);
      return shown !== '' && this.#world.numberPlace(shown)?.region === name;
    };
    const own = number.byCaller?.find(({ from, region }) => is(from ?? []) || (region !== undefined && isIn(region)));
    const timed = number.schedule?.find(({ hours }) => scheduleAt(hours, zoneOf(domain), this.#world.now).open);
    if (own?.to !== undefined) return yield* this.#to(own.to, at, undefined);
    const scheme = own?.scheme ?? timed?.scheme ?? number.scheme;
    if (scheme !== undefined) return yield* this.#scheme(scheme, at);
    if (number.to !== undefined) return yield* this.#to(number.to, at, undefined);
    return this.#back('not-found');
  }

  *#scheme(name: string, from: Place): Ringing<RingOutcome> {
    const { domain } = this.#call;
    const scheme = domain.schemes.find((one) => one.name === name)!;
    const at = this.#enter(`scheme ${name}`, from);
    const open = scheme.hours === undefined || scheduleAt(scheme.hours, zoneOf(domain), this.#world.now).open;
    let outcome: RingOutcome = 'not-found';
    for (const each of (open ? scheme.open : scheme.closed) ?? []) {
      const step = inMenu(each);
      if (step === undefined) continue;
      if (step.goto !== undefined) return yield* this.#scheme(step.goto, at);
      if (step.hangup === 'normal') throw new Ended({ do: 'hangup' });
      if (step.hangup !== undefined) reject(CAUSES[step.hangup] ?? 'forbidden');
      if (step.voicemail !== undefined && outcome === 'not-found') outcome = 'no-answer';
      const here: Place = { ...at, inner: true };
      if (step.queue !== undefined) outcome = yield* this.#try(step.queue, here);
      if (step.ring !== undefined) outcome = yield* this.#ringStep(step.ring, here);
    }
    return this.#back(outcome);
  }

  *#ringStep({ to, order, ring, number }: RingStep, at: Place): Ringing<RingOutcome> {
    let outcome: RingOutcome = 'not-found';
    const called = number ?? this.did ?? this.#call.dialled;
    const trunk = (name: string) => this.#byTrunks([name], normaliseNumber(called).number, undefined);
    if (to.length === 1 || order === 'in-turn') {
      for (const one of to) {
        const found = /^trunk/.test(one) ? trunk(one) : undefined;
        this.#ringFor = ring ?? this.#ringFor;
        if (found === undefined) outcome = yield* this.#try(one, at, ring);
        else if (typeof found === 'string') outcome = this.#back('no-channel');
        else outcome = yield* this.#ring(found, together.outside, false);
      }
      return outcome;
    }
    const found = to.map((one) => {
      if (/^trunk/.test(one)) {
        const way = trunk(one);
        return { targets: typeof way === 'string' ? [] : way, users: [], busy: false };
      }
      const group = this.#call.domain.groups.find(({ extension }) => extension === one);
      return this.#gather(group?.members ?? [{ to: one }], group);
    });
    for (const { users } of found) for (const { extension } of users) this.visited.add(extension);
    const targets = once(found.flatMap((each) => each.targets));
    if (targets.length === 0) return this.#back(found.some(({ busy }) => busy) ? 'callee-busy' : 'unreachable');
    return yield* this.#ring(targets, longest(targets, ring ?? together.all), true);
  }

  // Outside

  *#outside(number: string, at: Place, by: User | Group | undefined): Ringing<RingOutcome> {
    const found = this.#waysTo(number, by, at.path.length > 0);
    if (Array.isArray(found)) return yield* this.#ring(found, together.outside, false);
    const reason = found as Reason;
    if (!at.inner) reject(reason);
    return this.#back(reason === 'no-channel' || reason === 'loop' ? reason : 'unreachable');
  }

  /** What rings for a number outside; or why nothing does. @param led something of ours led there, not the caller's dialling */
  #waysTo(number: string, by: User | Group | undefined, led: boolean): readonly ReferenceTarget[] | Reason {
    const all = this.#call.domain.trunks;
    const registering = all.filter(({ register }) => register !== undefined);
    const ordinary = () => this.#byRule(this.#rule(number, by), number, by, led);
    if (!HELP.includes(number)) return ordinary();
    const own = this.#rule(number, by, ({ match, deny }) => match === number && deny !== true);
    const tries = [
      ...(own === undefined ? [] : [this.#byRule(own, number, by, led)]),
      ...[registering, all].map((trunks) =>
        this.#byTrunks(
          trunks.map(({ name }) => name),
          number,
          by,
        ),
      ),
      ordinary(),
    ];
    const reason = all.length === 0 ? (tries.at(-1) as Reason) : 'no-channel';
    return tries.find((found) => Array.isArray(found)) ?? reason;
  }

  #byRule(
    rule: Rule | undefined,
    number: string,
    by: User | Group | undefined,
    led: boolean,
  ): readonly ReferenceTarget[] | Reason {
    const { domain, caller } = this.#call;
    if (rule === undefined) return 'not-found';
    if (rule.extension !== undefined) {
      if (!led && caller.kind === 'device' && caller.user.extension === rule.extension) return 'loop';
      const pbx = domain.users.find(({ extension }) => extension === rule.extension);
      const devices = pbx?.devices.filter(({ login }) => this.#world.isReachable(domain, login)) ?? [];
      const did = rule.send === undefined ? number : (written(rule.match, rule.send, number) ?? number);
      const isPublic = calledBy(number, did).startsWith('+') || number.startsWith('+');
      if (pbx !== undefined && isPublic && this.#refuses(rule, number, did, by)) return 'forbidden';
      const targets = devices.map(({ login }) => ({ rings: login, after: 0, ring: undefined, did, for: number }));
      return targets.length === 0 ? 'unreachable' : targets;
    }
    if (rule.trunk === undefined) return 'forbidden';
    const names = [rule.trunk, ...(rule.reserve ?? [])];
    const trunks = names.map((name) => domain.trunks.find((one) => one.name === name));
    const sent = rule.send === undefined ? undefined : written(rule.match, rule.send, number);
    const all = trunks.map((trunk) => sent ?? writtenFor(number, trunk?.numbers?.send ?? 'e164'));
    if (all.some((one) => this.#refuses(rule, number, one, by))) return 'forbidden';
    const called = sent === undefined ? number : calledBy(number, sent);
    const sorted = rule.leastCost === true ? this.#world.cheapestFirst(domain, called, names) : names;
    return this.#byTrunks(sorted, number, by, rule.callerId);
  }

  /** What is sent needs the rule's permission, and must be none that a rule above it denies. */
  #refuses(rule: Rule, number: string, sent: string, by: User | Group | undefined): boolean {
    if (HELP.includes(number)) return false;
    if (!permissionOf(rule, number, sent).permitted) return true;
    const called = calledBy(number, sent);
    if (HELP.includes(called)) return false;
    const rules = this.#call.domain.settings.outbound ?? [];
    const above = rules.slice(0, rules.indexOf(rule));
    const denial = this.#rule(called, by, (one) => one.deny === true && above.includes(one));
    return denial !== undefined;
  }

  /** Those that are up first. */
  #byTrunks(
    names: readonly string[],
    number: string,
    by: User | Group | undefined,
    ruleShows?: string,
  ): readonly ReferenceTarget[] | Reason {
    const { domain } = this.#call;
    const free = names.filter((name) => {
      const trunk = domain.trunks.find((one) => one.name === name);
      if (trunk === undefined) return false;
      return trunk.channels === undefined || this.#world.channelsInUse(domain, 'trunk', name) < trunk.channels;
    });
    if (free.length === 0) return 'no-channel';
    const up = free.filter((name) => this.#world.isTrunkUp(domain, name));
    const trunks = [...up, ...free.filter((name) => !up.includes(name))];
    const orderedBy = by === undefined || 'members' in by ? undefined : by.extension;
    const groups = domain.groups.filter(({ members }) => members.some(({ to }) => to === orderedBy));
    const shows = [ruleShows, by?.callerId, ...groups.map(({ callerId }) => callerId), domain.settings.callerId].find(
      (shown) => shown !== undefined && this.#number(shown) !== undefined,
    );
    return [{ rings: number, after: 0, ring: undefined, trunks, orderedBy, shows }];
  }

  #rule(number: string, by: User | Group | undefined, fits: (rule: Rule) => boolean = () => true) {
    const { domain } = this.#call;
    return (domain.settings.outbound ?? []).find((rule) => {
      const { match, from } = rule;
      const user = by === undefined || 'members' in by ? undefined : by;
      if (!fits(rule) || !matches(match, number)) return false;
      if (from === undefined) return true;
      const groups = domain.groups.filter(({ members }) => members.some(({ to }) => to === user?.extension));
      return from.some(
        (one) => one === user?.extension || (user !== undefined && groups.some((group) => group.extension === one)),
      );
    });
  }

  // The file

  #user(text: string): User | undefined {
    const { users } = this.#call.domain;
    return (
      users.find(({ extension }) => extension === text) ??
      users.find(({ devices }) => devices.some(({ login }) => login === text))
    );
  }

  #number(text: string) {
    return this.#call.domain.numbers.find(({ number }) => number === text);
  }
}

/** What the media plane can not do yet is gone past; of a menu, its `otherwise` is done. */
function inMenu(step: Scheme['open'][number]): SchemeStep | undefined {
  const { menu, play } = step as SchemeStep;
  if (play !== undefined) return undefined;
  if (menu === undefined) return step as SchemeStep;
  return menu.otherwise === undefined ? undefined : inMenu(menu.otherwise);
}

function zoneOf({ settings: { timezone = 'Europe/Moscow', calendar = {} } }: Domain) {
  return { timezone, calendar };
}

function matches(pattern: string, number: string): boolean {
  const parsed = parsePattern(pattern);
  return parsed.ok && parsed.value.matches(number);
}

function written(pattern: string, send: string, number: string): string | undefined {
  const parsed = parsePattern(pattern);
  return parsed.ok ? parsed.value.rewrite(number, send) : undefined;
}

function once(targets: readonly ReferenceTarget[]): ReferenceTarget[] {
  return targets.filter(
    (target, at) => targets.findIndex((one) => one.rings === target.rings && one.for === target.for) === at,
  );
}

function longest(targets: readonly ReferenceTarget[], limit: number): number {
  return targets.reduce((most, { after, ring = limit }) => Math.max(most, after + ring), 0);
}
