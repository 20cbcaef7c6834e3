import type { RemoteInfo } from 'node:dgram';
import type { Clock, Endpoint, Random } from '@vats/kernel';
import type { Recorder, Side } from '../recording/recorder.ts';
import { SILENCE } from '../rtp/g711.ts';
import { KeyReader } from '../rtp/key-reader.ts';
import type { KeyPress } from '../rtp/key-writer.ts';
import {
  looksLikeRtcp,
  NOT_RTP,
  rtpHeaderEnd,
  rtpPayloadAt,
  rtpPayloadEnd,
  rtpPayloadType,
  rtpSequence,
  rtpSsrc,
  rtpTimestamp,
} from '../rtp/packet.ts';
import { SourceLock } from '../rtp/source-lock.ts';
import { StreamQuality } from '../rtp/stream-quality.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { Law } from '../sdp/codec.ts';
import type { Conversion } from '../sdp/conversion.ts';
import { type LegMedia, type PayloadTypeMap, TOLD } from '../sdp/leg-media.ts';
import { SrtpLeg } from '../srtp/srtp-leg.ts';
import type { SrtpFault } from '../srtp/srtp-receiver.ts';
import type { BoundPair, PairUser } from './bound-pair.ts';
import { canonical, canonicalEndpoint } from './canonical-address.ts';
import { ConvertedSound } from './converted-sound.ts';
import type { WatchedLeg } from './hearing-watch.ts';
import { KeyListener, type KeySources } from './key-listener.ts';
import { LegOutput } from './leg-output.ts';
import { LegRtcp } from './leg-rtcp.ts';
import type { LegUser, PacketTally } from './leg-user.ts';
import { type LegStatistics, noPackets } from './media-plane.ts';
import type { MixedRooms } from './mixed-room.ts';
import { leavingPayloadTypes, type Passage, RelayedSound } from './passage.ts';
import type { ReadingRounds } from './reading-rounds.ts';
import { Member } from './room-member.ts';
import type { RoomOrder } from './room-order.ts';
import { ToneEar, type ToneSources } from './tone-ear.ts';

/** No codec of telephony sends more often (2.5 ms frames send 400 a second): a flood, or a loop. */
const MAX_PACKETS_A_SECOND = 1_000;

/**
 * One leg's end of the relay: what arrives on its pair and is its peer's is counted, recorded, and goes into the passage to whoever
 * hears it. What its peer hears leaves by `output`. Nothing is allocated per packet here.
 */
export class RelayLeg implements PairUser, WatchedLeg {
  readonly name: string;
  readonly pair: BoundPair;
  /** What its peer hears. */
  readonly output: LegOutput;
  readonly rtcp: LegRtcp;
  /** When RTP of the peer's arrived last; -Infinity before any did. */
  heardAt = Number.NEGATIVE_INFINITY;
  held = false;
  #hasSound = true;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #user: LegUser;
  readonly #tally: PacketTally;
  readonly #rounds: ReadingRounds;
  readonly #lock: SourceLock;
  readonly #quality = new StreamQuality();
  readonly #rtp = noPackets();
  readonly #rtcpCounts = noPackets();
  #signalling: string;
  #claimed: Endpoint | undefined;
  /** The keys that the leg ever had; they stay, so that none of ours is begun anew. */
  #keys: SrtpLeg | undefined;
  /** `#keys` while the leg is encrypted. */
  #srtp: SrtpLeg | undefined;
  #locksSeen = 0;
  #thisSecond = 0;
  #passage: Passage | undefined;
  /** Where the leg has its keys as tones. */
  #ear: ToneEar | undefined;
  /** By payload type, in Hz. */
  #clockRates = USUAL_CLOCK_RATES;
  #lastPayloadType = 0;
  /** Who spoke last without being the leg's peer; port 0: nobody did. */
  #strangerAddress = '';
  #strangerPort = 0;
  /** Where the leg's keys are told; it stays, so that an event under way when the legs are joined anew is still one. */
  #keyReader: KeyReader | undefined;
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
    rounds: ReadingRounds;
  }) {
    this.name = options.name;
    this.pair = options.pair;
    this.#clock = options.clock;
    this.#user = options.user;
    this.#tally = options.tally;
    this.#rounds = options.rounds;
    this.#signalling = canonical(options.signalling);
    this.#lock = new SourceLock(this.#signalling);
    const { clock, pair, random } = options;
    this.#random = random;
    this.output = new LegOutput({ clock, random, pair, rtp: this.#rtp, rtcp: this.#rtcpCounts });
    const counts = this.#rtcpCounts;
    this.rtcp = new LegRtcp({ leg: this, clock, random, lock: this.#lock, quality: this.#quality, counts });
    this.pair.user = this;
  }

  update(media: LegMedia, newOffer: boolean, signalling: string | undefined): void {
    if (signalling !== undefined) this.#signalling = canonical(signalling);
    this.#claimed = media.claimed && canonicalEndpoint(media.claimed);
    this.output.receives = media.receives;
    this.output.stream.clockRates = media.clockRates;
    this.held = media.held;
    this.#hasSound = media.noSound !== true;
    this.output.muxes = media.rtcpMux === true;
    this.#clockRates = USUAL_CLOCK_RATES;
    if (media.clockRates.length > 0) {
      this.#clockRates = USUAL_CLOCK_RATES.slice();
      for (const [payloadType, rate] of media.clockRates) this.#clockRates[payloadType] = rate;
    }
    this.#laws = [];
    for (const [payloadType, law] of media.laws) this.#laws[payloadType] = law;
    const now = this.#clock.monotonic();
    this.#protect(media.srtp, now);
    this.#lock.describe(this.#claimed, this.#signalling, newOffer, now);
    this.rtcp.describe(media.claimedRtcp);
    if (newOffer || !this.#lock.locked) this.pair.disconnect();
    this.#aim();
  }

  // What was heard in clear proves nothing about who will be heard with the keys.
  #protect(srtp: LegMedia['srtp'], now: number): void {
    if (srtp === undefined) {
      this.#srtp = undefined;
    } else {
      if (this.#srtp === undefined) this.#lock.forget();
      this.#keys ??= new SrtpLeg();
      this.#srtp = this.#keys;
      this.#srtp.update(srtp, now);
    }
    this.output.srtp = this.#srtp;
  }

  /** From now on `by` hears this leg, with payload types rewritten by `map`, and converted where that is needed. */
  join(by: RelayLeg, map: PayloadTypeMap, conversion?: Conversion): void {
    const rates = new Map<number, number>();
    for (const [arriving, leaving, clockRate] of map) {
      if (leaving === TOLD && clockRate !== undefined) rates.set(arriving, clockRate);
    }
    if (rates.size > 0) this.#readKeys(rates);
    const former = this.#passage;
    const keys = this.#keyReader;
    if (conversion === undefined) {
      this.#passage = new RelayedSound(this, by, leavingPayloadTypes(map), keys);
    } else if (former instanceof ConvertedSound && former.isTheSame(by, conversion)) {
      former.remap(map, keys);
      return;
    } else {
      const [clock, random] = [this.#clock, this.#random];
      this.#passage = new ConvertedSound({ to: by, map, keys, conversion, clock, random });
    }
    former?.close?.();
  }

  /** Nobody hears this leg from now on. */
  part(): void {
    this.#passage?.close?.();
    this.#passage = undefined;
  }

  /** From now on keys in the leg's sound are told; no sources: no more. It stays through all changes of who hears the leg. */
  hearTones(sources: ToneSources): void {
    this.#ear?.close();
    const pressed = (key: DtmfKey, ms: number) => this.#user.onKey(this, key, ms);
    this.#ear = sources.length === 0 ? undefined : new ToneEar(sources, this.#clock, pressed);
  }

  /** Nobody hears this leg, but its keys are told. */
  listen(sources: KeySources): void {
    this.part();
    if (sources.events.length > 0) this.#readKeys(new Map(sources.events));
    const pressed = (key: DtmfKey, ms: number) => this.#user.onKey(this, key, ms);
    this.#passage = new KeyListener(sources, this.#keyReader, this.#clock, pressed);
  }

  /** Takes part in a room; false when there is no place. */
  enter(rooms: MixedRooms, order: RoomOrder, speaks: () => void): boolean {
    this.part();
    if (order.events.length > 0) this.#readKeys(new Map(order.events));
    this.#passage = rooms.enter(this, order, this.#keyReader, speaks);
    return this.#passage !== undefined;
  }

  /** While it is in a room. */
  get member(): Member | undefined {
    return this.#passage instanceof Member ? this.#passage : undefined;
  }

  /** Nothing happens when it is joined to another meanwhile. */
  stopListening(): void {
    if (this.#passage instanceof KeyListener) this.part();
  }

  #readKeys(rates: ReadonlyMap<number, number>): void {
    this.#keyReader ??= new KeyReader(this.#clock, (key, ms) => this.#user.onKey(this, key, ms));
    this.#keyReader.rates = rates;
  }

  /** Sends a key press to this leg's peer, in the stream that it hears. */
  sendDigit(press: KeyPress): void {
    this.output.press(press);
  }

  close(): void {
    this.part();
    this.#ear?.close();
    this.#keyReader?.close();
    this.output.close();
  }

  /** Whether anybody is to hear this leg. */
  get speaks(): boolean {
    return this.#passage !== undefined && this.#hasSound;
  }

  get restsBySaying(): boolean {
    return this.#lastPayloadType === COMFORT_NOISE;
  }

  /** Who spoke last on the leg's port without being believed to be its peer. */
  get stranger(): Endpoint | undefined {
    return this.#strangerPort === 0 ? undefined : { address: this.#strangerAddress, port: this.#strangerPort };
  }

  get claimed(): Endpoint | undefined {
    return this.#claimed;
  }

  /** Where what the leg says goes. */
  get passage(): Passage | undefined {
    return this.#passage;
  }

  /** Counts a packet that is no sound; true when more came this second than a leg may send. */
  isOneTooMany(): boolean {
    return ++this.#thisSecond > MAX_PACKETS_A_SECOND;
  }

  /** The one leg that hears this one. */
  get heardBy(): RelayLeg | undefined {
    return this.#passage?.to;
  }

  record(recorder: Recorder | undefined, side: Side): void {
    this.#recorder = recorder;
    this.#side = side;
  }

  onRtp(datagram: Buffer, from: RemoteInfo): void {
    this.#tally.packets++;
    const statistics = this.#rtp;
    if (looksLikeRtcp(datagram)) {
      this.rtcp.hearMultiplexed(datagram, from);
      return;
    }
    const now = this.#clock.monotonic();
    const srtp = this.#srtp;
    const packet = srtp === undefined ? datagram : this.#openRtp(srtp, datagram, from, now);
    if (typeof packet === 'string') {
      statistics[packet]++;
      return;
    }
    const payloadAt = rtpPayloadAt(packet);
    if (payloadAt === NOT_RTP) {
      statistics.malformed++;
      return;
    }
    const ssrc = rtpSsrc(packet);
    const sequence = rtpSequence(packet);
    if (!this.#lock.accepts(from.address, from.port, ssrc, sequence, now)) {
      statistics.foreign++;
      this.#noteStranger(from);
      return;
    }
    srtp?.taken();
    if (this.#lock.locks !== this.#locksSeen) this.#learned();
    if (++this.#thisSecond > MAX_PACKETS_A_SECOND) {
      statistics.excess++;
      return;
    }
    this.heardAt = now;
    statistics.packets++;
    statistics.octets += datagram.length;
    const payloadType = rtpPayloadType(packet);
    this.#lastPayloadType = payloadType;
    this.#quality.saw(ssrc, sequence, rtpTimestamp(packet), this.#clockRates[payloadType]!, now);

    const passage = this.#passage;
    const inKey = this.#ear?.hear(payloadType, packet, payloadAt) === true;
    // The recording holds what the other side could hear: nobody is overheard while on hold, or muted in a room.
    if (this.#recorder !== undefined && passage?.to?.output.receives !== false && passage?.isUnheard !== true) {
      const law = this.#laws[payloadType];
      if (law !== undefined) this.#recorder.hear(this.#side, law, packet, payloadAt, rtpPayloadEnd(packet), now);
    }
    // Whoever is told of a key must not hear it as well, or it would count twice there.
    if (inKey && !this.#hush(packet, payloadAt, payloadType)) return;
    if (passage !== undefined && !passage.hear(packet, payloadAt)) statistics.unmapped++;
  }

  onRtcp(datagram: Buffer, from: RemoteInfo): void {
    this.#tally.packets++;
    this.rtcp.hear(datagram, from);
  }

  onFault(error: unknown): void {
    this.#user.fail(error);
  }

  /** To be called once a second. */
  tick(now: number): void {
    const packets = this.#thisSecond;
    this.#thisSecond = 0;
    if (this.pair.connected) {
      if (this.#lock.isSilent(now)) this.pair.disconnect();
      else this.pair.readInRounds(this.#rounds, packets);
    } else if (this.#lock.isSettled(now) && !this.#lock.isSilent(now)) {
      this.pair.connect(this.#lock.observed!);
    }
    this.rtcp.report(now);
  }

  statistics(): LegStatistics {
    return {
      leg: this.name,
      claimed: this.#claimed,
      observed: this.#lock.observed,
      rtp: { ...this.#rtp, lost: this.#quality.lost },
      rtcp: { ...this.#rtcpCounts },
      quality: this.rtcp.qualityNow(this.#rtp.packets),
    };
  }

  // Judging a tag costs far more than looking where a packet is from, and the header that the lock asks for is sent in clear.
  #openRtp(srtp: SrtpLeg, datagram: Buffer, from: RemoteInfo, now: number): Buffer | SrtpFault | 'foreign' {
    if (rtpHeaderEnd(datagram, datagram.length) === NOT_RTP) return 'malformed';
    const may = this.#lock.mayAccept(from.address, from.port, rtpSsrc(datagram), rtpSequence(datagram), now);
    if (may) return srtp.openRtp(datagram, now);
    this.#noteStranger(from);
    return 'foreign';
  }

  #noteStranger(from: RemoteInfo): void {
    this.#strangerAddress = from.address;
    this.#strangerPort = from.port;
  }

  /** Makes silence of a packet; false where that can only be done by leaving it out. */
  #hush(packet: Buffer, payloadAt: number, payloadType: number): boolean {
    const law = this.#laws[payloadType];
    if (law !== undefined) packet.fill(SILENCE[law], payloadAt, rtpPayloadEnd(packet));
    return law !== undefined;
  }

  #learned(): void {
    this.#locksSeen = this.#lock.locks;
    this.pair.disconnect();
    this.#aim();
    this.#user.onLearned(this, this.#lock.observed!);
  }

  #aim(): void {
    this.output.aim(this.#lock.observed ?? this.#claimed);
  }
}

/** RFC 3389. */
const COMFORT_NOISE = 13;
/** Shared by all legs that have no other. */
const USUAL_CLOCK_RATES = new Uint32Array(128).fill(8_000);
