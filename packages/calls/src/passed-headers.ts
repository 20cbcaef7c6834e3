import { fromWire, type HeaderField, type SipRequest } from '@vats/sip';

/**
 * Headers of the caller's INVITE that the callee gets to see. Everything else stays on its leg: what describes a dialog
 * or a capability is each leg's own, what we don't know may carry addresses or be trusted by something behind us.
 */
const PASSED = ['Alert-Info', 'Priority', 'Subject', 'User-to-User'] as const;

/** Values of one header that are passed at most: a caller may not blow up another's message. */
const VALUES_LIMIT = 4;

export function passedHeaders(request: SipRequest): HeaderField[] {
  const passed: HeaderField[] = [];
  for (const name of PASSED) {
    for (const value of request.values(name).slice(0, VALUES_LIMIT))
      if (value !== '' && !hasControls(value)) passed.push([name, value]);
  }
  return passed;
}

/** Control characters, but for the tab that is white space: what shows the value may obey them. */
function hasControls(value: string): boolean {
  return /[^\P{Cc}\t]/u.test(fromWire(value));
}
