import { formatEndpoint, type Log } from '@vats/kernel';
import {
  type DtmfKey,
  type KeyPress,
  LegDescription,
  type MediaCall,
  type MediaEvent,
  type MediaLeg,
  type OfferedCodecs,
  type SrtpPolicy,
  sessionIdFrom,
  type TonePress,
} from '@vats/media';
import type { Flow } from '@vats/sip';
import type { CallOrigin } from './call-context.ts';
import type { CallEnded, LegName, Party, UnstampedEvent } from './call-event.ts';
import { CALLER, type CallInput } from './call-state.ts';
import { JoinedLegs } from './joined-legs.ts';
import { type FarEnd, farEndOf, type Leg } from './leg.ts';
import type { LegHoldings } from './leg-holdings.ts';
import { LegStreams } from './leg-streams.ts';
import type { CallsParts } from './parts.ts';
import { mayGoOver } from './secure-call.ts';
import type { ServiceEvent } from './services.ts';
import { qualityOf, type SoundTreatment, SoundTreatments } from './sound-treatments.ts';

/** What a leg's settings say of its media. */
export interface MediaWishes {
  /** Anything unless given. */
  readonly codecs?: OfferedCodecs | undefined;
  /** `optional` unless given. */
  readonly srtp?: SrtpPolicy | undefined;
  /** Where it is `optional`: whether our offer is encrypted. */
  readonly encrypted?: boolean | undefined;
}

/** A leg on its way from one call to another, and what gives back all that is held for it. */
export interface MovedLeg {
  readonly leg: Leg;
  readonly giveBack: () => void;
}

/** What the legs of a call tell it. */
interface CallLegsUser {
  /** What is asked of the call now. */
  readonly origin: Pick<CallOrigin, 'secure'>;
  feed(input: CallInput): void;
  emit(event: UnstampedEvent): void;
  /** A key was pressed that the other side has by its signalling. */
  keyPressed(leg: LegName, key: DtmfKey, milliseconds: number): void;
  recordingEnded(event: Extract<MediaEvent, { kind: 'recording-finished' | 'recording-failed' }>): void;
  /** What the switch said to a leg has ended. */
  played(event: Extract<MediaEvent, { kind: 'played' }>): void;
  /** Something of what the switch does with the caller has come about. */
  served(event: ServiceEvent): void;
}

/** The legs of one call and the media behind them: leases, bridges, the recording, and what became of each. */
export class CallLegs {
  readonly #callId: string;
  readonly #parts: CallsParts;
  readonly #log: Log;
  readonly #user: CallLegsUser;
  readonly #holdings: LegHoldings;
  readonly #legs = new Map<LegName, Leg>();
  #media: MediaCall | undefined;
  #mediaEnded = false;
  #meets: { readonly meeting?: string; readonly beside?: MediaCall } = {};
  /** Whose conferences live where the media does; what `#meets` says may be newer. */
  #openedFor: string | undefined;
  #counts: CallEnded['media'];
  readonly #treatments = new SoundTreatments();
  readonly #joined = new JoinedLegs(() => this.#media, this.#treatments);
  #callersPlace: LegName = CALLER;

  constructor(callId: string, parts: CallsParts, log: Log, user: CallLegsUser, holdings: LegHoldings) {
    this.#callId = callId;
    this.#parts = parts;
    this.#log = log;
    this.#user = user;
    this.#holdings = holdings;
  }

  /** The leg in the caller's place: the caller's, or whom a transfer has left there. */
  get caller(): Leg | undefined {
    return this.#legs.get(this.#callersPlace);
  }

  takesCallersPlace(name: LegName): void {
    this.#callersPlace = name;
  }

  get size(): number {
    return this.#legs.size;
  }

  /** The call's media, while there is some. */
  get media(): MediaCall | undefined {
    return this.#mediaEnded ? undefined : this.#media;
  }

  /** Packets of each leg, once the media plane has closed the call. */
  get counts(): CallEnded['media'] {
    return this.#counts;
  }

  /** What is done to a leg's sound, by the last negotiation. */
  treatmentOf(name: LegName): SoundTreatment {
    return this.#treatments.of(name);
  }

  get(name: LegName): Leg | undefined {
    return this.#legs.get(name);
  }

  all(): Leg[] {
    return [...this.#legs.values()];
  }

  /** The call may come to a conference of this domain: its media is opened where that of all who meet there is. */
  mayMeet(domain: string): void {
    this.#meets = { meeting: domain };
  }

  /** Its media is opened where this one lives. */
  opensBeside(beside: MediaCall): void {
    this.#meets = { beside };
  }

  /** Leases ports for a leg; undefined when there are none. The call's media is opened with its first leg. */
  open(name: LegName, party: Party, at: FarEnd, wishes: MediaWishes): Leg | undefined {
    const { flow } = at;
    this.#mustGoOver(flow);
    const leased = this.#lease(name, flow);
    if (leased === undefined) return undefined;
    const { media, streams } = leased;
    const { random, settings } = this.#parts;
    const sessionId = sessionIdFrom(random);
    const { codecs, srtp: policy = 'optional', encrypted: offers = false } = wishes;
    const sdp = new LegDescription({
      local: media.local,
      sessionId,
      signalling: flow.observed.address,
      converts: settings.transcode,
      ports: streams,
      ...(codecs !== undefined && { codecs }),
      srtp: { policy, random, offers },
    });
    const leg: Leg = { name, party, ...farEndOf(at), media, sdp, streams, holds: false };
    this.#legs.set(name, leg);
    return leg;
  }

  /** Takes a leg out of the call, with what is held for it: another call will have it. Its ports are given back. */
  takeOut(name: LegName): MovedLeg | undefined {
    const leg = this.#legs.get(name);
    if (leg === undefined) return undefined;
    this.#legs.delete(name);
    leg.media.close();
    return { leg, giveBack: this.#holdings.takeOut(name) };
  }

  /** Takes a leg of another call in: its dialog as it is, its sound at ports of this call. Undefined when there are none. */
  adopt(name: LegName, { leg, giveBack }: MovedLeg): Leg | undefined {
    this.#mustGoOver(leg.flow);
    this.#holdings.hold(name, giveBack);
    const leased = this.#lease(name, leg.flow);
    if (leased === undefined) {
      this.#holdings.giveBack(name);
      return undefined;
    }
    const { media, streams } = leased;
    leg.sdp.move({ local: media.local, ports: streams });
    const { party, sdp, session, holds } = leg;
    const { infoPackages, recvInfo, hides } = leg;
    const moved: Leg = {
      ...{ name, party, ...farEndOf(leg), media, sdp, streams, holds },
      ...(session !== undefined && { session }),
      ...(infoPackages !== undefined && { infoPackages }),
      ...(recvInfo !== undefined && { recvInfo }),
      ...(hides !== undefined && { hides }),
    };
    this.#legs.set(name, moved);
    return moved;
  }

  /** Whether a leg of the call can hear those who are in a conference of this domain: all of a room lives in one worker. */
  meetsIn(domain: string): boolean {
    return this.#media === undefined || this.#openedFor === domain || this.#parts.media.statistics().workers <= 1;
  }

  /**
   * The call's media begins anew where those of the domain's conferences are; a recording ends. The leg, which must be the only one that
   * is left, has other ports: it is to be told so. False when there are none.
   */
  resettle(leg: Leg, domain: string): boolean {
    const former = this.#media;
    this.#media = undefined;
    this.#meets = { meeting: domain };
    const leased = this.#lease(leg.name, leg.flow);
    if (leased === undefined) {
      this.#media = former;
      return false;
    }
    leg.media.close();
    leg.media = leased.media;
    leg.streams = leased.streams;
    leg.sdp.move({ local: leased.media.local, ports: leased.streams });
    former?.close();
    return true;
  }

  /** Whoever chooses a leg's way knows what the call may go over; nothing gets past this all the same. */
  #mustGoOver({ transport }: Flow): void {
    if (!mayGoOver(this.#user.origin, transport)) throw new Error(`a leg over ${transport} in a call to a sips URI`);
  }

  #lease(name: LegName, flow: Flow): { readonly media: MediaLeg; readonly streams: LegStreams } | undefined {
    this.#media ??= this.#openMedia();
    const signalling = flow.observed.address;
    const family = signalling.includes(':') ? 6 : 4;
    const { families } = this.#parts.media;
    const advertise = this.#parts.advertisedMedia(flow);
    const media = this.#media?.openLeg(name, {
      family: families.includes(family) ? family : (families[0] ?? 4),
      signalling,
      ...(advertise === undefined ? {} : { advertise }),
    });
    if (media === undefined) return undefined;
    const { clock, settings } = this.#parts;
    const streams = new LegStreams({
      lease: (options) => this.#media?.openStream(media, options),
      clock,
      video: settings.video,
    });
    return { media, streams };
  }

  /** A leg that never talked is gone: its ports and whatever else was held for it are given back. */
  drop(name: LegName): void {
    this.#holdings.giveBack(name);
    this.#legs.get(name)?.media.close();
    this.#legs.delete(name);
  }

  /** Nobody hears the leg, and it hears nobody. */
  part(leg: Leg): void {
    this.#media?.unbridge(leg.media);
  }

  /** From now on two legs that are joined meet in this room, where others may hear them; undefined: they hear each other directly. */
  meetIn(room: string | undefined, a: Leg, b: Leg): void {
    this.#joined.meetIn(room, a, b);
  }

  /** Whether joined legs meet in a room. */
  get meet(): boolean {
    return this.#joined.meet;
  }

  /** Lets the sound through between two legs, by what their descriptions say now. */
  join(a: Leg, b: Leg): void {
    this.#joined.join(a, b);
  }

  /** Sends a leg a key as a tone. */
  sendTone(leg: Leg, press: TonePress): void {
    this.#media?.sendTone(leg.media, press);
  }

  /** Sends a leg a key as a telephone event. */
  sendDigit(leg: Leg, press: KeyPress): void {
    this.#media?.sendDigit(leg.media, press);
  }

  /** Tells the media plane what is agreed with a leg, whoever hears it. */
  describe(leg: Leg): void {
    this.#joined.describe(leg);
  }

  /** Sends a leg its own sound. */
  echo(leg: Leg): void {
    this.#joined.describe(leg);
    this.#media?.echo(leg.media);
  }

  /** The call was answered: silence and hold count from now. */
  supervise(): void {
    this.#media?.supervise();
  }

  /** Gives everything back; the call is told 'media-closed' once files are finished. */
  close(): void {
    this.#holdings.giveAllBack();
    this.#legs.clear();
    if (this.#media === undefined || this.#mediaEnded) this.#user.feed({ type: 'media-closed' });
    else this.#media.close();
  }

  #openMedia(): MediaCall | undefined {
    this.#openedFor = this.#meets.meeting;
    const opened: MediaCall | undefined = this.#parts.media.openCall(
      this.#callId,
      (event) => {
        // What the call's media was before it began anew has no say in how the call goes.
        const isFormer = opened !== undefined && opened !== this.#media;
        if (!isFormer || (event.kind !== 'closed' && event.kind !== 'lost')) this.#onMedia(event);
      },
      this.#meets,
    );
    return opened;
  }

  #onMedia(event: MediaEvent): void {
    switch (event.kind) {
      case 'learned': {
        const { claimed, observed, leg } = event;
        this.#user.emit({
          type: 'media.learned',
          leg,
          observed: formatEndpoint(observed),
          ...(claimed === undefined ? {} : { claimed: formatEndpoint(claimed) }),
        });
        return;
      }
      case 'dtmf':
        this.#user.keyPressed(event.leg, event.key, event.milliseconds);
        return;
      case 'one-way': {
        const { leg, everHeard, claimed, stranger } = event;
        this.#user.emit({
          type: 'media.oneWay',
          leg,
          everHeard,
          ...(claimed === undefined ? {} : { claimed: formatEndpoint(claimed) }),
          ...(stranger === undefined ? {} : { stranger: formatEndpoint(stranger) }),
        });
        return;
      }
      case 'silent':
        this.#user.emit({ type: 'media.silent' });
        return;
      case 'recovered':
        this.#user.emit({ type: 'media.recovered', milliseconds: Math.round(event.milliseconds) });
        return;
      case 'silence':
        this.#user.feed({ type: 'hang-up', failure: 'media-silent' });
        return;
      case 'hold-expired':
        this.#user.feed({ type: 'hang-up', failure: 'held-too-long' });
        return;
      case 'played':
        this.#user.played(event);
        return;
      case 'key':
      case 'collected':
      case 'speaking':
      case 'room-refused':
        this.#user.served(event);
        return;
      case 'recording-finished':
      case 'recording-failed':
        this.#user.recordingEnded(event);
        return;
      case 'closed':
        this.#counts = qualityOf(event.legs, this.#treatments);
        this.#mediaEnded = true;
        this.#user.feed({ type: 'media-closed' });
        return;
      case 'lost':
        this.#log.error('media.lost', { detail: event.detail });
        this.#mediaEnded = true;
        this.#user.feed({ type: 'hang-up', failure: 'internal-error' });
        this.#user.feed({ type: 'media-closed' });
        return;
    }
  }
}
