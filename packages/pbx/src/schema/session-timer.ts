import { z } from 'zod';
import { duration } from './duration.ts';
import { fault } from './fault.ts';

/**
 * Session timers (RFC 4028), as a machine, a device or a trunk has them; what is left out is as it is above it. `on`: where the peer
 * supports them; `always`: the others are refreshed by the switch all the same. `expires`: what is asked for, and the longest that is
 * agreed to; `min`: the shortest. `refresher`: who refreshes where the switch may say so.
 */
export const sessionTimer = z
  .strictObject({
    mode: z.enum(['on', 'off', 'always']).exactOptional(),
    expires: duration('90s', '24h').exactOptional(),
    min: duration('90s', '24h').exactOptional(),
    refresher: z.enum(['switch', 'peer']).exactOptional(),
  })
  .check((ctx) => {
    const { expires, min } = ctx.value;
    if (expires === undefined || min === undefined || expires >= min) return;
    const remedy = 'write an interval that is at least as long as min';
    ctx.issues.push({ ...fault('expires is shorter than min', remedy, ['expires']), input: expires });
  });

/** Times in milliseconds. */
export type SessionTimer = z.output<typeof sessionTimer>;
