import { isIPv6 } from '@vats/kernel';
import type { Codec } from './codec.ts';
import type { Direction } from './direction.ts';

/** The audio stream that we describe. */
export interface OwnAudio {
  readonly port: number;
  readonly profile: string;
  readonly direction: Direction;
  readonly codecs: readonly Codec[];
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
}

/** An m-line that we keep in its place but do not serve. */
export interface RefusedMedia {
  readonly kind: string;
  readonly profile: string;
  readonly formats: readonly string[];
}

/** The body below its `o=` line: what must differ for the `o=` version to rise. */
export function writeMedia(address: string, media: readonly (OwnAudio | RefusedMedia)[]): string {
  const lines = ['s=-', `c=${network(address)}`, 't=0 0'];
  for (const each of media) lines.push(...('direction' in each ? audioLines(each) : [refusedLine(each)]));
  return lines.map((line) => `${line}\r\n`).join('');
}

/** A whole body. The user name is `-`: it names nobody (RFC 8866 §5.2). */
export function writeSession(address: string, sessionId: string, version: number, media: string): string {
  return `v=0\r\no=- ${sessionId} ${version} ${network(address)}\r\n${media}`;
}

function network(address: string): string {
  return `IN ${isIPv6(address) ? 'IP6' : 'IP4'} ${address}`;
}

function audioLines(audio: OwnAudio): string[] {
  const lines = [`m=audio ${audio.port} ${audio.profile} ${audio.codecs.map((codec) => codec.payloadType).join(' ')}`];
  for (const codec of audio.codecs) {
    const channels = codec.channels === 1 ? '' : `/${codec.channels}`;
    lines.push(`a=rtpmap:${codec.payloadType} ${codec.name}/${codec.clockRate}${channels}`);
    if (codec.fmtp !== undefined) lines.push(`a=fmtp:${codec.payloadType} ${codec.fmtp}`);
  }
  if (audio.ptime !== undefined) lines.push(`a=ptime:${audio.ptime}`);
  if (audio.maxptime !== undefined) lines.push(`a=maxptime:${audio.maxptime}`);
  lines.push(`a=${audio.direction}`);
  return lines;
}

// An m-line must name a format even when it is refused (RFC 3264 §6).
function refusedLine(media: RefusedMedia): string {
  return `m=${media.kind} 0 ${media.profile} ${media.formats.join(' ') || '0'}`;
}
