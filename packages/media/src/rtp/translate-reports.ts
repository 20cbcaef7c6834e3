import type { Renumbering } from './outgoing-stream.ts';

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;

const HEADER = 4;
/** A header and the SSRC of who sends it. */
const SHORTEST = 8;
/** Where report blocks begin in each kind (RFC 3550 §6.4). */
const SENDER_BLOCKS_AT = 28;
const RECEIVER_BLOCKS_AT = 8;
const BLOCK = 24;

/**
 * Makes RTCP that crosses a bridge speak of the streams that its receiver knows: `ahead` is how what its sender says is
 * renumbered, `back` how what its sender hears is. Rewritten in place; `packet` must have passed `isRtcp`. Returns the length that is left: a
 * source that says goodbye while its stream is gone on with by another is not passed on (0: nothing is left).
 */
export function translateReports(
  packet: Buffer,
  ahead: Renumbering | undefined,
  back: Renumbering | undefined,
): number {
  if (ahead === undefined && back === undefined) return packet.length;
  let at = 0;
  while (at < packet.length) {
    const end = at + 4 * (packet.readUInt16BE(at + 2) + 1);
    const count = packet[at]! & 0x1f;
    const kind = packet[at + 1]!;
    // What is left before it may be a mere header, which by itself is no RTCP.
    if (kind === GOODBYE && ahead !== undefined && ahead.sourceSsrc !== ahead.ownSsrc) return at < SHORTEST ? 0 : at;
    if (kind === SOURCE_DESCRIPTION) {
      renameChunks(packet, at + HEADER, end, count, ahead);
    } else if (end - at >= 8) {
      rename(packet, at + HEADER, ahead);
      if (kind === SENDER_REPORT && end - at >= SENDER_BLOCKS_AT) {
        if (ahead !== undefined) packet.writeUInt32BE((packet.readUInt32BE(at + 16) + ahead.timestamp) >>> 0, at + 16);
        turnBlocks(packet, at + SENDER_BLOCKS_AT, end, count, back);
      } else if (kind === RECEIVER_REPORT) {
        turnBlocks(packet, at + RECEIVER_BLOCKS_AT, end, count, back);
      } else if ((kind === TRANSPORT_FEEDBACK || kind === PAYLOAD_FEEDBACK) && end - at >= 12 && back !== undefined) {
        if (packet.readUInt32BE(at + 8) === back.ownSsrc) packet.writeUInt32BE(back.sourceSsrc, at + 8);
      }
    }
    at = end;
  }
  return packet.length;
}

function rename(packet: Buffer, at: number, ahead: Renumbering | undefined): void {
  if (ahead !== undefined && packet.readUInt32BE(at) === ahead.sourceSsrc) packet.writeUInt32BE(ahead.ownSsrc, at);
}

function renameChunks(packet: Buffer, from: number, end: number, chunks: number, ahead: Renumbering | undefined): void {
  let at = from;
  for (let chunk = 0; chunk < chunks && at + 4 <= end; chunk++) {
    rename(packet, at, ahead);
    at += 4;
    while (at < end && packet[at] !== 0) at += 2 + (packet[at + 1] ?? 0);
    at = from + 4 * (Math.floor((at - from) / 4) + 1);
  }
}

function turnBlocks(packet: Buffer, from: number, end: number, blocks: number, back: Renumbering | undefined): void {
  if (back === undefined) return;
  for (let block = 0, at = from; block < blocks && at + BLOCK <= end; block++, at += BLOCK) {
    if (packet.readUInt32BE(at) !== back.ownSsrc) continue;
    packet.writeUInt32BE(back.sourceSsrc, at);
    packet.writeUInt32BE((packet.readUInt32BE(at + 8) - back.sequence) >>> 0, at + 8);
  }
}
