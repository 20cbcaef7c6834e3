import { z } from 'zod';
import { destination, forwardTarget } from './destination.ts';
import { duration } from './duration.ts';
import { fault } from './fault.ts';
import { publicNumber } from './number.ts';
import { queue } from './queue.ts';
import { email, extension, line, wholeNumber } from './words.ts';

/** Whoever rings again reaches whom they spoke with. */
export const knownEmployee = z.strictObject({
  /**
   * How long after the end of the conversation; `day` is until the end of its working day: by the domain's `hours` and
   * calendar where it has hours, else of its date. An hour by default.
   */
  window: z.union([z.literal('day'), duration('1s', '365d')]).exactOptional(),
  ring: duration('1s', '10m').exactOptional(),
  /** Conversations that an employee began count too. */
  outbound: z.boolean().exactOptional(),
});

export type KnownEmployee = z.output<typeof knownEmployee>;

const longMember = z.strictObject({
  /** A user's extension, or a public number. */
  to: destination,
  /** Of `priority` strategies: 1 rings first. */
  priority: wholeNumber(1, 100).exactOptional(),
  /** How long after the others it begins to ring. */
  after: duration('1s', '10m').exactOptional(),
});
export type GroupMember = z.output<typeof longMember>;

const member = z.union([
  z.codec(destination, longMember, {
    decode: (to) => ({ to }),
    encode: ({ to, ...more }, ctx) => {
      if (Object.keys(more).length === 0) return to;
      ctx.issues.push({ ...fault('needs the long form', 'write it as a mapping'), input: to });
      return z.NEVER;
    },
  }),
  longMember,
]);

/** Users that ring as one. */
export const group = z.strictObject({
  extension,
  name: line(128),
  /** Extensions of users, or public numbers, in order. */
  members: z.array(member),
  strategy: z
    .enum([
      'all',
      'sequential',
      'random',
      'longest-idle',
      'fewest-calls',
      'least-talk',
      'priority',
      'priority-longest-idle',
    ])
    .exactOptional(),
  /** How long members ring, in milliseconds: all together, or, where they ring in turn, each of them. */
  ring: duration('1s', '10m').exactOptional(),
  /** How often all members are gone through, in whatever way; a round in which nobody can be rung is the last. */
  rounds: wholeNumber(1, 10).exactOptional(),
  /** Members who talk or ring are left out, unless it says false. */
  skipBusy: z.boolean().exactOptional(),
  /** How long after a conversation that the group brought a member is left in peace. */
  wrapUp: duration('1s', '2h').exactOptional(),
  /** Members ring only while they are logged in. */
  login: z.boolean().exactOptional(),
  /** Where a call goes that nobody took. */
  noAnswer: forwardTarget.exactOptional(),
  /** Where messages of the mailbox are sent to. */
  email: email.exactOptional(),
  /** What members' calls outside show who have no number of their own, and calls that the group sends outside: one of the domain's numbers. */
  callerId: publicNumber.exactOptional(),
  /** A caller who rings again within `window` of hanging up reaches whom they spoke with, for `ring`, first. */
  knownEmployee: knownEmployee.exactOptional(),
  /** Callers wait for a member who is free, instead of hearing that all are busy. */
  queue: queue.exactOptional(),
});
export type GroupEntry = z.output<typeof group>;
