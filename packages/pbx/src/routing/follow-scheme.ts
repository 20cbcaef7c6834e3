import type { Frozen, Scheme } from '../model/model.ts';
import { scheduleAt } from '../schedule/schedule-at.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { formatDuration } from '../schema/duration.ts';
import type { RingStep, SchemeStep } from '../schema/scheme.ts';
import { sendTo } from './destination.ts';
import { goOn } from './go-on.ts';
import { outsideTarget } from './go-out.ts';
import { arrived, type Journey, planOf, rejected, told, within } from './journey.ts';
import type { Frame, Plan, RingOutcome, RingTarget, World } from './plan.ts';
import { ALL_DEVICES, barrierOf, nameOf, onceEach, ringOf, targetsOf, zoneOf } from './reach-user.ts';

type AtScheme = Frame & { readonly in: 'scheme' };
type AtList = Frame & { readonly in: 'list' };

const TOGETHER_MS = 25_000;

/** Sends the call to a scheme: to its steps for open or for closed hours. */
export function startScheme(journey: Journey, name: string, because: string, world: World): Plan {
  const { domain } = journey.call;
  const scheme = world.directory.findScheme(domain, name);
  if (scheme === undefined) return rejected(journey, 'not-found', `there is no scheme ${name} any more`, because);
  const there = arrived(journey, `scheme ${name}`);
  if (there === undefined) return rejected(journey, 'loop', `the call has been in scheme ${name} already`, because);
  const { part, when } = partOf(there, scheme, world);
  const here = told(there, `${because} scheme ${name}${when}`);
  return followScheme(here, { in: 'scheme', scheme, part, next: 0, path: here.path }, 'not-found', world);
}

/** The scheme's next step, and the one after it where a step only says something. */
export function followScheme(journey: Journey, frame: AtScheme, outcome: RingOutcome, world: World): Plan {
  const { scheme, part, next } = frame;
  const step = (scheme[part] ?? [])[next];
  if (step === undefined) {
    const text = `scheme ${scheme.name} has come to its end`;
    return journey.frames.length === 0
      ? rejected(journey, outcome, text, '')
      : goOn(told(journey, text), outcome, world);
  }
  return take(journey, step, { ...frame, next: next + 1 }, outcome, world);
}

/** The next of a list that rings in turn. */
export function ringList(journey: Journey, frame: AtList, outcome: RingOutcome, world: World): Plan {
  const { step, next } = frame;
  const to = step.to[next];
  if (to === undefined) return goOn(journey, outcome, world);
  const last = next + 1 === step.to.length;
  const framed = last ? journey : within(journey, { ...frame, next: next + 1 });
  return shortened(sendTo(framed, to, `then ${to}`, undefined, world), step.ring);
}

function take(journey: Journey, step: Frozen<SchemeStep>, frame: AtScheme, outcome: RingOutcome, world: World): Plan {
  const where = `scheme ${frame.scheme.name}`;
  const framed = within(journey, frame);
  if (step.ring !== undefined) return ring(framed, step.ring, where, world);
  if (step.goto !== undefined) return startScheme(journey, step.goto, `${where} goes on with`, world);
  // The media plane plays nothing yet, so nobody can press a key: a call goes on past what is said, and as after silence.
  if (step.play !== undefined) {
    return followScheme(told(journey, `${where}: ${step.play} is not played yet`), frame, outcome, world);
  }
  if (step.menu !== undefined) {
    const { otherwise } = step.menu;
    const text = `${where}: menu ${step.menu.prompt} is not served yet`;
    if (otherwise !== undefined)
      return take(told(journey, `${text}, so it goes on with its otherwise`), otherwise, frame, outcome, world);
    return followScheme(told(journey, text), frame, outcome, world);
  }
  if (step.queue !== undefined) {
    return sendTo(framed, step.queue, `${where}: queues are not served yet, so it rings`, undefined, world);
  }
  if (step.voicemail !== undefined) {
    const text = `${where}: voicemail ${step.voicemail} is not served yet`;
    return followScheme(told(journey, text), frame, outcome === 'not-found' ? 'no-answer' : outcome, world);
  }
  return hangUp(journey, step.hangup ?? 'normal', where);
}

function hangUp(journey: Journey, cause: NonNullable<SchemeStep['hangup']>, where: string): Plan {
  const because = `${where} ends the call`;
  if (cause === 'busy') return rejected(journey, 'callee-busy', 'as busy', because);
  if (cause === 'declined') return rejected(journey, 'callee-declined', 'as declined', because);
  return planOf(journey, { do: 'hangup', because });
}

function ring(journey: Journey, step: Frozen<RingStep>, where: string, world: World): Plan {
  const [only, ...more] = step.to;
  if (only === undefined) return goOn(journey, 'not-found', world);
  if (more.length === 0) return shortened(sendTo(journey, only, `${where} rings ${only}`, undefined, world), step.ring);
  if (step.order === 'in-turn') {
    const frame: AtList = { in: 'list', step, next: 1, path: journey.path };
    return shortened(sendTo(within(journey, frame), only, `${where} rings ${only}`, undefined, world), step.ring);
  }
  return ringTogether(journey, step, where, world);
}

/** Several at once: their phones ring, where nothing keeps them from it; forwards are for who is called alone. */
function ringTogether(journey: Journey, step: Frozen<RingStep>, where: string, world: World): Plan {
  const { domain } = journey.call;
  const { directory } = world;
  let here = journey;
  const found: RingTarget[] = [];
  const add = (to: string): void => {
    if (isPublicNumber(to)) {
      const outside = outsideTarget(here, to, undefined, world);
      if (outside.ok) found.push(outside.target);
      else here = told(here, `${to} ${outside.because}: ${outside.text}`);
      return;
    }
    const user = directory.findUser(domain, to);
    if (user === undefined) {
      for (const member of directory.findGroup(domain, to)?.members ?? []) add(member.to);
      return;
    }
    const barrier = barrierOf(here, user, world);
    if (barrier !== undefined) {
      here = told(here, barrier[1]);
      return;
    }
    found.push(...targetsOf(here, user, user.reach?.to ?? ALL_DEVICES, world));
    if (!here.visited.includes(user.extension)) here = { ...here, visited: [...here.visited, user.extension] };
  };
  for (const to of step.to) add(to);
  const targets = onceEach(found);
  if (targets.length === 0)
    return goOn(told(here, `${where}: nobody of ${step.to.join(', ')} can be rung`), 'unreachable', world);
  const time = ringOf(targets, step.ring ?? TOGETHER_MS);
  return planOf(here, {
    do: 'ring',
    targets,
    ring: time,
    ofMany: true,
    because: `${where}: ring ${targets.map(nameOf).join(', ')} for ${formatDuration(time)}`,
  });
}

/** A scheme's own time for ringing holds for whom it rings. */
function shortened(plan: Plan, ring: number | undefined): Plan {
  return ring === undefined || plan.step.do !== 'ring' ? plan : { ...plan, step: { ...plan.step, ring } };
}

function partOf(journey: Journey, scheme: Scheme, world: World): { part: 'open' | 'closed'; when: string } {
  if (scheme.hours === undefined) return { part: 'open', when: '' };
  const { open, because } = scheduleAt(scheme.hours, zoneOf(journey), world.now);
  const part = open ? 'open' : 'closed';
  return { part, when: `, which is ${part}: ${because}` };
}
