import type { ReportBlock } from './read-reports.ts';

/** Reports of ours that an answer may still speak of: more than a peer leaves out. */
const KEPT = 4;
/** No path takes longer; what says so has misread the report. */
const LONGEST_ROUND_TRIP_MS = 10_000;

/** What a peer says of the sound that it gets. */
export interface PeerReception {
  /** Packets that it missed. */
  readonly lost: number;
  /** The most that it missed of what was sent between two of its reports, 0 to 1. */
  readonly worstLoss: number;
  readonly jitterMs: number;
}

/**
 * Gathers what a leg's peer reports about the stream that it hears, and the way there and back: a report names the sender report
 * that came last and how long that was ago (RFC 3550 §6.4.1).
 */
export class PeerReports {
  #sent: { readonly time: number; readonly at: number }[] = [];
  #reception: PeerReception | undefined;
  #roundTripMs: number | undefined;

  /** A sender report with this NTP time (its middle 32 bits) went to the peer. */
  sent(time: number, now: number): void {
    this.#sent.push({ time, at: now });
    if (this.#sent.length > KEPT) this.#sent.shift();
  }

  /** The peer said this of the stream that it hears, whose clock is `clockRate`. */
  heard(
    { lost, fractionLost, jitter, lastReport, sinceLastReportMs }: ReportBlock,
    clockRate: number,
    now: number,
  ): void {
    this.#reception = {
      lost: Math.max(0, lost),
      worstLoss: Math.max(this.#reception?.worstLoss ?? 0, fractionLost),
      jitterMs: (1_000 * jitter) / clockRate,
    };
    const report = this.#sent.find(({ time }) => time === lastReport);
    if (report === undefined || lastReport === 0) return;
    const roundTripMs = now - report.at - sinceLastReportMs;
    // Clocks differ a little, so a short way may come out below nothing.
    if (roundTripMs > -50 && roundTripMs < LONGEST_ROUND_TRIP_MS) this.#roundTripMs = Math.max(0, roundTripMs);
  }

  /** Undefined before the peer reported. */
  get reception(): PeerReception | undefined {
    return this.#reception;
  }

  /** There and back, of the last report that tells it. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }
}
