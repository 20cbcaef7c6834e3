import type { Settings } from '../settings/index.ts';

/**
 * SIP extensions that an INVITE, or what follows it, may require of us, and that Supported names: a dialog that is named to be replaced
 * (RFC 3891), a REFER without subscription (RFC 4488), reliable provisional responses (RFC 3262), session timers (RFC 4028).
 */
export function callExtensions({ prack, sessionTimer }: Settings['sip']): string[] {
  return [
    ...['replaces', 'norefersub'],
    ...(prack === 'off' ? [] : ['100rel']),
    ...(sessionTimer.mode === 'off' ? [] : ['timer']),
  ];
}
