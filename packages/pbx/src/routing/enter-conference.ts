import type { Conference } from '../model/model.ts';
import { arrived, type Journey, planOf } from './journey.ts';
import type { Plan } from './plan.ts';

/** Takes the caller into a conference, where a call ends its way. */
export function enterConference(journey: Journey, conference: Conference, because: string): Plan {
  const { extension, name } = conference;
  const there = arrived(journey, `conference ${extension}`, extension) ?? journey;
  return planOf(there, { do: 'conference', conference, because: `${because} conference ${name}` });
}
