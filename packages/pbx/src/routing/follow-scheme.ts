import type { Frozen, Scheme } from '../model/model.ts';
import { scheduleAt } from '../schedule/schedule-at.ts';
import { DECIDE_TIMEOUT_MS } from '../schema/decide.ts';
import { formatDuration } from '../schema/duration.ts';
import { type HangupCause, isTrunkName, type PlayStep, type RingStep, type SchemeStep } from '../schema/scheme.ts';
import { readDecision } from './decision.ts';
import { type Gathered, gather } from './gather.ts';
import type { Found } from './go-out.ts';
import { arrived, type Journey, planOf, rejected, told, within, zoneOf } from './journey.ts';
import { leaveMessage, mailboxOwner } from './leave-message.ts';
import { askAgain, askMenu, choiceIn } from './menu.ts';
import { type Decision, goBack, goneRound, ringTrunk, sendTo, startScheme } from './onward.ts';
import type { Frame, RejectReason, RingOutcome, ServedOutcome, World } from './plan.ts';
import { NO_CALLER, saidIn } from './said-value.ts';
import { DECIDED } from './step-outcomes.ts';
import { nameOf, onceEach, ringOf } from './targets.ts';
import { trunkTarget } from './to-trunk.ts';

type AtScheme = Frame & { readonly in: 'scheme' };
type AtList = Frame & { readonly in: 'list' };

const TOGETHER_MS = 25_000;

/** Sends the call to a scheme: to its steps for open or for closed hours. */
export function enterScheme(journey: Journey, name: string, because: string, world: World): Decision {
  const { domain } = journey.call;
  const scheme = world.directory.findScheme(domain, name);
  if (scheme === undefined) return rejected(journey, 'not-found', `there is no scheme ${name} any more`, because);
  const there = arrived(journey, `scheme ${name}`);
  if (there === undefined) return goneRound(journey, `the call has been in scheme ${name} already`, because);
  const { part, when } = partOf(there, scheme, world);
  const here = told(there, `${because} scheme ${name}${when}`);
  return followScheme(here, { in: 'scheme', scheme, part, next: 0, path: here.path }, 'not-found', world);
}

/** The scheme's next step, and the one after it where a step only says something. */
export function followScheme(journey: Journey, frame: AtScheme, outcome: RingOutcome, world: World): Decision {
  const { scheme, part, next } = frame;
  const step = (scheme[part] ?? [])[next];
  if (step === undefined) {
    const text = `scheme ${scheme.name} has come to its end`;
    return journey.frames.length === 0 ? rejected(journey, outcome, text, '') : goBack(told(journey, text), outcome);
  }
  return take(journey, step, { ...frame, next: next + 1 }, outcome, world);
}

/** The next of a list that rings in turn. */
export function ringList(journey: Journey, frame: AtList, outcome: RingOutcome): Decision {
  const { step, next } = frame;
  const to = step.to[next];
  if (to === undefined) return goBack(journey, outcome);
  const last = next + 1 === step.to.length;
  const framed = last ? journey : within(journey, { ...frame, next: next + 1 });
  return ringOne(framed, to, step, `then ${to}`);
}

function take(
  journey: Journey,
  step: Frozen<SchemeStep>,
  frame: AtScheme,
  outcome: RingOutcome,
  world: World,
): Decision {
  const where = `scheme ${frame.scheme.name}`;
  const framed = within(journey, frame);
  if (step.ring !== undefined) return ring(framed, step.ring, where, world);
  if (step.goto !== undefined) return startScheme(journey, step.goto, `${where} goes on with`);
  if (step.play !== undefined) return play(journey, step.play, frame, outcome, where);
  if (step.say !== undefined) {
    const value = saidIn(step.say, journey, world);
    if (value === undefined) return followScheme(told(journey, `${where}: ${NO_CALLER}`), frame, outcome, world);
    const because = `${where} says ${value.prompt}`;
    return planOf(within(journey, reached(frame, outcome)), { do: 'play', ...value, answer: true, because });
  }
  if (step.menu !== undefined) return askMenu(within(journey, reached(frame, outcome)), step.menu, where);
  if (step.decide !== undefined) {
    const { url, timeout = DECIDE_TIMEOUT_MS } = step.decide;
    const { pressed = [] } = journey;
    const around = within(journey, { ...frame, ended: outcome });
    const asking = within(around, { in: 'decide', decide: step.decide, path: journey.path });
    return planOf(asking, { do: 'decide', url, timeout, pressed, because: `${where} asks ${URL.parse(url)?.host}` });
  }
  if (step.prefix !== undefined) {
    const text = `${where} puts ${JSON.stringify(step.prefix)} before the caller's name`;
    return followScheme(told({ ...journey, callerPrefix: step.prefix }, text), frame, outcome, world);
  }
  if (step.queue !== undefined) {
    const { to, priority } = step.queue;
    const at = priority === undefined ? framed : { ...framed, priority };
    return { go: 'queue', journey: at, group: to, because: `${where}: the caller waits for` };
  }
  if (step.voicemail !== undefined) {
    const owner = mailboxOwner(journey.call.domain, step.voicemail, world.directory);
    const ended = outcome === 'not-found' ? 'no-answer' : outcome;
    if (owner !== undefined) return leaveMessage(framed, owner, ended, `${where} takes messages`);
    return followScheme(told(journey, `${where}: nobody has mailbox ${step.voicemail} any more`), frame, ended, world);
  }
  if (step.conference !== undefined) {
    return sendTo(framed, step.conference, `${where} leads to`, undefined);
  }
  return hangUp(journey, step.hangup ?? 'normal', where);
}

/** A step of the scheme in which the call is, in place of the one that has led here. */
export function takeInstead(journey: Journey, step: Frozen<SchemeStep>, outcome: RingOutcome, world: World): Decision {
  const frame = journey.frames.at(-1);
  if (frame?.in !== 'scheme') return goBack(journey, outcome);
  return take({ ...journey, frames: journey.frames.slice(0, -1) }, step, frame, outcome, world);
}

/** Goes on with what the caller has chosen in a menu, or with what is done for who has not. @param outcome how what rang last ended */
export function chosen(journey: Journey, event: ServedOutcome, outcome: RingOutcome, world: World): Decision {
  const frame = journey.frames.at(-1);
  if (frame?.in !== 'menu') return goBack(journey, outcome);
  const choice = choiceIn(frame, event);
  const pressed = pressedWith(journey, event);
  const around = { ...journey, frames: journey.frames.slice(0, -1), ...(pressed.length > 0 && { pressed }) };
  const here = told(around, choice.text);
  switch (choice.go) {
    case 'step':
      return takeInstead(here, choice.step, outcome, world);
    case 'dial':
      return sendTo(around, choice.extension, choice.text, undefined);
    case 'again':
      return askAgain(here, frame, choice.first);
    case 'tell': {
      const { prompt, step } = choice;
      const framed = step === undefined ? here : within(here, { in: 'then', step, path: here.path });
      return planOf(framed, { do: 'play', prompt, answer: true, because: `menu ${frame.menu.prompt} plays ${prompt}` });
    }
    case 'leave':
      return goBack(here, outcome);
  }
}

function pressedWith({ pressed = [] }: Journey, event: ServedOutcome): readonly string[] {
  const [, keys] = /^(?:key|dialled) (.+)$/.exec(event) ?? [];
  return keys === undefined ? pressed : [...pressed, keys];
}

/** Goes on with what a service has answered, or with what is done without. @param outcome how what rang last ended */
export function decided(journey: Journey, event: ServedOutcome, outcome: RingOutcome, world: World): Decision {
  const frame = journey.frames.at(-1);
  if (frame?.in !== 'decide') return goBack(journey, outcome);
  const around = { ...journey, frames: journey.frames.slice(0, -1) };
  const said = event.startsWith(DECIDED) ? event.slice(DECIDED.length) : undefined;
  const step = said === undefined ? undefined : readDecision(said);
  if (step?.ok === true) return takeInstead(told(around, `the service says ${said}`), step.value, outcome, world);
  const here = told(around, 'the service gave no answer that can be done');
  const { otherwise } = frame.decide;
  return otherwise === undefined ? goBack(here, outcome) : takeInstead(here, otherwise, outcome, world);
}

/** Whoever was told something has reached us: no number is wrong that leads to nothing more. */
function reached(frame: AtScheme, outcome: RingOutcome): AtScheme {
  return { ...frame, ended: outcome === 'not-found' ? 'no-answer' : outcome };
}

function play(
  journey: Journey,
  { prompt, answer = true }: Frozen<PlayStep>,
  frame: AtScheme,
  outcome: RingOutcome,
  where: string,
): Decision {
  return planOf(within(journey, reached(frame, outcome)), {
    do: 'play',
    prompt,
    answer,
    because: `${where} plays ${prompt}`,
  });
}

/** What each cause is in the table of failures: 486, 603, 480, 480, 404, 403 and 503 on the wire. */
export const HANGUPS: Readonly<Record<Exclude<HangupCause, 'normal'>, RejectReason>> = {
  busy: 'callee-busy',
  declined: 'callee-declined',
  'no-answer': 'no-answer',
  unavailable: 'unreachable',
  'not-found': 'not-found',
  forbidden: 'forbidden',
  congestion: 'congestion',
};

function hangUp(journey: Journey, cause: HangupCause, where: string): Decision {
  const because = `${where} ends the call`;
  if (cause === 'normal') return planOf(journey, { do: 'hangup', because });
  return rejected(journey, HANGUPS[cause], `as ${cause}`, because);
}

function ring(journey: Journey, step: Frozen<RingStep>, where: string, world: World): Decision {
  const [only, ...more] = step.to;
  if (only === undefined) return goBack(journey, 'not-found');
  if (more.length === 0) return ringOne(journey, only, step, `${where} rings ${only}`);
  if (step.order === 'in-turn') {
    const frame: AtList = { in: 'list', step, next: 1, path: journey.path };
    return ringOne(within(journey, frame), only, step, `${where} rings ${only}`);
  }
  return ringTogether(journey, step, where, world);
}

function ringOne(journey: Journey, to: string, step: Frozen<RingStep>, because: string): Decision {
  if (isTrunkName(to)) return ringTrunk(journey, to, step.number, because, step.ring);
  return sendTo(journey, to, because, undefined, step.ring);
}

/** Several at once, the members of a group among them as the group rings them. */
function ringTogether(journey: Journey, step: Frozen<RingStep>, where: string, world: World): Decision {
  const { domain } = journey.call;
  const { directory } = world;
  const gathered = step.to.map((to): Gathered => {
    if (isTrunkName(to)) return gatheredOf(to, trunkTarget(journey, to, step.number, world));
    const group = directory.findGroup(domain, to);
    return gather(journey, group?.members ?? [{ to }], group, world);
  });
  const targets = onceEach(gathered.flatMap((each) => each.targets));
  const rung = gathered.flatMap(({ users }) => users.map(({ extension }) => extension));
  const left = gathered.flatMap((each) => each.left);
  const here = told({ ...journey, visited: [...new Set([...journey.visited, ...rung])] }, ...left);
  if (targets.length === 0) {
    const outcome = gathered.some(({ busy }) => busy) ? 'callee-busy' : 'unreachable';
    return goBack(told(here, `${where}: nobody of ${step.to.join(', ')} can be rung`), outcome);
  }
  const time = ringOf(targets, step.ring ?? TOGETHER_MS);
  return planOf(here, {
    do: 'ring',
    targets,
    ring: time,
    ofMany: true,
    because: `${where}: ring ${targets.map(nameOf).join(', ')} for ${formatDuration(time)}`,
  });
}

function gatheredOf(trunk: string, found: Found): Gathered {
  const nobody = { users: [], busy: false };
  return found.ok
    ? { ...nobody, targets: found.targets, left: [] }
    : { ...nobody, targets: [], left: [`trunk ${trunk}: ${found.text}`] };
}

function partOf(journey: Journey, scheme: Scheme, world: World): { part: 'open' | 'closed'; when: string } {
  if (scheme.hours === undefined) return { part: 'open', when: '' };
  const { open, because } = scheduleAt(scheme.hours, zoneOf(journey), world.now);
  const part = open ? 'open' : 'closed';
  return { part, when: `, which is ${part}: ${because}` };
}
