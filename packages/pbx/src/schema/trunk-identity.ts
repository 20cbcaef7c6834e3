import { z } from 'zod';

/** Headers in which a trunk is told whose number a call shows. */
export const identityHeader = z.enum(['p-asserted-identity', 'p-preferred-identity', 'remote-party-id']);

/** Headers in which it is told that a call was sent on, and from where. */
export const diversionHeader = z.enum(['diversion', 'history-info']);

/** What a trunk is believed and told of who calls, who was called, and who answered. */
export const trunkIdentity = z.strictObject({
  /** Whether what it asserts of its callers and of earlier diversions is believed; not unless said. */
  trust: z.boolean().exactOptional(),
  /** P-Asserted-Identity unless said otherwise; none where the list is empty. */
  send: z.array(identityHeader).max(3).exactOptional(),
  /** None unless said. */
  forwarded: z.array(diversionHeader).max(2).exactOptional(),
  /** Whose number a call shows that came from outside and is sent on there: our own unless said otherwise. */
  forwardedCaller: z.enum(['own', 'original']).exactOptional(),
  /** Whether it is told who answered its calls; not unless said. */
  connected: z.boolean().exactOptional(),
});
