import { isRingOutcome } from './outcomes.ts';
import type { PlanEvent, PlanStep, ServedOutcome, StepOutcome } from './plan.ts';

const SERVED: ReadonlySet<string> = new Set<ServedOutcome>([
  ...(['played', 'not-played', 'message-left', 'no-message'] as const),
  ...(['no-key', 'wrong-key', 'wrong-pin'] as const),
]);
/** What was chosen in a menu. */
const CHOSEN = /^(?:key [0-9*#]|dialled [0-9]{1,8})$/;
const CALL_BACK = /^call-back (\+?[0-9]{1,15})$/;

/** The number that is called back; undefined for any other end. */
export function calledBack(outcome: StepOutcome): string | undefined {
  return CALL_BACK.exec(outcome)?.[1];
}

/** Whether a text, as a store may have kept it, says how a step ended. */
export function isStepOutcome(text: unknown): text is StepOutcome {
  if (typeof text !== 'string') return false;
  return isRingOutcome(text) || SERVED.has(text) || CHOSEN.test(text) || CALL_BACK.test(text);
}

/** What `advance` is told when a step has ended so. */
export function eventOf(outcome: StepOutcome): PlanEvent {
  return isRingOutcome(outcome) ? { kind: 'ring-ended', outcome } : { kind: 'served', outcome };
}

/** A step that another may follow; all others are the call's last. */
export function goesOn(step: PlanStep): step is Extract<PlanStep, { do: 'ring' | 'play' | 'menu' | 'voicemail' }> {
  return step.do === 'ring' || step.do === 'play' || step.do === 'menu' || step.do === 'voicemail';
}
