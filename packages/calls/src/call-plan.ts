import {
  advance,
  eventOf,
  NOTES_LIMIT,
  NotedWorld,
  type Plan,
  type RouteCall,
  route,
  type StepOutcome,
  type World,
} from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import { CALLER } from './call-state.ts';

/** A seed is one of so many: whole numbers of 32 bits without their sign. */
const SEEDS = 2 ** 31;

/** The plan of one call: asks it what comes next, and tells the story what it said and what it went by. */
export class CallPlan {
  readonly #call: CallContext;
  readonly #take: (plan: Plan) => void;
  #plan: Plan | undefined;
  /** Forwards that the story tells already. */
  #forwardsTold = 0;
  /** The reasons of the plans before this one: a transfer makes another. */
  #reasons: readonly string[] = [];
  /** Answers of the world that the story may keep yet. */
  #room = NOTES_LIMIT;

  /** @param take does the step that the plan says is due */
  constructor(call: CallContext, take: (plan: Plan) => void) {
    this.#call = call;
    this.#take = take;
  }

  /** Whether the conversation is to be recorded. */
  get records(): boolean {
    return this.#plan?.record === true;
  }

  begin(): void {
    const { origin, parts } = this.#call;
    const { domain, caller, dialled, host, referredBy } = origin;
    this.#forwardsTold = 0;
    if (referredBy !== undefined) {
      this.#reasons = [
        ...this.#reasons,
        ...(this.#plan?.story ?? []),
        `${referredBy.number} transfers ${origin.party.number} to ${dialled}`,
      ];
    }
    const call = { domain, caller, dialled, seed: parts.random.below(SEEDS), ...(host !== undefined && { host }) };
    this.#decide((world) => route(call, world));
  }

  /** The step that was due ended so. */
  goOn(outcome: StepOutcome): void {
    const plan = this.#plan;
    if (plan !== undefined) this.#decide((world) => advance(plan, eventOf(outcome), world), outcome);
  }

  #decide(decide: (world: World) => Plan, after?: StepOutcome): void {
    const world = new NotedWorld(this.#call.parts.world(), this.#room);
    const plan = decide(world);
    this.#room -= world.kept;
    this.#plan = plan;
    // Taken in the turn that decided, so that calls which ask side by side can't pass the number's limit together.
    if (plan.did !== undefined) this.#call.channels.takeNumber(CALLER, plan.did);
    this.#tell(plan, world, after);
    this.#take(plan);
  }

  #tell({ did, group, story, call, forwards = [] }: Plan, world: NotedWorld, after: StepOutcome | undefined): void {
    const said = {
      type: 'call.routed',
      explain: [...this.#reasons, ...story],
      ...(call.caller.kind === 'trunk' && { direction: 'in' as const }),
      ...(did !== undefined && { did }),
      ...(group !== undefined && { group }),
    } as const;
    const news = forwards.slice(this.#forwardsTold);
    this.#forwardsTold = forwards.length;
    // An event tells of one forward.
    for (const forward of news.slice(0, -1)) this.#call.emit({ ...said, forward });
    const forward = news.at(-1);
    this.#call.emit({
      ...said,
      ...(forward !== undefined && { forward }),
      ...(after !== undefined ? { after } : this.#call.origin.referredBy === undefined && { asked: askedBy(call) }),
      world: world.notes(),
      seed: String(call.seed),
    });
  }
}

/** What the plan goes by beside what the call's start tells. */
function askedBy({ caller, host }: RouteCall): { host?: string; number?: string } {
  const number = caller.kind === 'trunk' ? caller.number : undefined;
  return { ...(host !== undefined && { host }), ...(number !== undefined && { number }) };
}
