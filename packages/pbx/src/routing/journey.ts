import type { Plan, PlanStep, RejectReason, RouteCall } from './plan.ts';
import { shouldRecord } from './recording.ts';

/** How far a call has come: what has been decided for it, and where it has been sent. */
export interface Journey {
  readonly call: RouteCall;
  readonly story: readonly string[];
  readonly visited: readonly string[];
}

/** The plan whose next step is `step`. */
export function planOf(journey: Journey, step: PlanStep): Plan {
  const { call, story, visited } = journey;
  return { call, step, record: shouldRecord(call, visited), story: [...story, step.because], visited };
}

/** The journey after a decision that is no step by itself. */
export function told(journey: Journey, because: string): Journey {
  return { ...journey, story: [...journey.story, because] };
}

/** @param because what led here; `text` what it comes to */
export function rejected(journey: Journey, reason: RejectReason, text: string, because: string): Plan {
  return planOf(journey, { do: 'reject', reason, text, because: because === '' ? text : `${because}: ${text}` });
}

/** The end of a call to what the model has and this version does not do. */
export function notServed(journey: Journey, section: string, because: string): Plan {
  return rejected(journey, 'not-served', `section ${section} is not served yet`, because);
}
