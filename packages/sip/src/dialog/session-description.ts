import { isMediaType, type MediaType, parseMediaType } from '../message/media-type.ts';
import type { SipMessage, SipRequest } from '../message/message.ts';
import type { Refusal } from './refusals.ts';

const SDP = 'application/sdp';

/** What a body says of the session: its SDP or nothing; or why it cannot be read (RFC 3261 §8.2.3, §21.4.13). */
export type SessionBody = { readonly sdp: string | undefined } | { readonly refusal: Refusal };

const NO_BODY: SessionBody = { sdp: undefined };

/**
 * Reads the session description of a message: the body itself or a part of a multipart one (RFC 5621 §3.1). A body of
 * another kind is refused unless its sender calls it optional (`Content-Disposition: …;handling=optional`).
 */
export function readSessionBody(message: SipMessage): SessionBody {
  const { body, contentType } = message;
  if (body.length === 0) return NO_BODY;
  const encoding = message.value('Content-Encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return { refusal: { status: 415, headers: [['Accept-Encoding', 'identity']] } };
  }
  if (contentType === undefined) {
    // Forbidden (§20.15), and yet some gateways forget it where nothing else but SDP can be meant.
    if (body.toString('latin1', 0, 2) === 'v=') return { sdp: body.toString('utf8') };
  } else if (contentType.ok) {
    if (isMediaType(contentType.value, SDP)) return { sdp: body.toString('utf8') };
    const part = contentType.value.type === 'multipart' ? sdpPart(body, contentType.value) : undefined;
    if (part !== undefined) return { sdp: part };
  }
  if (isOptional(message)) return { sdp: undefined };
  return { refusal: { status: 415, headers: [['Accept', `${SDP}, multipart/mixed`]] } };
}

/** What nearly every INVITE has: told without making text of it. */
function isPlainSdp(message: SipMessage): boolean {
  const { contentType } = message;
  return (
    contentType?.ok === true && isMediaType(contentType.value, SDP) && message.value('Content-Encoding') === undefined
  );
}

function isOptional(message: SipMessage): boolean {
  const { contentDisposition } = message;
  return (
    contentDisposition?.ok === true && contentDisposition.value.params.get('handling')?.toLowerCase() === 'optional'
  );
}

/** 415 for an INVITE whose body cannot be read, saying what could (RFC 3261 §21.4.13). Ask this after authentication. */
export function refusedBody(request: SipRequest): Refusal | undefined {
  if (isPlainSdp(request)) return undefined;
  const read = readSessionBody(request);
  return 'refusal' in read ? read.refusal : undefined;
}

/** The SDP of a message whose body may be anything. */
export function sessionDescriptionOf(message: SipMessage): string | undefined {
  const read = readSessionBody(message);
  return 'sdp' in read ? read.sdp : undefined;
}

/** The first SDP among the parts of a multipart body (RFC 2046 §5.1). */
function sdpPart(body: Buffer, type: MediaType): string | undefined {
  const boundary = type.params.get('boundary');
  if (boundary === undefined || boundary === '') return undefined;
  const text = `\r\n${body.toString('latin1')}`;
  const delimiter = `\r\n--${boundary}`;
  for (let start = text.indexOf(delimiter); start >= 0; ) {
    const next = text.indexOf(delimiter, start + delimiter.length);
    if (next < 0) return undefined;
    const sdp = sdpOfPart(text.slice(start + delimiter.length, next));
    if (sdp !== undefined) return Buffer.from(sdp, 'latin1').toString('utf8');
    start = next;
  }
  return undefined;
}

/** `part`: blanks to the end of the delimiter line, header lines, an empty line, the body. */
function sdpOfPart(part: string): string | undefined {
  const lines = part.indexOf('\r\n');
  const end = part.indexOf('\r\n\r\n', lines);
  if (lines < 0 || end < 0) return undefined;
  const written = /\r\ncontent-type[ \t]*:([^\r]*)/i.exec(part.slice(lines, end))?.[1];
  const type = written === undefined ? undefined : parseMediaType(written.trim());
  return type?.ok && isMediaType(type.value, SDP) ? part.slice(end + 4) : undefined;
}
