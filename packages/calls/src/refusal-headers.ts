import { SDP_FAULTS, type SdpFault } from '@vats/media';
import { type HeaderField, warning } from '@vats/sip';
import { type FailureCode, reasonHeader } from './failures.ts';

/** Of the codecs that were offered, as many as a person would read. */
const MOST_NAMES = 8;

/** What is known of sound that was refused. */
export interface RefusedSound {
  /** What was wrong with the offer, if it could not be served. */
  readonly fault?: SdpFault | undefined;
  /** Names of the codecs that were offered, as their SDP writes them. */
  readonly offered?: readonly string[] | undefined;
}

/**
 * What a caller that is refused is told beside the status: why (RFC 3326), and where it was about its sound what was wrong with it
 * (RFC 3261 §20.43).
 */
export function refusalHeaders(failure: FailureCode, { fault, offered }: RefusedSound = {}): HeaderField[] {
  const known = fault ?? (failure === 'no-common-codec' ? failure : undefined);
  const reason: HeaderField = ['Reason', reasonHeader(failure)];
  return known === undefined ? [reason] : [reason, warningOf(known, offered)];
}

/** The Warning of a 488 that we give ourselves. */
export function warningOf(fault: SdpFault, offered: readonly string[] = []): HeaderField {
  const { warning: code, text } = SDP_FAULTS[fault];
  return warning(fault === 'no-common-codec' ? `${text}${listed(offered)}` : text, code);
}

/** The Warning of one that the other side gave. */
export function refusedThere(offered: readonly string[]): HeaderField {
  return warning(`The other side does not take this offer${listed(offered)}`);
}

function listed(offered: readonly string[]): string {
  // What a stranger's SDP calls a codec stands in a quoted string here.
  const names = [...new Set(offered.filter((name) => /^[\w.-]{1,32}$/.test(name)))].slice(0, MOST_NAMES);
  return names.length === 0 ? '' : `, offered was ${names.join(' ')}`;
}
