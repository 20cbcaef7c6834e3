import type { RemoteInfo } from 'node:dgram';
import type { Clock, Endpoint, Random } from '@vats/kernel';
import type { Recorder, Side } from '../recording/recorder.ts';
import { KeyReader } from '../rtp/key-reader.ts';
import { type KeyPress, KeyWriter } from '../rtp/key-writer.ts';
import {
  isRtcp,
  looksLikeRtcp,
  NOT_RTP,
  rtpPayloadAt,
  rtpPayloadEnd,
  rtpPayloadType,
  rtpSequence,
  rtpSsrc,
  setRtpPayloadType,
} from '../rtp/packet.ts';
import { RtcpSource } from '../rtp/rtcp-source.ts';
import { SequenceCounter } from '../rtp/sequence-counter.ts';
import { SourceLock } from '../rtp/source-lock.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { Law } from '../sdp/codec.ts';
import { type LegMedia, type PayloadTypeMap, TOLD } from '../sdp/leg-media.ts';
import type { BoundPair, PairUser } from './bound-pair.ts';
import { canonical, canonicalEndpoint } from './canonical-address.ts';
import { type LegStatistics, noPackets, type StreamStatistics } from './media-plane.ts';

/** No codec of telephony sends more often (2.5 ms frames send 400 a second): a flood, or a loop. */
const MAX_PACKETS_A_SECOND = 1_000;

/** What a leg tells the call that it belongs to. */
export interface LegUser {
  onLearned(leg: RelayLeg, observed: Endpoint): void;
  /** A key of an event that goes no further. */
  onKey(leg: RelayLeg, key: DtmfKey, milliseconds: number): void;
  fail(error: unknown): void;
}

/** Counts every packet that a worker received, for its wake-ups. */
export interface PacketTally {
  packets: number;
}

/**
 * One leg's end of the relay: what arrives on its pair and is its peer's goes to the leg that hears it, in the very
 * buffer that it came in. Nothing is allocated per packet here.
 */
export class RelayLeg implements PairUser {
  readonly name: string;
  readonly pair: BoundPair;
  /** When RTP of the peer's arrived last; -Infinity before any did. */
  heardAt = Number.NEGATIVE_INFINITY;
  held = false;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #user: LegUser;
  readonly #tally: PacketTally;
  readonly #lock: SourceLock;
  readonly #rtcpSource: RtcpSource;
  readonly #sequences = new SequenceCounter();
  readonly #rtp = noPackets();
  readonly #rtcp = noPackets();
  #signalling: string;
  #claimed: Endpoint | undefined;
  #receives = true;
  #locksSeen = 0;
  #thisSecond = 0;
  /** Where RTP goes; port 0 is nowhere yet. */
  #toAddress = '';
  #toPort = 0;
  #heardBy: RelayLeg | undefined;
  #payloadTypes = UNCHANGED;
  /** Where the leg's keys are told; it stays, so that an event under way when the legs are joined anew is still one. */
  #keyReader: KeyReader | undefined;
  /** Where keys may be put into what the leg hears; it stays, as its numbering goes on. */
  #keyWriter: KeyWriter | undefined;
  #recorder: Recorder | undefined;
  #side: Side = 'left';
  #laws: (Law | undefined)[] = [];

  constructor(options: {
    name: string;
    pair: BoundPair;
    signalling: string;
    clock: Clock;
    random: Random;
    user: LegUser;
    tally: PacketTally;
  }) {
    this.name = options.name;
    this.pair = options.pair;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#user = options.user;
    this.#tally = options.tally;
    this.#signalling = canonical(options.signalling);
    this.#lock = new SourceLock(this.#signalling);
    this.#rtcpSource = new RtcpSource(this.#lock);
    this.pair.user = this;
  }

  update(media: LegMedia, newOffer: boolean, signalling: string | undefined): void {
    if (signalling !== undefined) this.#signalling = canonical(signalling);
    this.#claimed = media.claimed && canonicalEndpoint(media.claimed);
    this.#receives = media.receives;
    this.held = media.held;
    this.#laws = [];
    for (const [payloadType, law] of media.laws) this.#laws[payloadType] = law;
    this.#lock.describe(this.#claimed, this.#signalling, newOffer, this.#clock.monotonic());
    this.#rtcpSource.describe(media.claimedRtcp && canonicalEndpoint(media.claimedRtcp));
    if (newOffer || !this.#lock.locked) this.pair.disconnect();
    this.#aim();
  }

  /** From now on `by` hears this leg, with payload types rewritten by `map`; undefined: nobody does. */
  join(by: RelayLeg | undefined, map: PayloadTypeMap): void {
    this.#heardBy = by;
    this.#payloadTypes = map.length === 0 ? UNCHANGED : UNCHANGED.slice();
    const rates = new Map<number, number>();
    for (const [arriving, leaving, clockRate] of map) {
      this.#payloadTypes[arriving] = leaving;
      if (leaving === TOLD && clockRate !== undefined) rates.set(arriving, clockRate);
    }
    if (rates.size === 0) return;
    this.#keyReader ??= new KeyReader(this.#clock, (key, ms) => this.#user.onKey(this, key, ms));
    this.#keyReader.rates = rates;
    // Whose keys are told to the other side will be told that side's: from its first packet on its numbers are known.
    this.#writesKeys();
  }

  /** Sends a key press to this leg's peer, in the stream that it hears. */
  sendDigit(press: KeyPress): void {
    this.#writesKeys().press(press);
  }

  close(): void {
    this.#keyReader?.close();
    this.#keyWriter?.close();
  }

  #writesKeys(): KeyWriter {
    this.#keyWriter ??= new KeyWriter({
      clock: this.#clock,
      random: this.#random,
      send: (packet) => this.#sendOwn(packet),
    });
    return this.#keyWriter;
  }

  get heardBy(): RelayLeg | undefined {
    return this.#heardBy;
  }

  record(recorder: Recorder | undefined, side: Side): void {
    this.#recorder = recorder;
    this.#side = side;
  }

  onRtp(packet: Buffer, from: RemoteInfo): void {
    this.#tally.packets++;
    const statistics = this.#rtp;
    if (looksLikeRtcp(packet)) {
      this.#onMultiplexedRtcp(packet, from);
      return;
    }
    const payloadAt = rtpPayloadAt(packet);
    if (payloadAt === NOT_RTP) {
      statistics.malformed++;
      return;
    }
    const ssrc = rtpSsrc(packet);
    const sequence = rtpSequence(packet);
    const now = this.#clock.monotonic();
    if (!this.#lock.accepts(from.address, from.port, ssrc, sequence, now)) {
      statistics.foreign++;
      return;
    }
    if (this.#lock.locks !== this.#locksSeen) this.#learned();
    if (++this.#thisSecond > MAX_PACKETS_A_SECOND) {
      statistics.excess++;
      return;
    }
    this.heardAt = now;
    statistics.packets++;
    statistics.octets += packet.length;
    this.#sequences.saw(ssrc, sequence);

    const to = this.#heardBy;
    const payloadType = rtpPayloadType(packet);
    // The recording holds what the other side could hear: nobody is overheard while on hold.
    if (this.#recorder !== undefined && (to === undefined || to.#receives)) {
      const law = this.#laws[payloadType];
      if (law !== undefined) this.#recorder.hear(this.#side, law, packet, payloadAt, rtpPayloadEnd(packet));
    }
    if (to === undefined) return;
    const leaving = this.#payloadTypes[payloadType]!;
    if (leaving < 0) {
      if (leaving === TOLD) this.#keyReader?.hear(packet, payloadAt);
      else statistics.unmapped++;
      return;
    }
    if (leaving !== payloadType) setRtpPayloadType(packet, leaving);
    to.#send(packet);
  }

  onRtcp(packet: Buffer, from: RemoteInfo): void {
    this.#tally.packets++;
    if (!isRtcp(packet)) {
      this.#rtcp.malformed++;
    } else if (this.#rtcpSource.accepts(from.address, from.port, this.#clock.monotonic())) {
      this.#passRtcp(packet);
    } else {
      this.#rtcp.foreign++;
    }
  }

  onFault(error: unknown): void {
    this.#user.fail(error);
  }

  /** To be called once a second. */
  tick(now: number): void {
    this.#thisSecond = 0;
    if (this.pair.connected) {
      if (this.#lock.isSilent(now)) this.pair.disconnect();
    } else if (this.#lock.isSettled(now) && !this.#lock.isSilent(now)) {
      this.pair.connect(this.#lock.observed!);
    }
  }

  statistics(): LegStatistics {
    return {
      leg: this.name,
      claimed: this.#claimed,
      observed: this.#lock.observed,
      rtp: { ...this.#rtp, lost: this.#sequences.lost },
      rtcp: { ...this.#rtcp },
    };
  }

  #send(packet: Buffer): void {
    if (this.#keyWriter !== undefined) this.#keyWriter.pass(packet);
    this.#sendOwn(packet);
  }

  #sendOwn(packet: Buffer): void {
    if (!this.#receives || this.#toPort === 0) return;
    this.pair.sendRtp(packet, this.#toPort, this.#toAddress);
    sent(this.#rtp, packet);
  }

  // A peer that sends RTCP to the RTP port although we never agreed to that (RFC 5761): understood, but nothing is learned.
  #onMultiplexedRtcp(packet: Buffer, from: RemoteInfo): void {
    const observed = this.#lock.observed;
    if (!isRtcp(packet)) this.#rtcp.malformed++;
    else if (observed?.port === from.port && observed.address === from.address) this.#passRtcp(packet);
    else this.#rtcp.foreign++;
  }

  #passRtcp(packet: Buffer): void {
    if (++this.#thisSecond > MAX_PACKETS_A_SECOND) {
      this.#rtcp.excess++;
      return;
    }
    this.#rtcp.packets++;
    this.#rtcp.octets += packet.length;
    const to = this.#heardBy;
    if (to === undefined || to === this) return; // its own reports would tell an echoing phone nonsense
    const destination = to.#rtcpSource.destination;
    if (destination === undefined) return;
    to.pair.sendRtcp(packet, destination);
    sent(to.#rtcp, packet);
  }

  #learned(): void {
    this.#locksSeen = this.#lock.locks;
    this.pair.disconnect();
    this.#aim();
    this.#user.onLearned(this, this.#lock.observed!);
  }

  #aim(): void {
    const to = this.#lock.observed ?? this.#claimed;
    this.#toAddress = to?.address ?? '';
    this.#toPort = to?.port ?? 0;
  }
}

function sent(statistics: StreamStatistics, packet: Buffer): void {
  statistics.sentPackets++;
  statistics.sentOctets += packet.length;
}

/** By payload type as it arrives: as it leaves. Shared by all legs that rewrite none. */
const UNCHANGED = Int8Array.from({ length: 128 }, (_, payloadType) => payloadType);
