import { SDP_FAULTS, type SdpFault } from '@vats/media';
import type { HeaderField } from '@vats/sip';
import { type FailureCode, reasonHeader } from './failures.ts';

/** Who warns: a token that names nobody, as the user of our `o=` does. */
const AGENT = '-';

/**
 * What a caller that is refused is told beside the status: why (RFC 3326), and where it was about its sound what was wrong with it
 * (RFC 3261 §20.43). @param offerFault of its own offer, if that could not be served
 */
export function refusalHeaders(failure: FailureCode, offerFault?: SdpFault): HeaderField[] {
  const fault = offerFault ?? (failure === 'no-common-codec' ? failure : undefined);
  const reason: HeaderField = ['Reason', reasonHeader(failure)];
  if (fault === undefined) return [reason];
  const { warning, text } = SDP_FAULTS[fault];
  return [reason, ['Warning', `${warning} ${AGENT} "${text}"`]];
}
