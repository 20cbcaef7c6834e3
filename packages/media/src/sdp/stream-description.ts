import { type CryptoLine, readCryptoLines } from './crypto-attribute.ts';
import { type Direction, directionOf, sends } from './direction.ts';
import { isUnspecified } from './media-address.ts';
import { isFit, type Wanted } from './media-profiles.ts';
import { directionIn, rtcpIn, soundIn } from './read-attributes.ts';
import type { SdpLines } from './sdp-lines.ts';
import type { StreamTransport } from './stream-ports.ts';

/** A stream beside the sound (video, fax, text, data) as one side's SDP describes it. What it carries is nothing to us. */
export interface StreamDescription {
  /** video, image, application, … */
  readonly kind: string;
  readonly transport: StreamTransport;
  /** As claimed: an IP literal or a host name. */
  readonly address: string;
  readonly port: number;
  readonly rtcp: { readonly address: string; readonly port: number };
  /** RTCP may come to the port of RTP (RFC 5761). */
  readonly muxes: boolean;
  readonly profile: string;
  readonly formats: readonly string[];
  /** What both ends of the stream have to know of it, as written: each line ended by CRLF. */
  readonly attributes: string;
  /** As written, a hold by `c=0.0.0.0` counted in. */
  readonly direction: Direction | undefined;
  readonly crypto: readonly CryptoLine[];
}

const DATAGRAMS = /^(?:udptl|udp|UDP\/BFCP)$/i;

/**
 * The stream of an m-line that is no sound's, or undefined when it is refused there, or can't be carried: over TCP, encrypted with keys
 * that we can't have, or clear where none is wanted.
 */
export function streamAt(index: number, lines: SdpLines, wanted: Wanted): StreamDescription | undefined {
  const line = lines.media[index]!;
  const { address, formats, kind, port, profile } = line;
  if (kind === 'audio' || port === 0 || address === undefined || formats.length === 0) return undefined;
  const attributes = lines.sections[index]!;
  const crypto = wanted === 'plain' ? [] : readCryptoLines(attributes.crypto);
  const isDatagrams = DATAGRAMS.test(profile);
  if (isDatagrams ? wanted === 'secure' || wanted === 'keyed' : !isFit(profile, crypto.length > 0, wanted)) {
    return undefined;
  }
  const written = soundIn([], attributes.sound).direction ?? directionIn(lines.session.sound);
  const rtcp = rtcpIn(attributes.rtcp);
  return {
    kind,
    transport: isDatagrams ? 'udp' : 'rtp',
    address,
    port,
    rtcp: { address: rtcp.address ?? address, port: rtcp.port ?? Math.min(port + 1, 65_535) },
    muxes: attributes.muxes,
    profile,
    formats,
    attributes: attributes.passed,
    direction: isUnspecified(address) ? directionOf(sends(written ?? 'sendrecv'), false) : written,
    crypto,
  };
}
