import { isIPv6 } from '@vats/kernel';
import type { Direction } from './direction.ts';
import type { KeyedCodec } from './payload-types.ts';
import type { MediaLine } from './sdp-lines.ts';
import type { SaidStream } from './stream-slot.ts';

/** The audio stream that we describe. */
export interface OwnAudio {
  readonly port: number;
  readonly profile: string;
  readonly direction: Direction;
  readonly codecs: readonly KeyedCodec[];
  /** `a=crypto` lines, each ended by CRLF; '' for a plain stream. */
  readonly crypto: string;
  readonly muxes: boolean;
  readonly ptime: number | undefined;
  readonly maxptime: number | undefined;
}

/** The body below its `o=` line: what must differ for the `o=` version to rise. `sections` are whole m-lines with what is theirs. */
export function writeMedia(address: string, sections: readonly string[]): string {
  return `s=-\r\nc=${network(address)}\r\nt=0 0\r\n${sections.join('')}`;
}

/** A whole body. The user name is `-`: it names nobody (RFC 8866 §5.2). */
export function writeSession(address: string, sessionId: string, version: number, media: string): string {
  return `v=0\r\no=- ${sessionId} ${version} ${network(address)}\r\n${media}`;
}

function network(address: string): string {
  return `IN ${isIPv6(address) ? 'IP6' : 'IP4'} ${address}`;
}

export function audioLines({ port, profile, direction, codecs, crypto, muxes, ptime, maxptime }: OwnAudio): string {
  let formats = '';
  let attributes = '';
  for (const { codec } of codecs) {
    formats += ` ${codec.payloadType}`;
    attributes += codec.lines;
  }
  if (muxes) attributes += RTCP_MUX;
  if (ptime !== undefined) attributes += `a=ptime:${ptime}\r\n`;
  if (maxptime !== undefined) attributes += `a=maxptime:${maxptime}\r\n`;
  return `m=audio ${port} ${profile}${formats}\r\n${crypto}${attributes}a=${direction}\r\n`;
}

/** @param crypto as of `OwnAudio` */
export function streamLines(stream: SaidStream, crypto: string): string {
  const { attributes, direction, formats, kind, muxes, port, profile } = stream;
  const more = `${crypto}${muxes ? RTCP_MUX : ''}${direction === undefined ? '' : `a=${direction}\r\n`}`;
  return `m=${kind} ${port} ${profile} ${formats.join(' ')}\r\n${attributes}${more}`;
}

// An m-line must name a format even when it is refused (RFC 3264 §6).
export function refusedLine({ kind, profile, formats }: MediaLine): string {
  return `m=${kind} 0 ${profile} ${formats.join(' ') || '0'}\r\n`;
}

const RTCP_MUX = 'a=rtcp-mux\r\n';
