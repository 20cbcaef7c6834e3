import { isRingOutcome } from './outcomes.ts';
import type { PlanEvent, PlanStep, ServedOutcome, StepOutcome } from './plan.ts';

const SERVED: ReadonlySet<string> = new Set<ServedOutcome>([
  ...(['played', 'not-played', 'message-left', 'no-message'] as const),
  ...(['no-key', 'wrong-key', 'wrong-pin', 'not-decided'] as const),
  ...(['queue-full', 'queue-waited', 'queue-nobody'] as const),
]);
/** What was chosen in a menu. */
const CHOSEN = /^(?:key [0-9*#]|dialled [0-9]{1,8})$/;
const CALL_BACK = /^call-back (\+?[0-9]{1,15})$/;

/** The number that is called back; undefined for any other end. */
export function calledBack(outcome: StepOutcome): string | undefined {
  return CALL_BACK.exec(outcome)?.[1];
}

export const DECIDED = 'decided ';

/** Whether a text, as a store may have kept it, says how a step ended. */
export function isStepOutcome(text: unknown): text is StepOutcome {
  if (typeof text !== 'string') return false;
  if (isRingOutcome(text) || SERVED.has(text)) return true;
  return CHOSEN.test(text) || CALL_BACK.test(text) || text.startsWith(DECIDED);
}

/** What `advance` is told when a step has ended so. */
export function eventOf(outcome: StepOutcome): PlanEvent {
  return isRingOutcome(outcome) ? { kind: 'ring-ended', outcome } : { kind: 'served', outcome };
}

const GO_ON: ReadonlySet<PlanStep['do']> = new Set([
  'ring',
  'play',
  'menu',
  'decide',
  'queue',
  'agent',
  'voicemail',
  'own-setting',
] as const);

/** A step that another may follow; all others are the call's last. */
export function goesOn(
  step: PlanStep,
): step is Extract<
  PlanStep,
  { do: 'ring' | 'play' | 'menu' | 'decide' | 'queue' | 'agent' | 'voicemail' | 'own-setting' }
> {
  return GO_ON.has(step.do);
}
