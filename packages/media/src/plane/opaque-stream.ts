import type { RemoteInfo } from 'node:dgram';
import type { Clock, Endpoint } from '@vats/kernel';
import {
  isRtcp,
  looksLikeRtcp,
  NOT_RTP,
  rtpHeaderEnd,
  rtpPayloadAt,
  rtpPayloadType,
  rtpSequence,
  rtpSsrc,
  rtpTimestamp,
} from '../rtp/packet.ts';
import { RtcpSource } from '../rtp/rtcp-source.ts';
import { SourceLock } from '../rtp/source-lock.ts';
import { StreamQuality } from '../rtp/stream-quality.ts';
import type { StreamMedia } from '../sdp/stream-media.ts';
import type { StreamTransport } from '../sdp/stream-ports.ts';
import { SrtpLeg } from '../srtp/srtp-leg.ts';
import type { SrtpFault } from '../srtp/srtp-receiver.ts';
import type { BoundPair, PairUser } from './bound-pair.ts';
import { canonical, canonicalEndpoint } from './canonical-address.ts';
import type { PacketTally } from './leg-user.ts';
import { noPackets, type StreamStatistics, type StreamTally } from './media-plane.ts';

/** A picture of a large screen is some hundreds of packets, sent at once; this is a flood, or a loop. */
const MAX_PACKETS_A_SECOND = 5_000;

/**
 * One leg's end of a stream beside its sound: video, fax (T.38 over UDPTL), text, data. What its peer sends leaves by the other leg's end as it
 * came: the two peers negotiated numbers, SSRCs and feedback with each other, so RTP and RTCP need no translation. Who the peer is, is
 * learned as for sound; each end has keys of its own. Nothing is allocated per packet of a plain stream.
 */
export class OpaqueStream implements PairUser {
  /** The leg that it belongs to. */
  readonly leg: number;
  readonly pair: BoundPair;
  /** When anything of the peer's arrived last; -Infinity before any did. */
  heardAt = Number.NEGATIVE_INFINITY;
  readonly #kind: string;
  readonly #isRtp: boolean;
  readonly #clock: Clock;
  readonly #tally: PacketTally;
  readonly #fail: (error: unknown) => void;
  readonly #signalling: string;
  readonly #lock: SourceLock;
  readonly #rtcpSource: RtcpSource;
  readonly #quality = new StreamQuality();
  readonly #rtp = noPackets();
  readonly #rtcp = noPackets();
  #claimed: Endpoint | undefined;
  #receives = true;
  #muxes = false;
  /** They stay while the stream is, so that none of ours is begun anew. */
  #keys: SrtpLeg | undefined;
  #srtp: SrtpLeg | undefined;
  #clockRates = USUAL_CLOCK_RATES;
  #to: OpaqueStream | undefined;
  #locksSeen = 0;
  #thisSecond = 0;
  /** Where it is sent; port 0 is nowhere yet. */
  #address = '';
  #port = 0;

  constructor(options: {
    leg: number;
    kind: string;
    transport: StreamTransport;
    pair: BoundPair;
    signalling: string;
    clock: Clock;
    tally: PacketTally;
    fail: (error: unknown) => void;
  }) {
    this.leg = options.leg;
    this.pair = options.pair;
    this.#kind = options.kind;
    this.#isRtp = options.transport === 'rtp';
    this.#clock = options.clock;
    this.#tally = options.tally;
    this.#fail = options.fail;
    this.#signalling = canonical(options.signalling);
    this.#lock = new SourceLock(this.#signalling);
    this.#rtcpSource = new RtcpSource(this.#lock);
    this.pair.user = this;
  }

  update(media: StreamMedia, newOffer: boolean): void {
    const now = this.#clock.monotonic();
    this.#claimed = media.claimed && canonicalEndpoint(media.claimed);
    this.#receives = media.receives;
    this.#muxes = media.rtcpMux;
    this.#clockRates = USUAL_CLOCK_RATES;
    if (media.clockRates.length > 0) {
      this.#clockRates = USUAL_CLOCK_RATES.slice();
      for (const [payloadType, rate] of media.clockRates) this.#clockRates[payloadType] = rate;
    }
    this.#protect(media.srtp, now);
    this.#lock.describe(this.#claimed, this.#signalling, newOffer, now);
    this.#rtcpSource.describe(media.claimedRtcp && canonicalEndpoint(media.claimedRtcp));
    if (newOffer || !this.#lock.locked) this.pair.disconnect();
    this.#aim();
  }

  // What was heard in clear proves nothing about who will be heard with the keys.
  #protect(srtp: StreamMedia['srtp'], now: number): void {
    if (srtp === undefined) {
      this.#srtp = undefined;
      return;
    }
    if (this.#srtp === undefined) this.#lock.forget();
    this.#keys ??= new SrtpLeg();
    this.#srtp = this.#keys;
    this.#srtp.update(srtp, now);
  }

  /** From now on what comes here goes there, and the other way. */
  join(other: OpaqueStream): void {
    if (this.#to === other) return;
    this.part();
    other.part();
    this.#to = other;
    other.#to = this;
  }

  /** What comes goes nowhere from now on, and nothing comes from the other end. */
  part(): void {
    const other = this.#to;
    this.#to = undefined;
    if (other !== undefined) other.#to = undefined;
  }

  onRtp(datagram: Buffer, from: RemoteInfo): void {
    this.#tally.packets++;
    const now = this.#clock.monotonic();
    if (!this.#isRtp) {
      if (!this.#lock.accepts(from.address, from.port, 0, 0, now)) this.#rtp.foreign++;
      else if (this.#count(this.#rtp, datagram.length, now) && this.#to !== undefined) this.#to.#send(datagram);
      return;
    }
    if (looksLikeRtcp(datagram)) {
      this.#onMultiplexedRtcp(datagram, from);
      return;
    }
    const srtp = this.#srtp;
    const packet = srtp === undefined ? datagram : this.#openRtp(srtp, datagram, from, now);
    if (typeof packet === 'string') {
      this.#rtp[packet]++;
      return;
    }
    if (rtpPayloadAt(packet) === NOT_RTP) {
      this.#rtp.malformed++;
      return;
    }
    const ssrc = rtpSsrc(packet);
    const sequence = rtpSequence(packet);
    if (!this.#lock.accepts(from.address, from.port, ssrc, sequence, now)) {
      this.#rtp.foreign++;
      return;
    }
    srtp?.taken();
    if (!this.#count(this.#rtp, datagram.length, now)) return;
    this.#quality.saw(ssrc, sequence, rtpTimestamp(packet), this.#clockRates[rtpPayloadType(packet)]!, now);
    if (this.#to !== undefined) this.#to.#send(packet);
  }

  onRtcp(datagram: Buffer, from: RemoteInfo): void {
    this.#tally.packets++;
    // Beside a stream of bare datagrams nothing is to come.
    if (!this.#isRtp) {
      this.#rtcp.foreign++;
      return;
    }
    const now = this.#clock.monotonic();
    const isPeers = this.#rtcpSource.mayAccept(from.address, from.port, now);
    const packet = this.#openRtcp(datagram, isPeers, now);
    if (packet === undefined) return;
    this.#rtcpSource.accepts(from.address, from.port, now);
    this.#passRtcp(packet, datagram.length, now);
  }

  onFault(error: unknown): void {
    this.#fail(error);
  }

  /** To be called once a second. */
  tick(now: number): void {
    this.#thisSecond = 0;
    if (!this.#isRtp) return;
    if (this.pair.connected) {
      if (this.#lock.isSilent(now)) this.pair.disconnect();
    } else if (this.#lock.isSettled(now) && !this.#lock.isSilent(now)) {
      this.pair.connect(this.#lock.observed!);
    }
  }

  statistics(): StreamTally {
    return {
      kind: this.#kind,
      claimed: this.#claimed,
      observed: this.#lock.observed,
      rtp: { ...this.#rtp, lost: this.#quality.lost },
      rtcp: { ...this.#rtcp },
      jitterMs: this.#quality.jitterMs,
    };
  }

  /** False for one too many. */
  #count(statistics: StreamStatistics, octets: number, now: number): boolean {
    if (this.#lock.locks !== this.#locksSeen) this.#learned();
    if (++this.#thisSecond > MAX_PACKETS_A_SECOND) {
      statistics.excess++;
      return false;
    }
    this.heardAt = now;
    statistics.packets++;
    statistics.octets += octets;
    return true;
  }

  // Nothing is learned from RTCP: until RTP was heard it is believed from where RTP would be, if it may come here at all.
  #onMultiplexedRtcp(datagram: Buffer, from: RemoteInfo): void {
    const now = this.#clock.monotonic();
    const observed = this.#lock.observed;
    const isPeers =
      observed === undefined
        ? this.#muxes && this.#lock.believes(from.address)
        : observed.port === from.port && observed.address === from.address;
    const packet = this.#openRtcp(datagram, isPeers, now);
    if (packet !== undefined) this.#passRtcp(packet, datagram.length, now);
  }

  // As for sound: judging a tag costs far more than looking where a packet is from.
  #openRtp(srtp: SrtpLeg, datagram: Buffer, from: RemoteInfo, now: number): Buffer | SrtpFault | 'foreign' {
    if (rtpHeaderEnd(datagram, datagram.length) === NOT_RTP) return 'malformed';
    const may = this.#lock.mayAccept(from.address, from.port, rtpSsrc(datagram), rtpSequence(datagram), now);
    return may ? srtp.openRtp(datagram, now) : 'foreign';
  }

  /** Undefined for what is no RTCP of the peer's, which is counted. */
  #openRtcp(datagram: Buffer, isPeers: boolean, now: number): Buffer | undefined {
    const srtp = this.#srtp;
    const packet = srtp === undefined ? datagram : isPeers ? srtp.openRtcp(datagram, now) : 'foreign';
    if (typeof packet === 'string') this.#rtcp[packet]++;
    else if (!isRtcp(packet)) this.#rtcp.malformed++;
    else if (isPeers) return packet;
    else this.#rtcp.foreign++;
    return undefined;
  }

  #passRtcp(packet: Buffer, octets: number, now: number): void {
    this.#srtp?.taken();
    if (this.#count(this.#rtcp, octets, now) && this.#to !== undefined) this.#to.#sendRtcp(packet);
  }

  #send(packet: Buffer): void {
    if (!this.#receives || this.#port === 0) return;
    const sealed = this.#srtp === undefined ? packet : this.#srtp.protectRtp(packet);
    if (sealed === undefined) return;
    this.pair.sendRtp(sealed, this.#port, this.#address);
    this.#rtp.sentPackets++;
    this.#rtp.sentOctets += sealed.length;
  }

  #sendRtcp(packet: Buffer): void {
    const destination = this.#muxes ? (this.#lock.observed ?? this.#claimed) : this.#rtcpSource.destination;
    const sealed = this.#srtp === undefined ? packet : this.#srtp.protectRtcp(packet);
    if (destination === undefined || sealed === undefined) return;
    if (this.#muxes) this.pair.sendRtp(sealed, destination.port, destination.address);
    else this.pair.sendRtcp(sealed, destination);
    this.#rtcp.sentPackets++;
    this.#rtcp.sentOctets += sealed.length;
  }

  #learned(): void {
    this.#locksSeen = this.#lock.locks;
    this.pair.disconnect();
    this.#aim();
  }

  #aim(): void {
    const at = this.#lock.observed ?? this.#claimed;
    this.#address = at?.address ?? '';
    this.#port = at?.port ?? 0;
  }
}

/** Of all video (RFC 3551); shared by all streams that have no other. */
const USUAL_CLOCK_RATES = new Uint32Array(128).fill(90_000);
