import { bad, good, type Parsed } from '@vats/kernel';
import { parse } from 'sdp-transform';
import { type Codec, staticCodec } from './codec.ts';
import { type Direction, directionOf, sends } from './direction.ts';
import { isUnspecified } from './media-address.ts';
import type { SdpFault } from './sdp-faults.ts';
import { type MediaLine, readLines } from './sdp-lines.ts';

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
const HIGHEST_CLOCK_RATE = 768_000;
const LONGEST_PTIME_MS = 1_000;

/**
 * Reads an SDP body and picks the audio stream to serve: the one at `preferred` when it is fit, else the first fit one.
 * Fit is an audio m-line over RTP/AVP or RTP/AVPF with a port, an address, and at least one known format.
 */
export function readSession(text: string, preferred = 0): Parsed<SessionDescription, SdpFault> {
  const lines = readLines(text);
  if (!lines.ok) return lines;
  const { origin, media } = lines.value;
  const parsed = parse(text);

  const candidates = [preferred, ...media.keys()];
  let secure = false;
  for (const index of candidates) {
    const line = media[index];
    if (line === undefined || line.kind !== 'audio' || line.port === 0) continue;
    if (SECURE_PROFILES.test(line.profile)) secure = true;
    if (!SERVED_PROFILES.test(line.profile) || line.address === undefined) continue;
    const section = parsed.media[index]!;
    const codecs = codecsOf(line.formats, section.rtp ?? [], section.fmtp ?? []);
    if (codecs.length === 0) continue;
    const { address, port, profile } = line;
    const written = asDirection(section.direction) ?? asDirection(parsed.direction) ?? 'sendrecv';
    const audio: AudioDescription = {
      address,
      port,
      rtcp: {
        address: String(section.rtcp?.address ?? address),
        port: asPort(section.rtcp?.port) ?? Math.min(port + 1, 65_535),
      },
      profile,
      direction: isUnspecified(address) ? directionOf(sends(written), false) : written,
      codecs,
      ptime: asDuration(section.ptime),
      maxptime: asDuration(section.maxptime),
    };
    return good({ origin, lines: media, audioAt: index, audio });
  }
  return bad(secure ? 'secure-media' : 'no-audio', 0, 'm=');
}

/** The same stream described twice: whatever of the text does not matter to media left aside. */
export function meansTheSame(one: SessionDescription, other: SessionDescription): boolean {
  return JSON.stringify([one.audio, one.lines]) === JSON.stringify([other.audio, other.lines]);
}

type Value = string | number | undefined;

function codecsOf(
  formats: readonly string[],
  rtpmaps: readonly { payload?: Value; codec?: Value; rate?: Value; encoding?: Value }[],
  fmtps: readonly { payload?: Value; config?: Value }[],
): Codec[] {
  const codecs: Codec[] = [];
  for (const format of formats) {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128;
    if (payloadType > 127 || codecs.some((codec) => codec.payloadType === payloadType)) continue;
    const rtpmap = rtpmaps.find((each) => Number(each.payload) === payloadType);
    const codec = rtpmap === undefined ? staticCodec(payloadType) : mapped(payloadType, rtpmap);
    if (codec === undefined) continue;
    const fmtp = fmtps.find((each) => Number(each.payload) === payloadType)?.config;
    codecs.push(fmtp === undefined ? codec : { ...codec, fmtp: String(fmtp) });
  }
  return codecs;
}

function mapped(payloadType: number, rtpmap: { codec?: Value; rate?: Value; encoding?: Value }): Codec | undefined {
  const name = String(rtpmap.codec ?? '');
  const clockRate = Number(rtpmap.rate);
  if (name === '' || !Number.isInteger(clockRate) || clockRate < 1 || clockRate > HIGHEST_CLOCK_RATE) return undefined;
  const channels = Number(rtpmap.encoding ?? 1);
  return { payloadType, name, clockRate, channels: Number.isInteger(channels) && channels > 0 ? channels : 1 };
}

function asDirection(text: string | undefined): Direction | undefined {
  return text === 'sendrecv' || text === 'sendonly' || text === 'recvonly' || text === 'inactive' ? text : undefined;
}

function asPort(value: Value): number | undefined {
  const port = Number(value);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

function asDuration(value: Value): number | undefined {
  const milliseconds = Number(value);
  return Number.isInteger(milliseconds) && milliseconds > 0 && milliseconds <= LONGEST_PTIME_MS
    ? milliseconds
    : undefined;
}
