import { z } from 'zod';

/**
 * What the running switch answers, as the commands read it. A switch of another version may say more; what a command
 * needs and does not find is a clear error and not a crash.
 */

/** Wall time by the switch's clock, in ms: what ages are told by. */
export const now = z.number();

export const statusAnswer = z.object({
  version: z.string(),
  pid: z.number(),
  now,
  startedAt: z.number(),
  data: z.string(),
  listeners: z.array(z.string()),
  domains: z.array(z.object({ name: z.string(), users: z.number() })),
  registrations: z.number(),
  trunks: z.object({ total: z.number(), inTrouble: z.number(), warnings: z.array(z.string()) }),
  calendars: z.object({
    until: z.array(z.object({ domain: z.string(), year: z.number() })),
    warnings: z.array(z.string()),
  }),
  calls: z.number(),
  tls: z.object({
    certificates: z.array(z.object({ file: z.string(), names: z.array(z.string()), until: z.number() })),
    warnings: z.array(z.string()),
  }),
  media: z.object({
    workers: z.number(),
    recordings: z.number(),
    encryptedLegs: z.number(),
    convertedCalls: z.number(),
    pairs: z.object({ leased: z.number(), total: z.number() }),
  }),
  recordings: z.object({
    low: z.boolean(),
    minFree: z.number(),
    free: z.number().optional(),
    storage: z
      .object({
        place: z.string(),
        waiting: z.number(),
        more: z.boolean(),
        fault: z.object({ message: z.string(), remedy: z.string(), since: z.number() }).optional(),
      })
      .optional(),
  }),
  load: z.object({
    overloaded: z.boolean(),
    lateness: z.number(),
    backlog: z.number(),
    occupancy: z.number(),
    starved: z.number(),
    fullness: z.number(),
    admitted: z.object({ known: z.number(), strangers: z.number() }),
    refused: z.number(),
    unread: z.number(),
    episodes: z.number(),
  }),
  store: z.object({ ok: z.boolean(), pending: z.number(), error: z.string().optional() }),
  access: z.object({
    bans: z.number(),
    refused: z.number(),
    countries: z.object({ path: z.string(), builtAt: z.number() }),
    policies: z.array(z.object({ of: z.string(), text: z.string(), triedOut: z.boolean() })),
    triedOut: z.number(),
    counters: z.object({ wouldRefuse: z.number() }),
    warnings: z.array(z.string()),
  }),
  watching: z.object({ subscriptions: z.object({ alive: z.number() }) }).optional(),
  memory: z.number(),
});

export const registrationsAnswer = z.object({
  now,
  registrations: z.array(
    z.object({
      domain: z.string(),
      login: z.string(),
      contact: z.string(),
      transport: z.string(),
      source: z.string(),
      client: z.string().optional(),
      userAgent: z.string().optional(),
      expiresAt: z.number(),
      reachable: z.boolean(),
      reason: z.string().optional(),
    }),
  ),
});

const party = z.object({ number: z.string(), name: z.string().optional() });

export const callsAnswer = z.object({
  now,
  calls: z.array(
    z.object({
      id: z.string(),
      from: party,
      dialled: z.string(),
      state: z.string(),
      startedAt: z.number(),
      answeredAt: z.number().optional(),
      answeredBy: party.optional(),
      talksWith: party.optional(),
      recorded: z.boolean(),
      recording: z.enum(['off', 'on', 'paused']),
      legs: z.array(
        z.object({
          srtp: z.string().optional(),
          converted: z.object({ from: z.string(), to: z.string() }).optional(),
          sessionTimer: z.object({ expires: z.number(), refresher: z.enum(['switch', 'peer']) }).optional(),
        }),
      ),
    }),
  ),
});

const placedRecording = z.object({
  id: z.string(),
  call: z.string(),
  path: z.string(),
  state: z.string(),
  /** Where it lies or lay, and the key of that one file if it is encrypted. */
  file: z.string(),
  key: z.string().optional(),
  /** Of one that lies elsewhere: where it is to be had for a while, and how that place is called. */
  url: z.string().optional(),
  place: z.string().optional(),
  /** Why it can't be had. */
  trouble: z.string().optional(),
});
export type PlacedRecording = z.output<typeof placedRecording>;
export const placedRecordingsAnswer = z.object({ recordings: z.array(placedRecording) });

export const recordingsAnswer = z.object({
  recordings: z.array(
    z.object({
      id: z.string(),
      call: z.string(),
      path: z.string(),
      from: z.string(),
      to: z.string(),
      startedAt: z.number(),
      durationMs: z.number().optional(),
      state: z.string(),
      error: z.string().optional(),
    }),
  ),
});

export const changeAnswer = z.object({
  saved: z.boolean(),
  changes: z.array(z.object({ text: z.string() })),
  warnings: z.array(z.string()),
});

export const accountAnswer = changeAnswer.extend({ login: z.string(), password: z.string() });

export const reloadAnswer = z.discriminatedUnion('reloaded', [
  z.object({
    reloaded: z.literal(true),
    needsRestart: z.array(z.string()),
    changes: z.array(z.object({ text: z.string() })).default([]),
    warnings: z.array(z.string()).default([]),
  }),
  z.object({ reloaded: z.literal(false), error: z.string() }),
]);

export const exportAnswer = z.object({ text: z.string() });

const ban = z.object({
  id: z.string(),
  network: z.string(),
  user: z.string().optional(),
  domain: z.string().optional(),
  since: z.number(),
  until: z.number().optional(),
  offence: z.number().optional(),
  by: z.string(),
  reason: z.string(),
});
export const banAnswer = z.object({ now, ban, replaced: ban.optional(), remarks: z.array(z.string()) });
export const bansAnswer = z.object({ now, bans: z.array(ban) });
export const unbanAnswer = z.object({ bans: z.array(ban), around: z.array(ban) });

export const geoTable = z.object({ path: z.string(), builtAt: z.number(), kind: z.string(), hasIPv6: z.boolean() });

export const geoExplanation = z.object({
  address: z.string(),
  country: z.string().optional(),
  admitted: z.boolean(),
  steps: z.array(
    z.object({
      scope: z.string(),
      domain: z.string().optional(),
      text: z.string(),
      enforced: z.boolean(),
      admitted: z.boolean(),
    }),
  ),
  domains: z.array(z.object({ name: z.string(), admitted: z.boolean() })),
  refusal: z.enum(['silence', '403']),
  account: z.object({ login: z.string(), domain: z.string(), answeredAsWrong: z.string().optional() }).optional(),
  bans: z.array(ban),
  trusted: z.boolean(),
});

export const policyExplanation = z.object({
  domain: z.string(),
  accounts: z.array(
    z.object({
      login: z.string(),
      name: z.string().optional(),
      tried: z.number(),
      shutOut: z.number(),
      places: z.array(
        z.object({
          address: z.string(),
          country: z.string().optional(),
          lastSeen: z.number(),
          uses: z.number(),
          admitted: z.boolean(),
          text: z.string(),
        }),
      ),
    }),
  ),
});

export const settingsExplanation = z.object({ domains: z.array(policyExplanation) });

const historyParty = party.extend({ extension: z.string().optional() });
/** A message that the caller left. */
export const leftMessage = z.object({
  box: z.string(),
  id: z.string(),
  durationMs: z.number(),
  urgent: z.boolean().optional(),
});

/** A limit that kept a call from going out or cut it off, in the units of `vats limits`. */
export const reachedLimit = z.object({
  cutOff: z.boolean().optional(),
  at: z.number(),
  trunk: z.string(),
  number: z.string(),
  kind: z.string(),
  key: z.string().optional(),
  calls: z.string(),
  limit: z.string(),
  used: z.union([z.number(), z.string()]).optional(),
  of: z.union([z.number(), z.string()]).optional(),
});

const historyCall = z.object({
  id: z.string(),
  domain: z.string(),
  direction: z.string(),
  result: z.string(),
  startedAt: z.number(),
  answeredAt: z.number().optional(),
  endedAt: z.number(),
  from: historyParty,
  dialled: z.string(),
  did: z.string().optional(),
  /** Of an outgoing call the number that was rung. */
  called: z.string().optional(),
  trunk: z.string().optional(),
  group: z.string().optional(),
  answeredBy: historyParty.optional(),
  waitMs: z.number(),
  talkMs: z.number(),
  outcome: z.string(),
  status: z.number(),
  recordings: z.array(
    z.object({
      path: z.string(),
      durationMs: z.number(),
      failed: z.string().optional(),
      /** There is no file any more: it had been kept long enough, or was too short. */
      gone: z.string().optional(),
    }),
  ),
  message: leftMessage.optional(),
  limits: z.array(reachedLimit).optional(),
});

export const historyAnswer = z.object({
  calls: z.array(historyCall),
  next: z.string().optional(),
  lookedBackTo: z.number().optional(),
});

export const storyAnswer = historyCall.extend({
  elsewhere: z.boolean().optional(),
  legs: z.array(
    z.object({
      leg: z.string(),
      party: historyParty,
      trunk: z.string().optional(),
      group: z.string().optional(),
      forwardedBy: z.string().optional(),
      why: z.string().optional(),
      startedAt: z.number(),
      ringingAt: z.number().optional(),
      answeredAt: z.number().optional(),
      endedAt: z.number(),
      failure: z.string().optional(),
      status: z.number().optional(),
      elsewhere: z.boolean().optional(),
      heldMs: z.number().optional(),
    }),
  ),
  talks: z.array(z.object({ leg: z.string(), party: historyParty, from: z.number(), to: z.number() })),
  forwards: z.array(z.object({ at: z.number(), by: z.string(), to: z.string(), when: z.string() })),
  explain: z.array(z.string()),
  media: z
    .record(
      z.string(),
      z.object({
        received: z.number(),
        sent: z.number(),
        lost: z.number(),
        /** Each is missing in records of versions that did not count it. */
        foreign: z.number().optional(),
        reordered: z.number().optional(),
        duplicates: z.number().optional(),
        /** The suite of an encrypted leg; those behind it are of such legs alone. */
        srtp: z.string().optional(),
        unauthentic: z.number().optional(),
        replayed: z.number().optional(),
        converted: z.object({ from: z.string(), to: z.string() }).optional(),
        jitterMs: z.number().optional(),
        greatestJitterMs: z.number().optional(),
        score: z.number().optional(),
        roundTripMs: z.number().optional(),
        reported: z.object({ lost: z.number(), worstLoss: z.number(), jitterMs: z.number() }).optional(),
        /** Video, fax and the like; of calls that had any. */
        streams: z
          .array(
            z.object({
              kind: z.string(),
              received: z.number(),
              sent: z.number(),
              lost: z.number(),
              foreign: z.number(),
              jitterMs: z.number(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
  sound: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({
          at: z.number(),
          kind: z.literal('one-way'),
          leg: z.string(),
          everHeard: z.boolean(),
          claimed: z.string().optional(),
          stranger: z.string().optional(),
        }),
        z.object({ at: z.number(), kind: z.literal('silent') }),
        z.object({ at: z.number(), kind: z.literal('recovered'), milliseconds: z.number() }),
      ]),
    )
    .optional(),
  seed: z.string().optional(),
  /** Its events, of which a version may know others than this one. */
  story: z.array(z.unknown()).optional(),
});
