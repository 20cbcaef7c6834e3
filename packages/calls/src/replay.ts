import {
  advance,
  type Caller,
  type CallRecord,
  type Directory,
  type Domain,
  eventOf,
  isStepOutcome,
  type Plan,
  replayedWorld,
  route,
  type StepOutcome,
  type WorldNotes,
} from '@vats/pbx';

/** One decision of a finished call, as its story tells it. */
export interface ReplayedStep {
  readonly at: number;
  /** How the step before ended; absent for the first one. */
  readonly after?: StepOutcome;
  readonly because: readonly string[];
  /** What the present model says in the same moment, where that is something else. */
  readonly now?: readonly string[];
}

export interface Replay {
  readonly steps: readonly ReplayedStep[];
  /** `same`: the present model comes to the same plan. `differs`: it was made by another one. `not-replayed`: nobody can tell. */
  readonly verdict: 'same' | 'differs' | 'not-replayed';
  /** For a person, where there is something to say. */
  readonly why?: string;
}

interface Decision {
  readonly at: number;
  readonly because: readonly string[];
  readonly after?: StepOutcome;
  readonly asked: { readonly host?: string; readonly number?: string };
  readonly world: WorldNotes | undefined;
}

/**
 * Makes the plan of a finished call again: with what its story keeps of the moment, of chance and of how each step ended, and by the
 * present model. Pure. Decisions behind the first one that comes out differently are told as they were: there is nothing to compare them with.
 */
export function replay(record: CallRecord, directory: Directory): Replay {
  const decisions = decisionsOf(record);
  const kept = decisions.map(({ at, because, after }): ReplayedStep => ({ at, because, ...(after && { after }) }));
  const notReplayed = (why: string): Replay => ({ steps: kept, verdict: 'not-replayed', why });
  const domain = directory.domainById(record.domain);
  if (domain === undefined) return notReplayed('its domain is gone');
  const [first] = decisions;
  if (first?.world === undefined || record.seed === undefined) return notReplayed('its story does not keep the moment');
  const caller = callerOf(record, first, directory, domain);
  if (caller === undefined) return notReplayed(`the account ${record.from.login ?? record.from.number} is gone`);
  const { dialled } = record;
  const { host } = first.asked;
  const call = { domain, caller, dialled, seed: Number(record.seed), ...(host !== undefined && { host }) };
  let plan: Plan | undefined;
  let told = 0;
  for (const [index, { world, after, because }] of decisions.entries()) {
    if (world === undefined) return notReplayed(`its story does not keep the moment of step ${index + 1}`);
    const moment = replayedWorld(world, directory);
    plan = plan === undefined ? route(call, moment) : advance(plan, eventOf(after!), moment);
    const now = plan.story.slice(told);
    told = plan.story.length;
    if (now.join('\n') === because.join('\n')) continue;
    if (world.more === true) return notReplayed('more was asked of the moment than a story keeps');
    return { steps: kept.with(index, { ...kept[index]!, now }), verdict: 'differs' };
  }
  return { steps: kept, verdict: 'same' };
}

function callerOf(record: CallRecord, { asked }: Decision, directory: Directory, domain: Domain): Caller | undefined {
  if (record.direction !== 'out' && record.trunk !== undefined) {
    return { kind: 'trunk', trunk: record.trunk, ...(asked.number !== undefined && { number: asked.number }) };
  }
  const found = record.from.login === undefined ? undefined : directory.findDevice(domain, record.from.login);
  return found && { kind: 'device', user: found.user, device: found.device };
}

/** The story is data that a store gave back, perhaps of an earlier version: what does not fit is not there. */
function decisionsOf({ story, world }: CallRecord): Decision[] {
  const decisions: Decision[] = [];
  let lines: string[] = [];
  for (const event of story) {
    // What comes after a transfer is the plan of another call, so to speak.
    if ((event as { type?: unknown } | undefined)?.type === 'transfer.started') break;
    if (!isRouted(event)) continue;
    lines.push(...event.explain.filter((line) => typeof line === 'string'));
    // Forwards on the way to a decision are events of their own.
    if (event.seed === undefined) continue;
    const after = isStepOutcome(event.after) ? event.after : undefined;
    const notes = event.world ?? (decisions.length === 0 ? world : undefined);
    decisions.push({
      at: event.at,
      because: lines,
      asked: event.asked ?? {},
      world: isNotes(notes) && (after !== undefined || decisions.length === 0) ? notes : undefined,
      ...(after !== undefined && { after }),
    });
    lines = [];
  }
  return decisions;
}

interface Routed {
  readonly type: 'call.routed';
  readonly at: number;
  readonly explain: readonly unknown[];
  readonly seed?: unknown;
  readonly after?: unknown;
  readonly asked?: { readonly host?: string; readonly number?: string };
  readonly world?: unknown;
}

function isRouted(event: unknown): event is Routed {
  const { type, at, explain } = (event ?? {}) as Partial<Routed>;
  return type === 'call.routed' && typeof at === 'number' && Array.isArray(explain);
}

function isNotes(notes: unknown): notes is WorldNotes {
  return typeof notes === 'object' && notes !== null && typeof (notes as WorldNotes).now === 'number';
}
