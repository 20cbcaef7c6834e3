import type { Device, Domain } from '@vats/pbx';
import type { OutgoingInviteOptions } from '@vats/sip';
import { FLOW_SILENCE_MS } from './next-try.ts';
import type { CallsParts, ReachablePhone } from './parts.ts';
import { phoneReturned } from './phone-returned.ts';
import { timerOf } from './session-timer-policy.ts';

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
