import { z } from 'zod';

/** What the running switch answers about the numbering register, as the commands read it (see `answers.ts`). */
const counts = { ranges: z.number(), numbers: z.number(), operators: z.number(), regions: z.number() };
const files = z.array(z.object({ name: z.string(), lines: z.number() }));
const names = z.object({ size: z.number(), names: z.array(z.string()) });

export const registerImported = z.object({
  ...counts,
  files,
  came: names,
  went: names,
  warnings: z.array(z.string()),
  saved: z.boolean(),
});

export const registerAnswer = z.object({
  register: z.object({ ...counts, files, importedAt: z.number() }).optional(),
  now: z.number().optional(),
});

export const regionNames = z.object({
  size: z.number(),
  names: z.array(z.object({ name: z.string(), numbers: z.number() })),
});

export const knownRegions = z.object({ known: z.array(z.string()).optional(), all: z.array(z.string()).optional() });

export const numberExplanation = z.object({
  number: z.string(),
  imported: z.boolean(),
  place: z.object({ region: z.string(), territory: z.string().optional(), operator: z.string() }).optional(),
  own: z.array(z.object({ domain: z.string(), regions: z.array(z.string()) })),
});
