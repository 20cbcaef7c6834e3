import { replay } from '@vats/calls';
import {
  advance,
  BETWEEN_KEYS_MS,
  type Caller,
  type Domain,
  eventOf,
  type Frozen,
  formatDuration,
  goesOn,
  MENU_TIMEOUT_MS,
  type MenuOutcome,
  type MenuStep,
  momentText,
  normaliseOperatorNumber,
  type Plan,
  type QueueOutcome,
  type RingOutcome,
  readMenuKeys,
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
  /** Of a menu: what holds for its keys. */
  readonly keys?: readonly string[];
  /** What would come next if the ringing ended in another way, where that is something else; or by each other choice in a menu. */
  readonly otherwise?: readonly Branch[];
}

interface Branch {
  readonly endsAs: StepOutcome;
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
      const { id, from, dialled, startedAt, outcome, answeredBy, limits, message } = record;
      const domain = model.directory.domainById(record.domain)?.name ?? record.domain;
      const again = replay(record, model.directory);
      const answered = answeredBy === undefined ? {} : { answeredBy };
      return {
        id,
        domain,
        from: from.number,
        to: dialled,
        at: startedAt,
        outcome,
        limits,
        message,
        ...answered,
        ...again,
      };
    },
    'GET /explain/call': ({ query }) => {
      const domain = theDomain(model, query.get('domain') ?? undefined);
      const from = query.get('from') ?? '';
      const dialled = query.get('to') ?? '';
      const at = momentOf(query.get('at'), setting(domain, 'timezone'), clock.now());
      const caller = callerOf(model.directory, domain, from, query.get('via') ?? undefined);
      const moment = at === undefined ? world : worldAt(world, at);
      const outcome = outcomeOf(query.get('outcome'));
      const keys = keysOf(query.get('keys'));
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
        steps: stepsOf(route({ domain, caller, dialled }, moment), moment, { outcome, keys }, running),
      };
    },
  };
}

/** How what the caller meets on their way is taken to end. */
interface Supposed {
  /** Each ringing. */
  readonly outcome: RingOutcome;
  /** What the caller presses in one menu after the other; nothing in those behind the last. */
  readonly keys: readonly string[];
}

/** How a step is taken to end. @param left what the caller presses yet, a menu's worth of which is taken away */
function supposedEnd({ step, call }: Plan, outcome: RingOutcome, left: string[]): StepOutcome {
  if (step.do === 'ring') return outcome;
  if (step.do === 'queue') return 'queue-waited';
  // No service is asked for what is only explained.
  if (step.do === 'decide') return 'not-decided';
  if (step.do === 'voicemail') return 'message-left';
  return step.do === 'menu' ? keyedIn(step.menu, call.domain, left.shift() ?? '') : 'played';
}

const WAITS: readonly QueueOutcome[] = ['queue-waited', 'queue-full', 'queue-nobody'];

/** The steps of a plan while each that rings ends in the same way. */
function stepsOf(first: Plan, world: World, { outcome, keys }: Supposed, running: AskedOfTargets): ToldStep[] {
  const steps: ToldStep[] = [];
  const left = [...keys];
  let plan = first;
  let told = 0;
  while (steps.length < STEPS_TOLD) {
    const { step, story } = plan;
    const rings = step.do === 'ring';
    const endsAs = supposedEnd(plan, outcome, left);
    steps.push({
      do: step.do,
      because: story.slice(told),
      ...(step.do === 'reject' && { reason: step.reason }),
      ...(goesOn(step) && { endsAs }),
      ...(step.do === 'menu' && {
        keys: waysOn(step.menu, plan.call.domain),
        otherwise: branches(plan, world, choicesIn(step.menu), endsAs),
      }),
      ...(step.do === 'queue' && { otherwise: branches(plan, world, WAITS, endsAs) }),
      ...(rings && {
        targets: targetsOf(plan, running),
        otherwise: branches(plan, world, OUTCOMES, outcome),
      }),
      ...((rings || step.do === 'echo' || step.do === 'queue' || step.do === 'conference') && {
        recorded: recordingOf(plan),
      }),
    });
    told = story.length;
    if (!goesOn(step)) break;
    plan = advance(plan, eventOf(endsAs), world);
  }
  return steps;
}

/** The next step after each other end of this one, but for ends that only refuse the caller as what they are. */
function branches(plan: Plan, world: World, ends: readonly StepOutcome[], told: StepOutcome): Branch[] {
  return ends
    .filter((outcome) => outcome !== told)
    .flatMap((outcome) => {
      const { step, story } = advance(plan, eventOf(outcome), world);
      if (step.do === 'reject' && step.reason === outcome) return [];
      const because = story.slice(plan.story.length);
      return [{ endsAs: outcome, do: step.do, because, ...(step.do === 'reject' && { reason: step.reason }) }];
    });
}

/** All that the caller can do in a menu, but dial an extension. */
function choicesIn({ keys }: Frozen<MenuStep>): StepOutcome[] {
  return [...Object.keys(keys).map((key) => `key ${key}` as const), 'no-key', 'wrong-key'];
}

function keyedIn(menu: Frozen<MenuStep>, domain: Domain, keys: string): MenuOutcome {
  if (keys === '') return 'no-key';
  const { choice } = readMenuKeys(menu, domain, keys);
  if (choice === undefined) return 'wrong-key';
  return 'extension' in choice ? `dialled ${choice.extension}` : `key ${choice.key}`;
}

/** What of a menu is no key's own, a sentence each. */
function waysOn(menu: Frozen<MenuStep>, domain: Domain): string[] {
  const { keys, pins = {}, extension = false, repeat = 1 } = menu;
  const { timeout = MENU_TIMEOUT_MS, betweenKeys = BETWEEN_KEYS_MS } = menu;
  const lines = [`asked up to ${repeat} times, a key is waited for ${formatDuration(timeout)}`];
  if (extension !== false) {
    const whose = extension === true ? 'any extension' : `the extensions ${extension.join(', ')}`;
    lines.push(`the caller may dial ${whose}`);
  }
  const waits = Object.keys(keys).filter((key) => readMenuKeys(menu, domain, key).mayGoOn);
  if (waits.length > 0) {
    lines.push(
      `${waits.join(', ')} may be the beginning of an extension: ${formatDuration(betweenKeys)} for the next key`,
    );
  }
  if (Object.keys(pins).length > 0) lines.push(`a PIN is asked for behind ${Object.keys(pins).join(', ')}`);
  return lines;
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
    isPaused: (domain, extension) => world.isPaused(domain, extension),
    ownSettings: (domain, extension) => world.ownSettings(domain, extension),
    waitingIn: (domain, group) => world.waitingIn(domain, group),
    lastTalks: (domain, number) => world.lastTalks(domain, number),
    lastCaller: (domain, extension) => world.lastCaller(domain, extension),
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

/** What is pressed in each menu, with commas between. */
function keysOf(text: string | null): string[] {
  const keys = text === null ? [] : text.split(',').map((each) => each.trim());
  const odd = keys.find((each) => !/^[0-9*#]*$/.test(each));
  if (odd !== undefined) {
    throw new ControlError(422, `${odd} is nothing that a caller can press: write what they press in each menu: 2,201`);
  }
  return keys;
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
