import { z } from 'zod';
import { duration } from './duration.ts';
import { extension, line, refName, wholeNumber } from './words.ts';

/** Users that ring as one. */
export const group = z.strictObject({
  extension,
  name: line(128),
  /** Extensions of users, in order. */
  members: z.array(extension),
  strategy: z
    .enum(['all', 'sequential', 'random', 'longest-idle', 'fewest-calls', 'least-talk', 'priority'])
    .exactOptional(),
  /** How long members ring, in milliseconds. */
  ring: duration('1s', '10m').exactOptional(),
  /** A caller who rings again within `window` of hanging up reaches whom they spoke with, for `ring`, first. */
  knownEmployee: z
    .strictObject({ window: duration('1s', '365d').exactOptional(), ring: duration('1s', '10m').exactOptional() })
    .exactOptional(),
  queue: z
    .strictObject({
      max: wholeNumber(1, 10_000).exactOptional(),
      wait: duration('1s', '24h').exactOptional(),
      music: refName.exactOptional(),
      announcePosition: z.boolean().exactOptional(),
    })
    .exactOptional(),
});
export type GroupEntry = z.output<typeof group>;
