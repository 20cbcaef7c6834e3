import { replay } from '@vats/calls';
import {
  advance,
  type Caller,
  type Domain,
  eventOf,
  goesOn,
  momentText,
  normaliseOperatorNumber,
  type Plan,
  type RingOutcome,
  readMoment,
  recordingOf,
  route,
  type StepOutcome,
  setting,
  type World,
} from '@vats/pbx';
import type { Switch } from '../create-switch.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { believedOf } from './explain-identity.ts';
import { type AskedOfTargets, targetsOf } from './explain-targets.ts';
import { keptCall } from './kept-call.ts';
import { theDomain } from './the-domain.ts';

/** Steps that are told of one call at most: a scheme may have many, and a company's rules lead no further. */
const STEPS_TOLD = 50;

/** One thing that would be done, and how it is taken to end. */
interface ToldStep {
  readonly do: Plan['step']['do'];
  readonly because: readonly string[];
  readonly reason?: string;
  readonly endsAs?: StepOutcome;
  /** Whether the conversation is recorded, and what of the policy says so. */
  readonly recorded?: { readonly record: boolean; readonly because: string };
  readonly targets?: readonly object[];
  /** What would come next if the ringing ended in another way, where that is something else. */
  readonly otherwise?: readonly Branch[];
}

interface Branch {
  readonly endsAs: RingOutcome;
  readonly do: Plan['step']['do'];
  readonly because: readonly string[];
  readonly reason?: string;
}

/** What would become of a call, or what chose each step of a finished one: the router's own answers. Nothing rings. */
export function explainCallRoutes(running: Switch): ControlRoutes {
  const { model, world, clock, store, calls } = running;
  return {
    'GET /explain/call/:id': async ({ params }) => {
      const record = await keptCall(params.id ?? '', store, calls);
      const { id, from, dialled, startedAt, outcome, answeredBy, limits } = record;
      const domain = model.directory.domainById(record.domain)?.name ?? record.domain;
      const again = replay(record, model.directory);
      const answered = answeredBy === undefined ? {} : { answeredBy };
      return { id, domain, from: from.number, to: dialled, at: startedAt, outcome, limits, ...answered, ...again };
    },
    'GET /explain/call': ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const from = query.get('from') ?? '';
      const dialled = query.get('to') ?? '';
      const at = momentOf(query.get('at'), setting(domain, 'timezone'), clock.now());
      const caller = callerOf(model.directory, domain, from, query.get('via') ?? undefined);
      const moment = at === undefined ? world : worldAt(world, at);
      const outcome = outcomeOf(query.get('outcome'));
      const believed =
        caller.kind === 'trunk' ? believedOf(caller, model.directory.findTrunk(domain, caller.trunk)) : undefined;
      return {
        domain: domain.name,
        from,
        to: dialled,
        at: moment.now,
        timezone: setting(domain, 'timezone'),
        localTime: momentText(moment.now, setting(domain, 'timezone')),
        ...(believed !== undefined && { believed }),
        steps: stepsOf(route({ domain, caller, dialled }, moment), moment, outcome, running),
      };
    },
  };
}

/** The steps of a plan while each that rings ends in the same way. */
function stepsOf(first: Plan, world: World, outcome: RingOutcome, running: AskedOfTargets): ToldStep[] {
  const steps: ToldStep[] = [];
  let plan = first;
  let told = 0;
  while (steps.length < STEPS_TOLD) {
    const { step, story } = plan;
    const rings = step.do === 'ring';
    steps.push({
      do: step.do,
      because: story.slice(told),
      ...(step.do === 'reject' && { reason: step.reason }),
      ...(step.do === 'play' && { endsAs: 'played' as const }),
      ...(rings && {
        endsAs: outcome,
        targets: targetsOf(plan, running),
        otherwise: otherwise(plan, world, outcome),
      }),
      ...((rings || step.do === 'echo' || step.do === 'conference') && { recorded: recordingOf(plan) }),
    });
    told = story.length;
    if (!goesOn(step)) break;
    plan = advance(plan, eventOf(rings ? outcome : 'played'), world);
  }
  return steps;
}

/** The next step after each other end of the ringing, but for ends that only refuse the caller as what they are. */
function otherwise(plan: Plan, world: World, told: RingOutcome): Branch[] {
  return OUTCOMES.filter((outcome) => outcome !== told).flatMap((outcome) => {
    const { step, story } = advance(plan, { kind: 'ring-ended', outcome }, world);
    if (step.do === 'reject' && step.reason === outcome) return [];
    const because = story.slice(plan.story.length);
    return [{ endsAs: outcome, do: step.do, because, ...(step.do === 'reject' && { reason: step.reason }) }];
  });
}

/** The live world at another hour: who is on the phone now is taken to be so then. */
function worldAt(world: World, now: number): World {
  return {
    now,
    directory: world.directory,
    isReachable: (domain, login) => world.isReachable(domain, login),
    activity: (domain, extension) => world.activity(domain, extension),
    lastTalkOf: (domain, group, extension) => world.lastTalkOf(domain, group, extension),
    isLoggedIn: (domain, group, extension) => world.isLoggedIn(domain, group, extension),
    lastTalks: (domain, number) => world.lastTalks(domain, number),
    responsible: (domain, number) => world.responsible(domain, number),
    channelsInUse: (domain, kind, key) => world.channelsInUse(domain, kind, key),
    isTrunkUp: (domain, trunk) => world.isTrunkUp(domain, trunk),
    cheapestFirst: (domain, number, trunks) => world.cheapestFirst(domain, number, trunks),
    numberPlace: (number) => world.numberPlace(number),
  };
}

function callerOf(
  directory: Switch['model']['directory'],
  domain: Domain,
  from: string,
  via: string | undefined,
): Caller {
  if (via !== undefined) {
    const trunk = directory.findTrunk(domain, via);
    if (trunk === undefined) {
      const names = domain.trunks.map(({ name }) => name).join(', ');
      const remedy = names === '' ? 'it has none, so add one to its file' : `name one of ${names}`;
      throw new ControlError(404, `there is no trunk ${via} in ${domain.name}: ${remedy}`);
    }
    return {
      kind: 'trunk',
      trunk: via,
      ...(from !== '' && from !== 'anonymous' && { number: normaliseOperatorNumber(from).number }),
    };
  }
  const user = directory.findUser(domain, from);
  if (user === undefined) {
    throw new ControlError(
      404,
      `nobody in ${domain.name} has extension or login ${from}: a caller outside comes by a trunk, --via NAME`,
    );
  }
  const device = user.devices.find(({ login }) => login === from) ?? user.devices[0];
  if (device === undefined) throw new ControlError(422, `${user.name} (${user.extension}) has no device to call from`);
  return { kind: 'device', user, device };
}

function momentOf(text: string | null, timezone: string, now: number): number | undefined {
  if (text === null) return undefined;
  const read = readMoment(text, timezone);
  if (!read.ok) throw new ControlError(422, `${read.message}: ${read.remedy}`);
  return read.at === now ? undefined : read.at;
}

const OUTCOMES: readonly RingOutcome[] = ['no-answer', 'callee-busy', 'callee-declined', 'unreachable'];

/** What people say. */
const SHORT_OUTCOMES: Readonly<Record<string, RingOutcome>> = { busy: 'callee-busy', declined: 'callee-declined' };

function outcomeOf(text: string | null): RingOutcome {
  const word = SHORT_OUTCOMES[text ?? ''] ?? text ?? 'no-answer';
  const outcome = OUTCOMES.find((each) => each === word);
  if (outcome === undefined)
    throw new ControlError(422, `${text} is no way for a ringing to end: ${OUTCOMES.join(', ')}`);
  return outcome;
}
