import type { ReceptionReport } from './stream-quality.ts';

/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_TO_UNIX_S = 2_208_988_800;

export interface OwnReport {
  /** Of the stream that the peer is sent. */
  readonly ssrc: number;
  /** The canonical name of its source (RFC 3550 §6.5.1): nothing that tells who or where. */
  readonly name: string;
  /** Undefined when nothing was sent since the last report. */
  readonly sent:
    | {
        /** Wall time, milliseconds since the Unix epoch, and the stream's timestamp of that moment. */
        readonly at: number;
        readonly timestamp: number;
        readonly packets: number;
        /** Payload octets. */
        readonly octets: number;
      }
    | undefined;
  readonly heard: ReceptionReport | undefined;
  /** The middle 32 bits of the peer's last sender report, and how long that is ago. */
  readonly lastReport: { readonly time: number; readonly agoMs: number } | undefined;
}

/** A compound packet: sender or receiver report, and source description (RFC 3550 §6.4, §6.5). */
export function writeReport({ ssrc, name, sent, heard, lastReport }: OwnReport): Buffer {
  const info = sent === undefined ? 8 : 28;
  const report = info + (heard === undefined ? 0 : 24);
  // Chunks end in at least one zero octet and on a word.
  const chunk = 4 * (Math.floor((4 + 2 + name.length) / 4) + 1);
  const packet = Buffer.alloc(report + 4 + chunk);
  packet[0] = 0x80 | (heard === undefined ? 0 : 1);
  packet[1] = sent === undefined ? 201 : 200;
  packet.writeUInt16BE(report / 4 - 1, 2);
  packet.writeUInt32BE(ssrc, 4);
  if (sent !== undefined) {
    const [seconds, fraction] = ntp(sent.at);
    packet.writeUInt32BE(seconds, 8);
    packet.writeUInt32BE(fraction, 12);
    packet.writeUInt32BE(sent.timestamp, 16);
    packet.writeUInt32BE(sent.packets >>> 0, 20);
    packet.writeUInt32BE(sent.octets >>> 0, 24);
  }
  if (heard !== undefined) {
    packet.writeUInt32BE(heard.ssrc, info);
    packet[info + 4] = heard.fractionLost;
    packet.writeUIntBE(heard.lost, info + 5, 3);
    packet.writeUInt32BE(heard.highest, info + 8);
    packet.writeUInt32BE(heard.jitter >>> 0, info + 12);
    packet.writeUInt32BE(lastReport?.time ?? 0, info + 16);
    packet.writeUInt32BE(Math.round((65_536 * (lastReport?.agoMs ?? 0)) / 1_000) >>> 0, info + 20);
  }
  packet[report] = 0x81;
  packet[report + 1] = 202;
  packet.writeUInt16BE(chunk / 4, report + 2);
  packet.writeUInt32BE(ssrc, report + 4);
  packet[report + 8] = 1;
  packet[report + 9] = name.length;
  packet.write(name, report + 10, 'latin1');
  return packet;
}

/** Wall time as NTP writes it: seconds since 1900 and 2^32ths of one. */
export function ntp(at: number): readonly [seconds: number, fraction: number] {
  const seconds = Math.floor(at / 1_000);
  return [(seconds + NTP_TO_UNIX_S) % 2 ** 32, Math.floor(((at - 1_000 * seconds) / 1_000) * 2 ** 32)];
}
