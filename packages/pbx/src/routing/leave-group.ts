import type { Group } from '../model/model.ts';
import { type Journey, rejected, told } from './journey.ts';
import { type Decision, goBack, sendTo } from './onward.ts';
import { OUTCOME_TEXTS } from './outcomes.ts';
import type { RingOutcome } from './plan.ts';

/** Nobody of the group took the call: it goes on to where the group says. */
export function leaveGroup(journey: Journey, group: Group, outcome: RingOutcome): Decision {
  const because = `group ${group.name} (${group.extension}) ${OUTCOME_TEXTS[outcome]}`;
  const to = group.noAnswer;
  if (to !== undefined && to !== 'voicemail') {
    return sendTo(journey, to, `${because}, so the call goes on to ${to}`, group);
  }
  const text = to === undefined ? because : `${because}: voicemail is not served yet`;
  return journey.frames.length === 0 ? rejected(journey, outcome, text, '') : goBack(told(journey, text), outcome);
}
