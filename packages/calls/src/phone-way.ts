import type { Device, Domain } from '@vats/pbx';
import type { OutgoingInviteOptions } from '@vats/sip';
import type { CallsParts, ReachablePhone } from './parts.ts';
import { phoneReturned } from './phone-returned.ts';
import { timerOf } from './session-timer-policy.ts';

/** A flow that is silent for so long is dead: whoever is there says 100 within 200 ms (RFC 3261 §17.2.1). */
const FLOW_SILENCE_MS = 4_000;

/** How an INVITE finds its way to a phone, and what its dialog keeps of the account's settings. */
export function phoneWay(
  parts: CallsParts,
  domain: Domain,
  { login, sessionTimer: own }: Pick<Device, 'login' | 'sessionTimer'>,
  { routes, otherFlows = [] }: ReachablePhone,
): Pick<OutgoingInviteOptions, 'routes' | 'silence' | 'resolve' | 'sessionTimer'> {
  const sessionTimer = timerOf(parts, own);
  return {
    ...(routes.length > 0 && { routes }),
    ...(otherFlows.length > 0 && { silence: FLOW_SILENCE_MS }),
    resolve: phoneReturned(parts.locate, domain, login),
    ...(sessionTimer !== undefined && { sessionTimer }),
  };
}
