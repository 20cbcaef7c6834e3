import type { Clock, Endpoint, Random } from '@vats/kernel';
import type { Channel } from '../recording/note.ts';
import type { OutputFiles } from '../recording/output-file.ts';
import type { RecordingOutcome } from '../recording/recorder.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { PayloadTypeMap } from '../sdp/leg-media.ts';
import type { BoundPair } from './bound-pair.ts';
import { CallRecording, type ChannelSource, type RecordingOrder } from './call-recording.ts';
import { HearingWatch } from './hearing-watch.ts';
import { type CollectOrder, LegSound, type TonePress } from './leg-sound.ts';
import type { LegUser } from './leg-user.ts';
import type { Conversions, LegStatistics, MediaEvent } from './media-plane.ts';
import type { RecordedSource, RecordedSources } from './messages.ts';
import type { PlayOrder, Studio } from './playback.ts';
import type { RelayLeg } from './relay-leg.ts';
import type { RoomOrder } from './room-order.ts';
import { RoomVoice } from './room-voice.ts';
import { StreamsBeside } from './streams-beside.ts';
import { Supervision } from './supervision.ts';

/** A call of one worker: its legs, who hears whom, its recording, its quiet. */
export class RelayCall implements LegUser {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #studio: Studio;
  readonly #files: OutputFiles;
  readonly #limits: { readonly silenceMs: number; readonly holdMs: number };
  readonly #tell: (event: MediaEvent) => void;
  readonly #giveBack: (pair: BoundPair) => void;
  readonly #legs = new Map<number, RelayLeg>();
  readonly #streams = new StreamsBeside();
  /** Of legs to which something was played, or where keys were waited for. */
  readonly #sounds = new Map<number, LegSound>();
  readonly #closedLegs: LegStatistics[] = [];
  #recording: CallRecording<RelayLeg | RoomVoice> | undefined;
  #supervision: Supervision | undefined;
  #hearing: HearingWatch<RelayLeg> | undefined;
  #closing = false;
  #ended = false;
  #fault: string | undefined;

  constructor(options: {
    clock: Clock;
    random: Random;
    studio: Studio;
    files: OutputFiles;
    limits: { readonly silenceMs: number; readonly holdMs: number };
    /** Every event of the call; `closed` or `lost` is the last. */
    tell: (event: MediaEvent) => void;
    /** A leg or a stream was closed: its pair is free. */
    giveBack: (pair: BoundPair) => void;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#studio = options.studio;
    this.#files = options.files;
    this.#limits = options.limits;
    this.#tell = options.tell;
    this.#giveBack = options.giveBack;
  }

  addLeg(id: number, leg: RelayLeg): void {
    this.#legs.set(id, leg);
  }

  /** Streams beside the sound of its legs. */
  get streams(): StreamsBeside {
    return this.#streams;
  }

  closeStream(id: number): void {
    const stream = this.#streams.close(id);
    if (stream !== undefined) this.#giveBack(stream.pair);
  }

  /** Undefined for a leg that is closed: commands for it are late, and void. */
  leg(id: number): RelayLeg | undefined {
    return this.#legs.get(id);
  }

  bridge(
    a: RelayLeg,
    b: RelayLeg,
    ways: { readonly aToB: PayloadTypeMap; readonly bToA: PayloadTypeMap; readonly conversions?: Conversions },
  ): void {
    if (a.heardBy !== b || b.heardBy !== a) {
      this.unbridge(a);
      this.unbridge(b);
    }
    a.join(b, ways.aToB, ways.conversions?.aToB);
    b.join(a, ways.bToA, ways.conversions?.bToA);
  }

  unbridge(leg: RelayLeg): void {
    const peer = leg.heardBy;
    leg.part();
    this.#partStreams(leg);
    this.#hearing?.restart(this.#clock.monotonic());
    if (peer !== undefined && peer.heardBy === leg) peer.part();
  }

  echo(leg: RelayLeg): void {
    this.unbridge(leg);
    leg.join(leg, []);
  }

  /** Begins the call's recording; a channel without a source is silent until it gets one. */
  record(order: RecordingOrder, sources: RecordedSources): void {
    if (this.#closing) return;
    const recording = new CallRecording<RelayLeg | RoomVoice>(order, {
      clock: this.#clock,
      files: this.#files,
      ended: (outcome) => this.#recordingEnded(outcome),
    });
    this.#recording = recording;
    if (sources.mix !== undefined) {
      recording.fromBoth(this.#sourceOf(sources.mix));
      return;
    }
    if (sources.left !== undefined) recording.from('left', this.#sourceOf(sources.left));
    if (sources.right !== undefined) recording.from('right', this.#sourceOf(sources.right));
  }

  /** From now on a channel of the recording that runs holds what this source says. */
  recordFrom(channel: Channel, source: RecordedSource | undefined): void {
    this.#recording?.from(channel, source && this.#sourceOf(source));
  }

  #sourceOf(source: RecordedSource): ChannelSource<RelayLeg | RoomVoice> {
    if ('leg' in source) return { of: this.#legs.get(source.leg), party: source.party };
    const { room, without } = source;
    return { of: new RoomVoice({ rooms: this.#studio.rooms, room, without, random: this.#random }) };
  }

  /** The recording that runs. */
  get recording(): Pick<CallRecording<RelayLeg>, 'pause' | 'resume' | 'finish'> | undefined {
    return this.#recording;
  }

  play(id: number, order: PlayOrder): void {
    this.#soundOf(id)?.play(order);
  }

  stopPlaying(id: number, fadeMs: number | undefined): void {
    this.#sounds.get(id)?.stopPlaying(fadeMs);
  }

  collect(id: number, order: CollectOrder): void {
    this.#soundOf(id)?.collect(order);
  }

  stopCollecting(id: number): void {
    this.#sounds.get(id)?.stopCollecting();
  }

  pressed(id: number, key: DtmfKey): void {
    this.#sounds.get(id)?.press(key);
  }

  sendTone(id: number, press: TonePress): void {
    this.#soundOf(id)?.sendTone(press);
  }

  joinRoom(leg: RelayLeg, order: RoomOrder): void {
    this.unbridge(leg);
    const speaks = () => this.#tell({ kind: 'speaking', leg: leg.name, room: order.room });
    if (!leg.enter(this.#studio.rooms, order, speaks)) {
      this.#tell({ kind: 'room-refused', leg: leg.name, room: order.room });
    }
  }

  supervise(): void {
    const now = this.#clock.monotonic();
    this.#supervision ??= new Supervision(this.#limits, now);
    this.#hearing ??= new HearingWatch(now);
  }

  closeLeg(id: number): void {
    const leg = this.#legs.get(id);
    if (leg === undefined) return;
    const sound = this.#sounds.get(id);
    this.#legs.delete(id);
    this.#sounds.delete(id);
    try {
      sound?.close();
      this.unbridge(leg);
      // At the end of the call nobody leaves: the recording ends with all of them.
      if (!this.#closing) this.#recording?.closed(leg);
      leg.close();
    } finally {
      for (const stream of this.#streams.closeOf(id)) this.#giveBack(stream.pair);
      const streams = this.#streams.tallyOf(id);
      this.#closedLegs.push({ ...leg.statistics(), ...(streams.length > 0 && { streams }) });
      this.#giveBack(leg.pair);
    }
  }

  #partStreams(leg: RelayLeg): void {
    for (const [id, each] of this.#legs) if (each === leg) this.#streams.partOf(id);
  }

  /** Gives every pair back, finishes the recording, then tells `closed`. Idempotent. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    for (const id of [...this.#legs.keys()]) this.#dare(() => this.closeLeg(id));
    if (this.#recording === undefined) this.#tellEnd();
    else if (!this.#dare(() => this.#recording?.finish('call-ended'))) this.#failRecording();
  }

  /** Whether it was done; what it throws makes the call a lost one. */
  #dare(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      this.#note(error);
      return false;
    }
  }

  #note(error: unknown): void {
    this.#fault ??= error instanceof Error ? (error.stack ?? error.message) : String(error);
  }

  // What was written is kept; what can't even be closed is mended by the next start.
  #failRecording(): void {
    if (this.#dare(() => this.#recording?.fail(new Error(this.#fault)))) return;
    this.#recording = undefined;
    this.#tellEnd();
  }

  onLearned(leg: RelayLeg, observed: Endpoint): void {
    this.#tell({ kind: 'learned', leg: leg.name, observed, claimed: leg.statistics().claimed });
  }

  onKey(leg: RelayLeg, key: DtmfKey, milliseconds: number): void {
    for (const [id, sound] of this.#sounds) if (this.#legs.get(id) === leg && sound.press(key)) return;
    this.#tell({ kind: 'dtmf', leg: leg.name, key, milliseconds });
  }

  #soundOf(id: number): LegSound | undefined {
    const leg = this.#legs.get(id);
    if (leg === undefined) return undefined;
    let sound = this.#sounds.get(id);
    if (sound === undefined) {
      const [clock, random, studio, tell] = [this.#clock, this.#random, this.#studio, this.#tell];
      sound = new LegSound({ leg, clock, random, studio, tell });
      this.#sounds.set(id, sound);
    }
    return sound;
  }

  // A bug of ours costs one call: it is closed as ever, but told as a loss. One more, in what is left of it, ends that as well.
  fail(error: unknown): void {
    this.#note(error);
    if (this.#closing) this.#failRecording();
    else this.close();
  }

  /** To be called a few times a second, and with `second` true once a second. */
  tick(second: boolean): void {
    this.#recording?.tick();
    if (!second) return;
    const now = this.#clock.monotonic();
    let heardAt = Number.NEGATIVE_INFINITY;
    let held = false;
    for (const leg of this.#legs.values()) {
      leg.tick(now);
      heardAt = Math.max(heardAt, leg.heardAt);
      held ||= leg.held;
    }
    heardAt = Math.max(heardAt, this.#streams.tick(now));
    switch (this.#supervision?.check(now, heardAt, held)) {
      case 'silence':
        this.#tell({ kind: 'silence', milliseconds: this.#limits.silenceMs });
        break;
      case 'hold-expired':
        this.#tell({ kind: 'hold-expired', milliseconds: this.#limits.holdMs });
        break;
    }
    this.#listen(now);
  }

  #listen(now: number): void {
    const found = this.#hearing?.check(now, this.#legs.values());
    if (found === undefined) return;
    if (found.kind !== 'one-way') {
      this.#tell(found);
      return;
    }
    for (const { name, heardAt, claimed, stranger } of found.legs) {
      this.#tell({ kind: 'one-way', leg: name, everHeard: heardAt > Number.NEGATIVE_INFINITY, claimed, stranger });
    }
  }

  #recordingEnded({ fault, detail, law, why, ...outcome }: RecordingOutcome): void {
    this.#recording = undefined;
    if (fault === undefined) this.#tell({ kind: 'recording-finished', law, why, ...outcome });
    else this.#tell({ kind: 'recording-failed', reason: fault, detail, ...outcome });
    if (this.#closing) this.#tellEnd();
  }

  #tellEnd(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#fault === undefined) this.#tell({ kind: 'closed', legs: this.#closedLegs });
    else this.#tell({ kind: 'lost', detail: this.#fault });
  }
}
