import type { Direction } from './direction.ts';
import { Keying } from './keying.ts';
import type { LegMedia } from './leg-media.ts';
import type { Wanted } from './media-profiles.ts';
import type { KeyedCodec } from './payload-types.ts';
import type { SessionDescription } from './read-session.ts';
import { emptySlot, type HeardStream, MAIN, type Slot } from './stream-slot.ts';

/** A body of the peer's, and where by our judgement its sound and its RTCP may be sent. */
export interface Heard {
  readonly text: string;
  readonly wanted: Wanted;
  readonly session: Omit<SessionDescription, 'streams'> & { readonly streams: readonly (HeardStream | undefined)[] };
  readonly claimed: LegMedia['claimed'];
  readonly claimedRtcp: LegMedia['claimedRtcp'];
}

/** What the peer has said, as far as it concerns us. */
export interface Theirs {
  readonly heard: Heard;
  readonly codecs: readonly KeyedCodec[];
}

/** What we have said. */
export interface Ours {
  readonly codecs: readonly KeyedCodec[];
  readonly direction: Direction;
  /** Whether we said that RTCP may come to the port of RTP (RFC 5761). */
  readonly muxes: boolean;
  readonly media: string;
  readonly text: string;
}

/** All that an offer which is refused must leave as it was. */
export interface Agreement {
  readonly theirs: Theirs | undefined;
  readonly ours: Ours | undefined;
  readonly offer: Theirs | undefined;
  readonly keying: Keying;
  readonly profile: string;
  /** A place for each m-line, whoever began it. */
  readonly slots: readonly Slot[];
  /** Which of them is the sound's. */
  readonly audioAt: number;
}

export const NOTHING_AGREED: Agreement = {
  theirs: undefined,
  ours: undefined,
  offer: undefined,
  keying: Keying.NONE,
  profile: 'RTP/AVP',
  slots: [emptySlot(MAIN, { kind: 'audio', port: 0, profile: 'RTP/AVP', formats: [], address: undefined })],
  audioAt: 0,
};
