import { bad, good, type Parsed } from '@vats/kernel';
import type { Codec } from './codec.ts';
import { type CryptoLine, readCryptoLines } from './crypto-attribute.ts';
import { type Direction, directionOf, sends } from './direction.ts';
import { isUnspecified } from './media-address.ts';
import { isDtls, isFit, isPlain, isSecure, type Wanted } from './media-profiles.ts';
import { directionIn, rtcpIn, soundIn } from './read-attributes.ts';
import type { SdpFault } from './sdp-faults.ts';
import { type MediaLine, readLines, type SdpLines } from './sdp-lines.ts';
import { type StreamDescription, streamAt } from './stream-description.ts';

/** An audio stream as its SDP describes it. */
export interface AudioDescription {
  /** As claimed: an IP literal or a host name. */
  readonly address: string;
  readonly port: number;
  readonly rtcp: { readonly address: string; readonly port: number };
  /** RTCP may come to the port of RTP (RFC 5761). */
  readonly muxes: boolean;
  /** False where the session has no sound, but another stream. */
  readonly isThere: boolean;
  readonly profile: string;
  /** The keys that can be used, preferred first; none for a plain stream, and where plain ones alone are wanted. */
  readonly crypto: readonly CryptoLine[];
  /** A hold by `c=0.0.0.0` already counted in. */
  readonly direction: Direction;
  /** In order of preference, each payload type once; formats nobody could know are left out. */
  readonly codecs: readonly Codec[];
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
}

export interface SessionDescription {
  /** The value of `o=`, as written. */
  readonly origin: string;
  readonly lines: readonly MediaLine[];
  /** Index of the m-line whose sound is served, and what it says. */
  readonly audioAt: number;
  readonly audio: AudioDescription;
  /** For each of `lines`: the stream beside the sound that it is, where that can be carried. */
  readonly streams: readonly (StreamDescription | undefined)[];
}

const NO_AUDIO: AudioDescription = {
  address: '0.0.0.0',
  port: 0,
  rtcp: { address: '0.0.0.0', port: 0 },
  muxes: false,
  isThere: false,
  profile: 'RTP/AVP',
  crypto: [],
  direction: 'inactive',
  codecs: [],
  ptime: undefined,
  maxptime: undefined,
};

/**
 * Reads an SDP body and picks the audio stream to serve: the one at `preferred` when it is fit, else the first encrypted one that is, else
 * the first one. Fit is an audio m-line over RTP with a port, an address, at least one known format, and keys as they are `wanted`.
 * Where that `mayLackSound` a session of other streams is fit too, if it refuses or replaces its sound (as T.38 does).
 */
export function readSession(
  text: string,
  preferred?: number,
  wanted: Wanted = 'plain',
  { wantedBeside = 'plain', mayLackSound = false }: { wantedBeside?: Wanted; mayLackSound?: boolean } = {},
): Parsed<SessionDescription, SdpFault> {
  const read = readLines(text);
  if (!read.ok) return read;
  const lines = read.value;
  const { origin, media } = lines;
  const streams = media.map((_, index) => streamAt(index, lines, wantedBeside));
  const chosen = (audioAt: number, audio: AudioDescription) => good({ origin, lines: media, audioAt, audio, streams });
  const kept = preferred === undefined ? undefined : audioAt(preferred, lines, wanted);
  if (preferred !== undefined && kept !== undefined) return chosen(preferred, kept);
  let first: number | undefined;
  for (let index = 0; index < media.length; index++) {
    const audio = audioAt(index, lines, wanted);
    if (audio === undefined) continue;
    if (audio.crypto.length > 0 || wanted === 'plain') return chosen(index, audio);
    first ??= index;
  }
  if (first !== undefined) return chosen(first, audioAt(first, lines, wanted)!);
  const isLeft = !media.some(isThere) && streams.some((stream) => stream !== undefined);
  if (mayLackSound && isLeft) return chosen(preferred ?? 0, NO_AUDIO);
  return bad(faultOf(lines, wanted), 0, 'm=');
}

/** The stream of one m-line, or undefined when it is not fit. */
function audioAt(index: number, lines: SdpLines, wanted: Wanted): AudioDescription | undefined {
  const line = lines.media[index];
  if (line === undefined || !isThere(line) || line.address === undefined) return undefined;
  const { address, port, profile } = line;
  const attributes = lines.sections[index]!;
  const crypto = wanted === 'plain' ? [] : readCryptoLines(attributes.crypto);
  if (!isFit(profile, crypto.length > 0, wanted)) return undefined;
  const { codecs, direction, ptime, maxptime } = soundIn(line.formats, attributes.sound);
  if (codecs.length === 0) return undefined;
  const written = direction ?? directionIn(lines.session.sound) ?? 'sendrecv';
  const rtcp = rtcpIn(attributes.rtcp);
  return {
    address,
    port,
    rtcp: { address: rtcp.address ?? address, port: rtcp.port ?? Math.min(port + 1, 65_535) },
    muxes: attributes.muxes,
    isThere: true,
    profile,
    crypto,
    direction: isUnspecified(address) ? directionOf(sends(written), false) : written,
    codecs,
    ptime,
    maxptime,
  };
}

function isThere(line: MediaLine): boolean {
  return line.kind === 'audio' && line.port !== 0;
}

/** Why no m-line is fit: what would have to be otherwise at the peer or in the policy. */
function faultOf({ media, sections }: SdpLines, wanted: Wanted): SdpFault {
  const there = media.map((line, index) => ({ ...line, crypto: sections[index]!.crypto })).filter(isThere);
  const secure = there.filter(({ profile }) => isSecure(profile));
  if (secure.length > 0) {
    if (wanted === 'plain') return 'secure-media';
    if (secure.every(({ crypto }) => readCryptoLines(crypto).length === 0)) return 'no-usable-key';
    return 'no-audio';
  }
  if (there.some(({ profile }) => isDtls(profile))) return 'dtls-media';
  const plain = there.some(({ profile }) => isPlain(profile));
  return plain && (wanted === 'secure' || wanted === 'keyed') ? 'plain-media' : 'no-audio';
}

/** The same stream described twice: whatever of the text does not matter to media left aside. */
export function meansTheSame(one: SessionDescription, other: SessionDescription): boolean {
  if (one === other) return true;
  return (
    JSON.stringify([one.audio, one.lines, one.streams]) === JSON.stringify([other.audio, other.lines, other.streams])
  );
}
