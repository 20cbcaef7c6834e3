import { z } from 'zod';
import { changeAnswer } from './answers.ts';

/** What the running switch answers about lists (users, contacts, rates) and limits, as the commands read it (see `answers.ts`). */
export const usersImported = changeAnswer.extend({
  domain: z.string(),
  unchanged: z.number(),
  passwords: z.array(z.object({ extension: z.string(), name: z.string(), login: z.string(), password: z.string() })),
});
export type UsersImportedAnswer = z.output<typeof usersImported>;

/** A file for spreadsheets, and how many lines below its header. */
export const listExported = z.object({ text: z.string(), rows: z.number() });

export const listChanged = z.object({
  domain: z.string(),
  trunk: z.string().optional(),
  created: z.number(),
  updated: z.number(),
  removed: z.number(),
  unchanged: z.number(),
  lines: z.array(z.string()),
  untold: z.number(),
  warnings: z.array(z.string()),
  saved: z.boolean(),
});

export const contactsAnswer = z.object({
  domain: z.string(),
  size: z.number(),
  contacts: z.array(
    z.object({
      number: z.string(),
      name: z.string().optional(),
      extension: z.string().optional(),
      gone: z.boolean().optional(),
    }),
  ),
});

export const contactsRemoved = z.object({ domain: z.string(), removed: z.number() });

export const ratesRemoved = z.object({ domain: z.string() });

export const rateTables = z.object({
  domain: z.string(),
  tables: z.array(z.object({ trunk: z.string().optional(), rates: z.number(), gone: z.boolean().optional() })),
});

export const ratePrices = z.object({
  domain: z.string(),
  number: z.string(),
  prices: z.array(
    z.object({
      trunk: z.string().optional(),
      ofDomain: z.boolean().optional(),
      rate: z
        .object({
          prefix: z.string(),
          name: z.string(),
          perMinute: z.string(),
          connection: z.string(),
          first: z.number(),
          next: z.number(),
          prices: z.array(z.object({ minutes: z.number(), price: z.string() })),
        })
        .optional(),
    }),
  ),
});

const amount = z.union([z.number(), z.string()]);
export const limitsAnswer = z.object({
  domain: z.string(),
  limits: z.array(
    z.object({
      kind: z.string(),
      key: z.string().optional(),
      name: z.string().optional(),
      calls: z.string(),
      limit: z.string(),
      used: amount,
      of: amount.optional(),
      percent: z.number().optional(),
    }),
  ),
});
