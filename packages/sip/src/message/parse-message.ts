import { bad, good, type Parsed } from '@vats/kernel';
import { HeadIndex, indexHead, type MessageFault } from './head-index.ts';
import { LIMITS } from './limits.ts';
import { type SipMessage, SipRequest, SipResponse } from './message.ts';
import { looksLikeStatusLine, readRequestLine, readStatusLine } from './start-line.ts';

/**
 * Reads the structure of one message: start line, header lines, limits. Values are read when asked for. A request that
 * is wrong but can be answered is good here and found out by `checkRequest`.
 *
 * @param bytes one datagram, or what the framer of a stream cut out. The message keeps them: they must not change.
 */
export function parseMessage(bytes: Buffer): Parsed<SipMessage, MessageFault> {
  if (bytes.length > LIMITS.messageOctets) return bad('too-large', LIMITS.messageOctets);
  const index = new HeadIndex();
  const fault = indexHead(bytes, 0, index);
  if (fault !== undefined) return bad(fault);
  const text = bytes.toString('latin1', 0, index.bodyStart);
  const { start, startLineEnd } = index;
  if (looksLikeStatusLine(text, start)) {
    const line = readStatusLine(bytes, text, start, startLineEnd);
    return line === undefined ? bad('bad-status-line', start) : good(new SipResponse(bytes, text, index, line));
  }
  const line = readRequestLine(bytes, text, start, startLineEnd);
  return line === undefined ? bad('no-start-line', start) : good(new SipRequest(bytes, text, index, line));
}
