import { setting } from '../model/model.ts';
import type { Forward, Frame, Plan, PlanStep, RejectReason, RouteCall } from './plan.ts';
import { shouldRecord } from './recording.ts';

/** What is judged by a domain's settings, whoever calls. */
export interface InDomain {
  readonly call: Pick<RouteCall, 'domain'>;
}

/** How far a call has come: what has been decided for it, and where it has been sent. */
export type Journey = Omit<Plan, 'step' | 'record'>;

export function begun(call: RouteCall): Journey {
  return { call, story: [], visited: [], path: [], frames: [] };
}

/** The journey that a plan has come to. */
export function journeyOf({ step: _, record: __, ...journey }: Plan): Journey {
  return journey;
}

/** The plan whose next step is `step`. */
export function planOf(journey: Journey, step: PlanStep): Plan {
  return { ...journey, step, record: shouldRecord(journey, step), story: [...journey.story, step.because] };
}

/** The journey after decisions that are no step by themselves; empty lines are none. */
export function told(journey: Journey, ...lines: readonly string[]): Journey {
  const said = lines.filter((line) => line !== '');
  return said.length === 0 ? journey : { ...journey, story: [...journey.story, ...said] };
}

/** The journey at a place (`user 201`, `group 600`, `scheme main`); undefined where what led here has been there: a loop. */
export function arrived(journey: Journey, place: string, extension?: string): Journey | undefined {
  if (journey.path.includes(place)) return undefined;
  const visited =
    extension === undefined || journey.visited.includes(extension) ? journey.visited : [...journey.visited, extension];
  return { ...journey, path: [...journey.path, place], visited };
}

/** The journey with something to go on with when what it tries now ends without an answer. */
export function within(journey: Journey, frame: Frame): Journey {
  return { ...journey, frames: [...journey.frames, frame] };
}

/** The journey after a user has sent the call on. */
export function forwarded(journey: Journey, forward: Forward): Journey {
  return { ...journey, forwards: [...(journey.forwards ?? []), forward] };
}

/** Zone and calendar by which hours of the domain are judged. */
export function zoneOf({ call: { domain } }: InDomain) {
  return { timezone: setting(domain, 'timezone'), calendar: setting(domain, 'calendar') };
}

/** @param because what led here; `text` what it comes to */
export function rejected(journey: Journey, reason: RejectReason, text: string, because: string): Plan {
  return planOf(journey, { do: 'reject', reason, text, because: because === '' ? text : `${because}: ${text}` });
}
