import { parse } from 'sdp-transform';
import { Codec, staticCodec } from './codec.ts';
import type { Direction } from './direction.ts';
import { remembering } from './remembering.ts';

/** What an m-line's attributes say of its sound. */
export interface Sound {
  /** In order of preference, each payload type once; formats nobody could know are left out. */
  readonly codecs: readonly Codec[];
  readonly direction: Direction | undefined;
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
}

const HIGHEST_CLOCK_RATE = 768_000;
const LONGEST_PTIME_MS = 1_000;

/** As the parser gives it: what looks like a number is one. */
type Value = string | number | undefined;

/** @param attributes `Attributes.sound` of the m-line with these formats */
export function soundIn(formats: readonly string[], attributes: string): Sound {
  return readSound(`${formats.join(' ')}\r\n${attributes}`);
}

// A phone says the same in every call, so nearly always this has been read before. The first line holds the formats.
const readSound = remembering((text): Sound => {
  const end = text.indexOf('\r\n');
  const { rtp, fmtp, direction, ptime, maxptime } = parse(text.slice(end + 2));
  return {
    codecs: codecsOf(text.slice(0, end).split(' '), rtp ?? [], fmtp ?? []),
    direction: asDirection(direction),
    ptime: asDuration(ptime),
    maxptime: asDuration(maxptime),
  };
});

/** @param attributes `Attributes.sound` of the session, which m-lines without a direction inherit */
export function directionIn(attributes: string): Direction | undefined {
  return attributes === '' ? undefined : asDirection(parse(attributes).direction);
}

/** Where RTCP is wanted; what is undefined was not written. */
export interface WrittenRtcp {
  readonly address: string | undefined;
  readonly port: number | undefined;
}

const NO_RTCP: WrittenRtcp = { address: undefined, port: undefined };

/** @param attributes `Attributes.rtcp` of the m-line */
export function rtcpIn(attributes: string): WrittenRtcp {
  const rtcp = attributes === '' ? undefined : parse(attributes).rtcp;
  if (rtcp === undefined) return NO_RTCP;
  return { address: rtcp.address === undefined ? undefined : String(rtcp.address), port: asPort(rtcp.port) };
}

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
    const config = fmtps.find((each) => Number(each.payload) === payloadType)?.config;
    const fmtp = config === undefined ? undefined : String(config);
    const codec = rtpmap === undefined ? staticCodec(payloadType, fmtp) : mapped(payloadType, rtpmap, fmtp);
    if (codec !== undefined) codecs.push(codec);
  }
  return codecs;
}

function mapped(
  payloadType: number,
  rtpmap: { codec?: Value; rate?: Value; encoding?: Value },
  fmtp: string | undefined,
): Codec | undefined {
  const name = String(rtpmap.codec ?? '');
  const clockRate = Number(rtpmap.rate);
  if (name === '' || !Number.isInteger(clockRate) || clockRate < 1 || clockRate > HIGHEST_CLOCK_RATE) return undefined;
  const channels = Number(rtpmap.encoding ?? 1);
  return new Codec(payloadType, name, clockRate, Number.isInteger(channels) && channels > 0 ? channels : 1, fmtp);
}

function asDirection(text: string | undefined): Direction | undefined {
  return text === 'sendrecv' || text === 'sendonly' || text === 'recvonly' || text === 'inactive' ? text : undefined;
}

function asDuration(value: Value): number | undefined {
  const milliseconds = Number(value);
  return Number.isInteger(milliseconds) && milliseconds > 0 && milliseconds <= LONGEST_PTIME_MS
    ? milliseconds
    : undefined;
}

function asPort(value: Value): number | undefined {
  const port = Number(value);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}
