import { calendar } from '@vats/pbx';
import { z } from 'zod';
import { changeAnswer } from './answers.ts';

/** What the running switch answers about hours and calendars, as the commands read it (see `answers.ts`). */
export const hoursExplanation = z.object({
  domain: z.string(),
  scheme: z.string(),
  timezone: z.string(),
  at: z.number(),
  open: z.boolean(),
  because: z.string(),
  until: z.number().optional(),
});

export const calendarAnswer = z.object({ domain: z.string(), days: calendar });

export const calendarChange = changeAnswer.extend({ domain: z.string(), before: calendar, days: calendar });
