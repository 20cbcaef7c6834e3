import { z } from 'zod';
import { forwardTarget } from './destination.ts';
import { duration } from './duration.ts';
import { refName, wholeNumber } from './words.ts';

/** Whose turn it is first: 1 before 2, and so on to 10, which is everybody's who has none. */
export const callerPriority = wholeNumber(1, 10);

/** How callers of a group wait for its members, the agents. All times in milliseconds. */
export const queue = z.strictObject({
  /** Callers at once; 100 unless given. */
  max: wholeNumber(1, 10_000).exactOptional(),
  /** How long one waits at most; 10 minutes unless given. */
  wait: duration('1s', '24h').exactOptional(),
  /** What they hear: `default`, which is the domain's `holdMusic`, as it is unless given; `none`; or the name of a prompt. */
  music: refName.exactOptional(),
  /** They are told how many are before them. */
  announcePosition: z.boolean().exactOptional(),
  /** They are told for how long it will be, as far as it can be told from conversations of late. */
  announceWait: z.boolean().exactOptional(),
  /** How often they are told; once a minute unless given. */
  every: duration('15s', '1h').exactOptional(),
  /** How long an agent is left in peace who did not answer, declined, or could not be reached; 10 seconds unless given. */
  rest: duration('1s', '1h').exactOptional(),
  /** Where callers go who can't wait, or have waited for nothing; where the group's `noAnswer` leads unless given. */
  overflow: z
    .strictObject({
      /** All places are taken. */
      full: forwardTarget.exactOptional(),
      /** The time to wait is over. */
      waited: forwardTarget.exactOptional(),
      /** No agent is there: all are logged out, off duty, or can't be reached. */
      nobody: forwardTarget.exactOptional(),
    })
    .exactOptional(),
});
export type QueueSettings = z.output<typeof queue>;
