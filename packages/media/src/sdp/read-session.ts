import { bad, good, type Parsed } from '@vats/kernel';
import type { Codec } from './codec.ts';
import { type Direction, directionOf, sends } from './direction.ts';
import { isUnspecified } from './media-address.ts';
import { directionIn, rtcpIn, soundIn } from './read-attributes.ts';
import type { SdpFault } from './sdp-faults.ts';
import { type MediaLine, readLines, type SdpLines } from './sdp-lines.ts';

/** An audio stream as its SDP describes it. */
export interface AudioDescription {
  /** As claimed: an IP literal or a host name. */
  readonly address: string;
  readonly port: number;
  readonly rtcp: { readonly address: string; readonly port: number };
  readonly profile: string;
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
  /** Index of the m-line that is served, and what it says. */
  readonly audioAt: number;
  readonly audio: AudioDescription;
}

const SERVED_PROFILES = /^RTP\/AVPF?$/i;
const SECURE_PROFILES = /SAVPF?$/i;

/**
 * Reads an SDP body and picks the audio stream to serve: the one at `preferred` when it is fit, else the first fit one.
 * Fit is an audio m-line over RTP/AVP or RTP/AVPF with a port, an address, and at least one known format.
 */
export function readSession(text: string, preferred = 0): Parsed<SessionDescription, SdpFault> {
  const read = readLines(text);
  if (!read.ok) return read;
  const lines = read.value;
  const audio = audioAt(preferred, lines);
  if (audio !== undefined) return good({ origin: lines.origin, lines: lines.media, audioAt: preferred, audio });
  for (let index = 0; index < lines.media.length; index++) {
    const other = audioAt(index, lines);
    if (other !== undefined) return good({ origin: lines.origin, lines: lines.media, audioAt: index, audio: other });
  }
  return bad(lines.media.some(isSecure) ? 'secure-media' : 'no-audio', 0, 'm=');
}

/** The stream of one m-line, or undefined when it is not fit. */
function audioAt(index: number, lines: SdpLines): AudioDescription | undefined {
  const line = lines.media[index];
  if (line === undefined || !isThere(line) || line.address === undefined) return undefined;
  const { address, port, profile } = line;
  if (!SERVED_PROFILES.test(profile)) return undefined;
  const attributes = lines.sections[index]!;
  const { codecs, direction, ptime, maxptime } = soundIn(line.formats, attributes.sound);
  if (codecs.length === 0) return undefined;
  const written = direction ?? directionIn(lines.session.sound) ?? 'sendrecv';
  const rtcp = rtcpIn(attributes.rtcp);
  return {
    address,
    port,
    rtcp: { address: rtcp.address ?? address, port: rtcp.port ?? Math.min(port + 1, 65_535) },
    profile,
    direction: isUnspecified(address) ? directionOf(sends(written), false) : written,
    codecs,
    ptime,
    maxptime,
  };
}

function isThere(line: MediaLine): boolean {
  return line.kind === 'audio' && line.port !== 0;
}

function isSecure(line: MediaLine): boolean {
  return isThere(line) && SECURE_PROFILES.test(line.profile);
}

/** The same stream described twice: whatever of the text does not matter to media left aside. */
export function meansTheSame(one: SessionDescription, other: SessionDescription): boolean {
  if (one === other) return true;
  return JSON.stringify([one.audio, one.lines]) === JSON.stringify([other.audio, other.lines]);
}
