import type { Cancel } from '@vats/kernel';
import { type PlayedItem, saidItems } from '@vats/media';
import {
  type Group,
  LAST_PRIORITY,
  type Offer,
  type Plan,
  type QueueEnd,
  type QueueRules,
  queueRules,
  type RingOutcome,
  setting,
} from '@vats/pbx';
import { QueueDesk } from './agent-desk.ts';
import type { CallContext } from './call-context.ts';
import type { LegName, Party } from './call-event.ts';
import { CallerDialogue } from './caller-dialogue.ts';
import type { CallerSide } from './caller-side.ts';
import { divertingOf } from './diverting.ts';
import type { Forks } from './forks.ts';
import type { Queues } from './queues.ts';
import { memberOf } from './rings.ts';
import type { MissedOffer, RunningService } from './services.ts';
import type { Sound } from './speaker.ts';
import type { Waiter, WaitOver } from './waiting-line.ts';

/** Whoever is answered at once need not hear how many wait. */
const FIRST_ANNOUNCEMENT_MS = 3_000;
const MINUTE_MS = 60_000;

/** What an agent's phone, or the way to it, may say that lies with the caller: another one may well be put through. */
const OF_THE_CALLER: ReadonlySet<RingOutcome> = new Set(['no-common-codec', 'loop', 'too-many-hops', 'limit-reached']);

const ENDS: Readonly<Record<WaitOver, QueueEnd>> = {
  'queue-waited': 'waited',
  'queue-nobody': 'nobody',
};

/** Lets the caller wait for an agent of a group, with music and with word of how long it will be. */
export class QueueService implements RunningService, Waiter {
  readonly call: string;
  readonly party: Party;
  readonly plan: Plan;
  readonly priority: number;
  readonly since: number;
  readonly apart = new QueueDesk();
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #forks: Forks;
  readonly #queues: Queues;
  /** As it was when the caller came: what is said and played to them stays the same. */
  readonly #group: Group;
  readonly #rules: QueueRules;
  /** Who rings, by how many legs. */
  readonly #ringing = new Map<string, number>();
  /** Of those, whom some leg has really rung. */
  readonly #rung = new Set<string>();
  readonly #timers = new Map<'wait' | 'announce', Cancel>();
  #stage: Waiter['stage'] = 'enters';
  #left = false;
  /** Leaves so, as soon as no agent rings. */
  #leaves: WaitOver | undefined;
  #hasMusic = true;

  constructor(call: CallContext, caller: CallerSide, forks: Forks, queues: Queues, plan: Plan) {
    if (plan.step.do !== 'queue') throw new Error(`a step that is no wait: ${plan.step.do}`);
    this.#call = call;
    this.#dialogue = new CallerDialogue(call, caller);
    this.#forks = forks;
    this.#queues = queues;
    this.#group = plan.step.group;
    this.#rules = queueRules(this.#group);
    this.plan = plan;
    this.call = call.id;
    this.party = call.legs.caller?.party ?? call.origin.party;
    this.priority = plan.priority ?? LAST_PRIORITY;
    this.since = call.parts.clock.now();
  }

  get stage(): Waiter['stage'] {
    return this.#stage;
  }

  begin(): void {
    const { domain } = this.plan.call;
    const position = this.#queues.join(domain, this.#group, this);
    if (position === undefined) {
      // Others came in the turns since the plan was made.
      this.#call.feed({ type: 'served', outcome: 'queue-full' });
      return;
    }
    const { priority } = this.plan;
    const about = { group: this.#group.extension, position, ...(priority !== undefined && { priority }) };
    this.#call.emit({ type: 'queue.entered', ...about });
    const fault = this.#dialogue.open(true, (afterMs) => this.#opened(afterMs));
    if (fault === undefined) return;
    this.#leave('abandoned');
    this.#call.feed({ type: 'refuse', failure: 'no-common-codec' });
  }

  changed(): void {
    this.#dialogue.changed();
  }

  #opened(afterMs: number): void {
    this.#stage = 'waits';
    this.#play(afterMs);
    this.#start('wait', this.#rules.wait, () => this.leave('queue-waited'));
    if (this.#rules.announcePosition || this.#rules.announceWait) {
      this.#start('announce', FIRST_ANNOUNCEMENT_MS, () => this.#announce(['queue-all-busy']));
    }
    this.#queues.agentsChanged(this.plan.call.domain.id);
  }

  ring({ targets, ring, because }: Offer): void {
    const { frames, forwards, callerPrefix: prefix } = this.plan;
    const { domain } = this.plan.call;
    const forwardedBy = forwards?.at(-1)?.by;
    const about = { why: because, group: this.#group.extension, ...(forwardedBy !== undefined && { forwardedBy }) };
    const legs = this.#forks.choose(targets, frames.at(-1), about, { diverting: divertingOf(this.plan), prefix });
    for (const { member } of legs) {
      if (member === undefined) continue;
      if (!this.#ringing.has(member)) this.#queues.desk.engage(domain, member);
      this.#ringing.set(member, (this.#ringing.get(member) ?? 0) + 1);
    }
    // No way to their phones is one for this call, or they went away in this very moment, or are in this call already.
    for (const member of new Set(targets.map(memberOf)))
      if (!this.#ringing.has(member)) this.#rests(member, this.apart);
    this.#stage = 'rings';
    this.#call.feed({ type: 'offer', legs, forMs: ring });
  }

  missed({ leg, member, why, unsent }: MissedOffer): void {
    // An account that has all the calls it may have is busy for everybody.
    if (!OF_THE_CALLER.has(why) && (unsent === undefined || why === 'callee-busy')) this.#rung.add(member);
    const left = (this.#ringing.get(member) ?? 0) - 1;
    if (left > 0) {
      this.#ringing.set(member, left);
      return;
    }
    if (!this.#ringing.delete(member)) return;
    this.#queues.desk.release(this.plan.call.domain, member);
    if (this.#rung.delete(member)) {
      this.#rests(member, this.#queues.desk);
      this.#call.emit({ type: 'queue.missed', leg, agent: member, why });
    } else this.#rests(member, this.apart);
    // With the others ringing on, it may be somebody else's turn for whoever comes next.
    this.#queues.agentsChanged(this.plan.call.domain.id);
  }

  offerEnded(): void {
    this.#release();
    this.#stage = 'waits';
    if (this.#leaves !== undefined) this.leave(this.#leaves);
    else this.#queues.agentsChanged(this.plan.call.domain.id);
  }

  answered(leg: LegName): void {
    const { domain } = this.plan.call;
    const party = this.#call.legs.get(leg)?.party;
    this.#release();
    if (party !== undefined) {
      this.#queues.talks(domain, this.#group, this.call, leg, party.extension ?? party.number);
    }
    this.#leave('answered');
  }

  leave(how: WaitOver): void {
    if (this.#stage === 'rings') {
      this.#leaves ??= how;
      return;
    }
    this.#leave(ENDS[how]);
    this.#call.feed({ type: 'served', outcome: how });
  }

  end(): void {
    this.#dialogue.end();
    this.#release();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#leave('abandoned');
  }

  #leave(how: QueueEnd): void {
    if (this.#left) return;
    this.#left = true;
    const { domain } = this.plan.call;
    const { position } = this.#queues.standing(domain, this.#group, this);
    if (!this.#queues.left(domain, this.#group, this, how)) return;
    const waitedMs = this.#call.parts.clock.now() - this.since;
    this.#call.emit({ type: 'queue.left', group: this.#group.extension, how, waitedMs, position });
  }

  #release(): void {
    for (const member of this.#ringing.keys()) this.#queues.desk.release(this.plan.call.domain, member);
    this.#ringing.clear();
    this.#rung.clear();
  }

  #rests(member: string, desk: QueueDesk): void {
    const { clock } = this.#call.parts;
    desk.rest(this.plan.call.domain, member, clock.now() + this.#rules.rest);
  }

  /** Tells where the caller stands, and for how long it will be. @param before prompts that come first */
  #announce(before: readonly string[] = []): void {
    this.#start('announce', this.#rules.every, () => this.#announce());
    if (this.#stage !== 'waits') return;
    const { position, waitMs } = this.#queues.standing(this.plan.call.domain, this.#group, this);
    if (position === 0) return;
    const items = [
      ...this.#dialogue.prompts(...before),
      ...(this.#rules.announcePosition ? this.#positionSaid(position) : []),
      ...(this.#rules.announceWait && waitMs !== undefined ? this.#waitSaid(waitMs) : []),
    ];
    const told = this.#rules.announceWait && waitMs !== undefined ? { waitMs } : {};
    this.#call.emit({ type: 'queue.announced', position, ...told });
    this.#dialogue.say({ items }, () => this.#play());
  }

  #positionSaid(position: number): PlayedItem[] {
    if (position === 1) return this.#dialogue.prompts('queue-you-are-next');
    const language = setting(this.plan.call.domain, 'language');
    const said = language === 'ru' ? { position } : { number: position };
    return [
      ...this.#dialogue.prompts('queue-you-are-'),
      ...saidItems(language, said),
      ...this.#dialogue.prompts('queue-in-line'),
    ];
  }

  #waitSaid(waitMs: number): PlayedItem[] {
    const minutes = Math.round(waitMs / MINUTE_MS);
    if (minutes === 0) return this.#dialogue.prompts('queue-wait-is-short');
    const language = setting(this.plan.call.domain, 'language');
    return [
      ...this.#dialogue.prompts('queue-wait-is-about-'),
      ...saidItems(language, { count: minutes, of: 'minute' }),
    ];
  }

  #play(afterMs = 0): void {
    const { music } = this.#rules;
    if (music === 'none' || !this.#hasMusic) return;
    const file = music === 'default' ? this.#call.parts.music?.(this.plan.call.domain) : undefined;
    const items = music === 'default' ? (file === undefined ? [] : [{ file }]) : this.#dialogue.prompts(music);
    // What can't be played now can't be played after the next announcement either.
    this.#hasMusic = items.length > 0;
    if (!this.#hasMusic) return;
    const sound: Sound = { items, times: 0, shared: true, ...(afterMs > 0 && { afterMs }) };
    this.#dialogue.say(sound, ({ why }) => {
      this.#hasMusic = why !== 'failed';
    });
  }

  #start(name: 'wait' | 'announce', ms: number, fired: () => void): void {
    this.#timers.get(name)?.();
    const cancel = this.#call.parts.clock.after(ms, () => {
      this.#timers.delete(name);
      fired();
    });
    this.#timers.set(name, cancel);
  }
}
