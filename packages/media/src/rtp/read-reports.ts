/** One receiver's word on one stream (RFC 3550 §6.4.1). */
export interface ReportBlock {
  /** The stream that it speaks of. */
  readonly ssrc: number;
  /** Of what was sent since its last report, 0 to 1. */
  readonly fractionLost: number;
  /** Since the stream began; negative when more came than was sent. */
  readonly lost: number;
  /** In the stream's clock. */
  readonly jitter: number;
  /** The middle 32 bits of the last sender report's NTP time; 0 when none had come. */
  readonly lastReport: number;
  /** How long that was ago when this was sent, milliseconds. */
  readonly sinceLastReportMs: number;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const BLOCK = 24;

/** The middle 32 bits of a sender report's NTP time; undefined when a compound holds none. It must have passed `isRtcp`. */
export function senderReportTime(packet: Buffer): number | undefined {
  for (let at = 0; at < packet.length; at += partLength(packet, at)) {
    if (packet[at + 1] === SENDER_REPORT && partLength(packet, at) >= 28) return packet.readUInt32BE(at + 10);
  }
  return undefined;
}

/** All report blocks of a compound, which must have passed `isRtcp`. */
export function reportBlocks(packet: Buffer): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let at = 0; at < packet.length; at += partLength(packet, at)) {
    const kind = packet[at + 1];
    if (kind !== SENDER_REPORT && kind !== RECEIVER_REPORT) continue;
    const end = at + partLength(packet, at);
    const count = packet[at]! & 0x1f;
    let block = at + (kind === SENDER_REPORT ? 28 : 8);
    for (let i = 0; i < count && block + BLOCK <= end; i++, block += BLOCK) blocks.push(readBlock(packet, block));
  }
  return blocks;
}

function partLength(packet: Buffer, at: number): number {
  return 4 * (packet.readUInt16BE(at + 2) + 1);
}

function readBlock(packet: Buffer, at: number): ReportBlock {
  return {
    ssrc: packet.readUInt32BE(at),
    fractionLost: packet[at + 4]! / 256,
    lost: packet.readIntBE(at + 5, 3),
    jitter: packet.readUInt32BE(at + 12),
    lastReport: packet.readUInt32BE(at + 16),
    sinceLastReportMs: (packet.readUInt32BE(at + 20) * 1_000) / 65_536,
  };
}
