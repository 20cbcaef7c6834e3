import type { Settings } from '../settings/index.ts';

/** SIP extensions that an INVITE may require of us: reliable provisional responses (RFC 3262), session timers (RFC 4028). */
export function callExtensions({ prack, sessionTimer }: Settings['sip']): string[] {
  return [...(prack === 'off' ? [] : ['100rel']), ...(sessionTimer.mode === 'off' ? [] : ['timer'])];
}
