import type { Group } from '../model/model.ts';
import { type Journey, rejected, told } from './journey.ts';
import { leaveMessage } from './leave-message.ts';
import { type Decision, goBack, sendTo } from './onward.ts';
import { OUTCOME_TEXTS } from './outcomes.ts';
import type { RingOutcome } from './plan.ts';

/** Nobody of the group took the call: it goes on to where the group says. */
export function leaveGroup(journey: Journey, group: Group, outcome: RingOutcome): Decision {
  const because = `group ${group.name} (${group.extension}) ${OUTCOME_TEXTS[outcome]}`;
  const to = group.noAnswer;
  if (to === 'voicemail') return leaveMessage(journey, group, outcome, because);
  if (to !== undefined) return sendTo(journey, to, `${because}, so the call goes on to ${to}`, group);
  if (journey.frames.length === 0) return rejected(journey, outcome, because, '');
  return goBack(told(journey, because), outcome);
}
