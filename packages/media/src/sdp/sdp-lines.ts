import { bad, good, type Parsed } from '@vats/kernel';
import type { SdpFault } from './sdp-faults.ts';

/** What one SDP body may hold at most. */
export const SDP_LIMITS = {
  /** Characters of the whole body. */
  body: 65_536,
  /** Characters of one line. */
  line: 2_048,
  lines: 1_024,
  /** m-lines (checklist: more than 32 are refused). */
  media: 32,
  /** Formats of one m-line: as many as there are payload types. */
  formats: 128,
} as const;

/** An m-line as written, and the `c=` that holds for it. */
export interface MediaLine {
  /** audio, video, image, … */
  readonly kind: string;
  /** 0: the stream is refused or gone. */
  readonly port: number;
  /** RTP/AVP, RTP/SAVPF, udptl, … */
  readonly profile: string;
  readonly formats: readonly string[];
  /** From its own `c=` line, else the session's; undefined when there is neither. */
  readonly address: string | undefined;
}

/** Lines for a lenient parser, each ended by CRLF: only those that tell what we ask for. */
export interface Attributes {
  /** What tells codecs, direction and packet times: the same in every call of a phone. */
  readonly sound: string;
  /** `a=rtcp`, whose port differs from call to call. */
  readonly rtcp: string;
  /** `a=crypto`: keys. */
  readonly crypto: string;
  /** `a=rtcp-mux` is there. */
  readonly muxes: boolean;
  /** Of an m-line that is no sound's: what its two ends have to know of it, and what names no address and no key. */
  readonly passed: string;
}

/** The lines that must be right before a lenient parser sees any of them. */
export interface SdpLines {
  /** The value of `o=`, as written. */
  readonly origin: string;
  readonly media: readonly MediaLine[];
  /** What stands before the first m-line. */
  readonly session: Attributes;
  /** What stands below each of `media`. */
  readonly sections: readonly Attributes[];
}

const MEDIA = /^([^\s/]+) (\d{1,5})(?:\/\d{1,5})? (\S+)((?: +\S+)*) *$/;
const CONNECTION = /^IN IP[46] (\S+) *$/;
const ORIGIN = /^\S.* IN IP[46] \S+ *$/;
const TYPE = /^[a-z]=/;
const SOUND = /^a=(?:rtpmap:|fmtp:|ptime:|maxptime:|sendrecv|sendonly|recvonly|inactive)/;
const RTCP_MUX = /^a=rtcp-mux *$/;
const PASSED_BANDWIDTH = /^b=[\w-]+:\d+ *$/;
// Formats and feedback of RTP, T.38 (T.38 annex D), BFCP (RFC 8856), text (RFC 4103); no candidate, fingerprint, group or SSRC.
const PASSED =
  /^a=(?:rtpmap|fmtp|rtcp-fb|rtcp-rsize|imageattr|framerate|framesize|quality|content|lang|hlang-send|hlang-recv|label|extmap|extmap-allow-mixed|ptime|maxptime|floorctrl|confid|userid|floorid|bfcpver|T38\w+)(?::|$)/i;
// biome-ignore-start lint/complexity/useRegexLiterals: control characters read better named than typed
const CONTROL = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f]');
/** A body whose lines all have a type, no control character and CRLF behind them. */
const PLAIN = new RegExp('^(?:[a-z]=[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*(?:\\r\\n|$))*$');
// biome-ignore-end lint/complexity/useRegexLiterals: control characters read better named than typed

/**
 * Reads the skeleton of an SDP body (RFC 8866 §5) and checks it: limits, form of every line, `v=0` first, `o=`, `c=` and
 * `m=` well-formed. `s=` and `t=` may be missing, which some phones do and which harms nobody.
 */
export function readLines(text: string): Parsed<SdpLines, SdpFault> {
  if (text.length > SDP_LIMITS.body) return bad('too-large');
  // One look at the whole body spares nearly every body one at each of its lines.
  const plain = PLAIN.test(text);
  const lines = plain ? text.split('\r\n') : text.split(/\r\n|\n|\r/);
  if (lines.length > SDP_LIMITS.lines) return bad('too-large');

  let at = 0;
  let origin: string | undefined;
  let sessionAddress: string | undefined;
  const media: { -readonly [K in keyof MediaLine]: MediaLine[K] }[] = [];
  const session = noAttributes();
  const sections: ReturnType<typeof noAttributes>[] = [];
  let section = session;
  let beside = false;
  let first = true;
  for (const line of lines) {
    if (line.length > SDP_LIMITS.line) return bad('too-large', at);
    if (line !== '') {
      if (!plain && (!TYPE.test(line) || CONTROL.test(line))) return bad('malformed', at);
      if (first && line !== 'v=0') return bad('malformed', at, 'v=');
      first = false;
      const type = line[0];
      if (type === 'a') {
        if (SOUND.test(line)) section.sound += `${line}\r\n`;
        else if (line.startsWith('a=rtcp:')) section.rtcp += `${line}\r\n`;
        else if (line.startsWith('a=crypto:')) section.crypto += `${line}\r\n`;
        else if (RTCP_MUX.test(line)) section.muxes = true;
        if (beside && PASSED.test(line)) section.passed += `${line}\r\n`;
      } else if (type === 'b') {
        if (beside && PASSED_BANDWIDTH.test(line)) section.passed += `${line}\r\n`;
      } else if (type === 'o') {
        const value = line.slice(2);
        if (origin !== undefined || media.length > 0 || !ORIGIN.test(value)) return bad('malformed', at, 'o=');
        origin = value.trimEnd();
      } else if (type === 'c') {
        const match = CONNECTION.exec(line.slice(2));
        if (match === null) return bad('malformed', at, 'c=');
        const address = withoutScope(match[1]!);
        if (media.length === 0) sessionAddress = address;
        else media[media.length - 1]!.address = address;
      } else if (type === 'm') {
        const match = MEDIA.exec(line.slice(2));
        const port = Number(match?.[2]);
        if (match === null || port > 65_535) return bad('malformed', at, 'm=');
        const formats = match[4]!.split(' ').filter((format) => format !== '');
        if (media.length >= SDP_LIMITS.media || formats.length > SDP_LIMITS.formats) return bad('too-large', at, 'm=');
        const kind = match[1]!.toLowerCase();
        media.push({ kind, port, profile: match[3]!, formats, address: undefined });
        beside = kind !== 'audio';
        section = noAttributes();
        sections.push(section);
      }
    }
    at += line.length + 2;
  }
  if (origin === undefined) return bad('malformed', 0, 'o=');
  for (const each of media) each.address ??= sessionAddress;
  return good({ origin, media, session, sections });
}

function noAttributes(): { -readonly [K in keyof Attributes]: Attributes[K] } {
  return { sound: '', rtcp: '', crypto: '', muxes: false, passed: '' };
}

/** A multicast address may carry a TTL and a count behind slashes; what is before them decides that it is refused. */
function withoutScope(address: string): string {
  const slash = address.indexOf('/');
  return slash < 0 ? address : address.slice(0, slash);
}
