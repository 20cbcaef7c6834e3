import type { StandingCall } from './calls.ts';

/** Sends a re-INVITE of ours and lets it reach the phone. */
export function offering(call: StandingCall, options: { sdp?: string; retryGlare?: boolean } = { sdp: 'hold' }) {
  const reinvite = call.session.reinvite(options, call.user);
  call.at.clock.advance(50);
  return { reinvite, received: call.at.phone.request('INVITE') };
}
