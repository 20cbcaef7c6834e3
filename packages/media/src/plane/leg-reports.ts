import type { Clock, Random } from '@vats/kernel';
import { PeerReports } from '../rtp/peer-reports.ts';
import { reportBlocks, senderReportTime } from '../rtp/read-reports.ts';
import type { StreamQuality } from '../rtp/stream-quality.ts';
import { ntp, writeReport } from '../rtp/write-report.ts';
import type { LegOutput } from './leg-output.ts';

/** Between reports of our own (RFC 3550 §6.2, for two). */
const OWN_EVERY_MS = 5_000;
/** Where the other side's reports are passed on, ours take their place once they have not come for so long. */
const PASSED_EVERY_MS = 12_000;
const RTP_HEADER = 12;

/**
 * RTCP of one leg: reads what its peer reports, and reports to it where nobody behind the leg does (RFC 3550 §6), so that a peer
 * hears how its sound arrives and the way to it can be timed, whoever speaks to it.
 */
export class LegReports {
  readonly peer = new PeerReports();
  readonly #clock: Clock;
  readonly #name: string;
  readonly #output: LegOutput;
  readonly #quality: StreamQuality;
  /** When the peer was last sent any. */
  #toPeerAt: number;
  #sentPackets = 0;
  #lastReport: { readonly time: number; readonly at: number } | undefined;

  constructor(options: { clock: Clock; random: Random; output: LegOutput; quality: StreamQuality }) {
    this.#clock = options.clock;
    this.#output = options.output;
    this.#quality = options.quality;
    this.#name = options.random.below(2 ** 32).toString(36);
    this.#toPeerAt = this.#clock.monotonic();
  }

  /** A compound came from the peer. */
  heard(packet: Buffer): void {
    const now = this.#clock.monotonic();
    const time = senderReportTime(packet);
    if (time !== undefined) this.#lastReport = { time, at: now };
    const { ssrc, clockRate } = this.#output.stream;
    for (const block of reportBlocks(packet)) if (block.ssrc === ssrc) this.peer.heard(block, clockRate, now);
  }

  /** A compound of the other side's went to the peer. */
  passed(packet: Buffer): void {
    this.#toPeerAt = this.#clock.monotonic();
    const time = senderReportTime(packet);
    if (time !== undefined) this.peer.sent(time, this.#toPeerAt);
  }

  /** What to send to the peer now, if anything. To be called once a second. */
  due(now: number, othersAreHeard: boolean): Buffer | undefined {
    if (now - this.#toPeerAt < (othersAreHeard ? PASSED_EVERY_MS : OWN_EVERY_MS)) return undefined;
    const { stream, sentPackets, sentOctets } = this.#output;
    const heard = this.#quality.report();
    const hasSent = sentPackets > this.#sentPackets;
    if (!hasSent && heard === undefined) return undefined;
    this.#toPeerAt = now;
    this.#sentPackets = sentPackets;
    const at = this.#clock.now();
    const timestamp = stream.timestampNow(stream.clockRate);
    if (hasSent) this.peer.sent(middle(ntp(at)), now);
    const last = this.#lastReport;
    return writeReport({
      ssrc: stream.ssrc ?? 0,
      name: this.#name,
      sent: hasSent
        ? { at, timestamp, packets: sentPackets, octets: sentOctets - RTP_HEADER * sentPackets }
        : undefined,
      heard,
      lastReport: last && { time: last.time, agoMs: now - last.at },
    });
  }
}

function middle([seconds, fraction]: readonly [number, number]): number {
  return ((seconds & 0xffff) * 0x1_0000 + Math.floor(fraction / 0x1_0000)) >>> 0;
}
