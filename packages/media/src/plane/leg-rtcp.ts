import type { RemoteInfo } from 'node:dgram';
import type { Clock, Endpoint, Random } from '@vats/kernel';
import { opinionScore } from '../rtp/opinion-score.ts';
import { isRtcp } from '../rtp/packet.ts';
import { RtcpSource } from '../rtp/rtcp-source.ts';
import type { SourceLock } from '../rtp/source-lock.ts';
import type { StreamQuality } from '../rtp/stream-quality.ts';
import { translateReports } from '../rtp/translate-reports.ts';
import { canonicalEndpoint } from './canonical-address.ts';
import { LegReports } from './leg-reports.ts';
import type { LegQuality, StreamStatistics } from './media-plane.ts';
import type { RelayLeg } from './relay-leg.ts';

/** RTCP of one leg: whose it is, and that it passes to whoever hears the leg, or is made here where it doesn't come. */
export class LegRtcp {
  readonly #leg: RelayLeg;
  readonly #clock: Clock;
  readonly #lock: SourceLock;
  readonly #source: RtcpSource;
  readonly #quality: StreamQuality;
  readonly #reports: LegReports;
  readonly #counts: StreamStatistics;

  /** `counts`: of what comes; `quality`: of the sound that comes. */
  constructor(options: {
    leg: RelayLeg;
    clock: Clock;
    random: Random;
    lock: SourceLock;
    quality: StreamQuality;
    counts: StreamStatistics;
  }) {
    const { leg, clock, random, lock, quality, counts } = options;
    this.#leg = leg;
    this.#clock = clock;
    this.#lock = lock;
    this.#source = new RtcpSource(lock);
    this.#quality = quality;
    this.#reports = new LegReports({ clock, random, output: leg.output, quality });
    this.#counts = counts;
  }

  /** @param claimed where the leg's description says that RTCP is */
  describe(claimed: Endpoint | undefined): void {
    this.#source.describe(claimed && canonicalEndpoint(claimed));
  }

  /** A datagram on the port that RTCP has of its own. */
  hear(datagram: Buffer, from: RemoteInfo): void {
    const now = this.#clock.monotonic();
    const isPeers = this.#source.mayAccept(from.address, from.port, now);
    const packet = this.#open(datagram, isPeers, now);
    if (packet === undefined) return;
    this.#source.accepts(from.address, from.port, now);
    this.#pass(packet, datagram.length);
  }

  /**
   * RTCP on the RTP port (RFC 5761), agreed on or not: nothing is learned from it. Until RTP was heard it is believed from where RTP would
   * be, if it was agreed on.
   */
  hearMultiplexed(datagram: Buffer, from: RemoteInfo): void {
    const observed = this.#lock.observed;
    const isPeers =
      observed === undefined
        ? this.#leg.output.muxes && this.#lock.believes(from.address)
        : observed.port === from.port && observed.address === from.address;
    const packet = this.#open(datagram, isPeers, this.#clock.monotonic());
    if (packet !== undefined) this.#pass(packet, datagram.length);
  }

  /** Where the other side's reports don't come, or speak of other streams, the leg gets ours. To be called once a second. */
  report(now: number): void {
    const destination = this.#destination;
    if (destination === undefined) return;
    const { output, passage } = this.#leg;
    const way = passage?.to?.passage;
    const othersAreHeard = way?.to === this.#leg && way.passesReports && !output.playing;
    const packet = this.#reports.due(now, othersAreHeard);
    if (packet !== undefined) output.sendRtcp(packet, destination);
  }

  /** How the leg's sound arrives, and what its peer reports of ours. @param packets of sound that came */
  qualityNow(packets: number): LegQuality {
    const { lost, jitterMs, greatestJitterMs, duplicates, reordered } = this.#quality;
    const { reception, roundTripMs } = this.#reports.peer;
    return {
      jitterMs,
      greatestJitterMs,
      duplicates,
      reordered,
      score: packets === 0 ? undefined : opinionScore({ loss: lost / (lost + packets), jitterMs, roundTripMs }),
      roundTripMs,
      reported: reception,
    };
  }

  /** Undefined for what is no RTCP of the peer's, which is counted. */
  #open(datagram: Buffer, isPeers: boolean, now: number): Buffer | undefined {
    const { srtp } = this.#leg.output;
    const packet = srtp === undefined ? datagram : isPeers ? srtp.openRtcp(datagram, now) : 'foreign';
    if (typeof packet === 'string') this.#counts[packet]++;
    else if (!isRtcp(packet)) this.#counts.malformed++;
    else if (isPeers) return packet;
    else this.#counts.foreign++;
    return undefined;
  }

  #pass(packet: Buffer, octets: number): void {
    const leg = this.#leg;
    leg.output.srtp?.taken();
    if (leg.isOneTooMany()) {
      this.#counts.excess++;
      return;
    }
    this.#counts.packets++;
    this.#counts.octets += octets;
    this.#reports.heard(packet);
    const { passage } = leg;
    if (passage?.to === undefined || !passage.passesReports) return;
    const { output, rtcp } = passage.to;
    // What the leg hears now is the switch's own: the other side's reports speak of a stream that it doesn't hear.
    if (output.playing) return;
    const destination = rtcp.#destination;
    if (destination === undefined) return;
    const length = translateReports(packet, output.stream.renumbering, leg.output.stream.renumbering);
    if (length === 0) return;
    rtcp.#reports.passed(packet);
    output.sendRtcp(length === packet.length ? packet : packet.subarray(0, length), destination);
  }

  get #destination(): Endpoint | undefined {
    const { output, claimed } = this.#leg;
    return output.muxes ? (this.#lock.observed ?? claimed) : this.#source.destination;
  }
}
