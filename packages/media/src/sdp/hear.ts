import { bad, good, type Parsed } from '@vats/kernel';
import type { Heard } from './agreement.ts';
import type { LegDescriptionOptions } from './leg-options.ts';
import { type AddressVerdict, judgeMediaAddress } from './media-address.ts';
import type { Wanted } from './media-profiles.ts';
import { readSession } from './read-session.ts';
import type { SdpFault } from './sdp-faults.ts';

/** Which media of a body are served, and where it is to be found. */
export interface Hearing {
  /** The m-line that the sound had so far. */
  readonly audioAt: number | undefined;
  readonly wanted: Wanted;
  /** Of streams beside the sound. */
  readonly wantedBeside: Wanted;
  /** There may be no sound, where another stream is. */
  readonly mayLackSound: boolean;
}

/** Reads a peer's body, and judges where its media may be sent. A stream beside the sound whose address nobody may dial is not there. */
export function hear(text: string, hearing: Hearing, from: LegDescriptionOptions): Parsed<Heard, SdpFault> {
  const { signalling, allowed } = from;
  const judge = (address: string): AddressVerdict => judgeMediaAddress(address, signalling, allowed);
  const read = readSession(text, hearing.audioAt, hearing.wanted, hearing);
  if (!read.ok) return read;
  const { audio, streams } = read.value;
  const session = {
    ...read.value,
    streams: streams.map((each) =>
      each !== undefined && (judge(each.address) === 'refuse' || judge(each.rtcp.address) === 'refuse')
        ? undefined
        : each && { ...each, dials: judge(each.address) === 'dial', dialsRtcp: judge(each.rtcp.address) === 'dial' },
    ),
  };
  const { address, port, rtcp } = audio;
  if (!audio.isThere)
    return good({ text, wanted: hearing.wanted, session, claimed: undefined, claimedRtcp: undefined });
  const verdict = judge(address);
  const rtcpVerdict = rtcp.address === address ? verdict : judge(rtcp.address);
  if (verdict === 'refuse' || rtcpVerdict === 'refuse') return bad('bad-address', 0, 'c=');
  return good({
    text,
    wanted: hearing.wanted,
    session,
    claimed: verdict === 'dial' ? { address, port } : undefined,
    claimedRtcp: rtcpVerdict === 'dial' ? rtcp : undefined,
  });
}
