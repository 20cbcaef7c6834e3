import { z } from 'zod';
import { now } from './answers.ts';

const answer = z.object({
  at: z.number(),
  endpoint: z.string().optional(),
  status: z.number().optional(),
  reason: z.string(),
  why: z.string().optional(),
});

export const trunksAnswer = z.object({
  now,
  trunks: z.array(
    z.object({
      domain: z.string(),
      name: z.string(),
      proxy: z.string(),
      transport: z.string(),
      state: z.string(),
      why: z.string().optional(),
      since: z.number(),
      answer: answer.optional(),
      until: z.number().optional(),
      nextTryAt: z.number().optional(),
      up: z.boolean().optional(),
      upSince: z.number().optional(),
      upAnswer: answer.optional(),
      endpoint: z.string().optional(),
      roundTrip: z.number().optional(),
    }),
  ),
});

export const trunkTestAnswer = z.object({
  trunk: z.string(),
  domain: z.string(),
  steps: z.array(z.object({ step: z.string(), good: z.boolean(), text: z.string() })),
  good: z.boolean(),
  verdict: z.string(),
  remedy: z.string().optional(),
});

export const trunkRecipeAnswer = z.object({
  account: z.string(),
  domain: z.string(),
  for: z.string(),
  placeholder: z.string(),
  sections: z.array(
    z.object({ side: z.enum(['pbx', 'vats']), title: z.string(), file: z.string().optional(), text: z.string() }),
  ),
});
