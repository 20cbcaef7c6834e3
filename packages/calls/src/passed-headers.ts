import { fromWire, type HeaderField, type SipRequest } from '@vats/sip';
import { isHarmlessAlert } from './alert-info.ts';
import type { CallOrigin } from './call-context.ts';

/**
 * Headers of the caller's INVITE that the callee gets to see. Everything else stays on its leg: what describes a dialog
 * or a capability is each leg's own, what we don't know may carry addresses or be trusted by something behind us.
 */
const PASSED = ['Alert-Info', 'Priority', 'Subject', 'User-to-User'] as const;

/** Values of one header that are passed at most: a caller may not blow up another's message. */
const VALUES_LIMIT = 4;

/**
 * @param request the INVITE that began the call
 * @param origin whose it is: how our phones ring is for ours to say, and for a trunk that is trusted
 */
export function passedHeaders(request: SipRequest, origin: Pick<CallOrigin, 'caller' | 'trusted'>): HeaderField[] {
  const passed: HeaderField[] = [];
  const mayAlert = origin.caller.kind === 'device' || origin.trusted === true;
  for (const name of PASSED) {
    if (name === 'Alert-Info' && !mayAlert) continue;
    for (const value of request.values(name).slice(0, VALUES_LIMIT)) {
      if (value === '' || hasControls(value)) continue;
      if (name !== 'Alert-Info' || isHarmlessAlert(value)) passed.push([name, value]);
    }
  }
  return passed;
}

/** Control characters, but for the tab that is white space: what shows the value may obey them. */
function hasControls(value: string): boolean {
  return /[^\P{Cc}\t]/u.test(fromWire(value));
}
