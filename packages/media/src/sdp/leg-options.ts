import type { Random } from '@vats/kernel';
import type { SrtpPolicy } from './srtp-keys.ts';
import type { StreamPorts } from './stream-ports.ts';

/** What a leg may be offered: anything the other side has, or only what a recording can hold. Of sound alone. */
export type CodecPolicy = 'any' | 'g711';

export interface LegDescriptionOptions {
  /** What our SDP names: `MediaLeg.local`. */
  readonly local: { readonly address: string; readonly port: number };
  /** Decimal digits, unique: our `o=` session id. `sessionIdFrom(random)` makes one. */
  readonly sessionId: string;
  /** The observed address of the leg's SIP peer: decides which claimed addresses are dialled. */
  readonly signalling: string;
  /** Further addresses that this peer may name for its media, though private. */
  readonly allowed?: (address: string) => boolean;
  /** What this leg may be offered, by the codecs' names in lower case; anything unless given. */
  readonly codecs?: OfferedCodecs;
  /** Whether this leg's sound may be encrypted; never unless given. */
  readonly srtp?: OfferedSrtp;
  /** Whether sound is converted between this leg and another that does so too, where they share no codec. */
  readonly converts?: boolean;
  /** Ports for video, fax and whatever else stands beside the sound; all of it is refused unless given. */
  readonly ports?: StreamPorts;
}

export interface OfferedSrtp {
  readonly policy: SrtpPolicy;
  /** Of our keys. */
  readonly random: Random;
  /** Whether our first offer is encrypted where that is `optional`; it is plain unless said otherwise. `required` is always encrypted. */
  readonly offers?: boolean;
}

export interface OfferedCodecs {
  /** Of what carries sound; anything unless given. */
  readonly sound?: readonly string[];
  readonly keys?: KeysAs;
}

/**
 * How keys come and go on a leg: as telephone events (RFC 4733), unless said otherwise; as tones in its sound; by SIP INFO in its
 * dialog. Only the first are negotiated: a leg that has its keys in another way must not be offered events, as many a peer would then
 * send each key in both ways. The leg beside that one has events all the same: they end at the switch.
 */
export type KeysAs = 'events' | 'tones' | 'info';
