import type { Cancel, Clock, Random } from '@vats/kernel';
import type { OutputFiles } from '../recording/output-file.ts';
import { sealedOpening } from '../recording/sealed-playback.ts';
import { Pacer } from '../sound/pacer.ts';
import { type SoundFiles, SoundLibrary } from '../sound/sound-library.ts';
import type { BoundPair } from './bound-pair.ts';
import type { MediaEvent } from './media-plane.ts';
import type { Command, Report, WorkerSettings } from './messages.ts';
import { MixedRooms } from './mixed-room.ts';
import { OpaqueStream } from './opaque-stream.ts';
import { Outbox } from './outbox.ts';
import type { Studio } from './playback.ts';
import { ReadingRounds } from './reading-rounds.ts';
import { RelayCall } from './relay-call.ts';
import { RelayLeg } from './relay-leg.ts';
import { type Loop, WakeUps } from './wake-ups.ts';
import { BIND_PORTION, WorkerPairs } from './worker-pairs.ts';

/** Calls are ticked in turns, so that their files are not all written at once: each one every TICK_MS * TICK_GROUPS. */
const TICK_MS = 50;
const TICK_GROUPS = 5;
const TICKS_A_SECOND = 1000 / TICK_MS;
/** A call goes on by these: keys, the end of what was played, and a loss, of which its phones are to hear. */
const AWAITED: ReadonlySet<MediaEvent['kind']> = new Set([
  ...(['dtmf', 'played', 'key', 'collected', 'room-refused', 'lost'] as const),
]);

/** What runs inside a media thread: owns the sockets, carries commands out, reports. */
export class MediaWorker {
  readonly #limits: { readonly silenceMs: number; readonly holdMs: number };
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #files: OutputFiles;
  readonly #reports: Outbox<Report>;
  readonly #pairs: WorkerPairs;
  readonly #calls = new Map<number, RelayCall>();
  readonly #tickGroups = Array.from({ length: TICK_GROUPS }, () => new Set<RelayCall>());
  readonly #studio: Studio;
  readonly #tally = { packets: 0 };
  readonly #rounds = new ReadingRounds();
  readonly #wakeUps: WakeUps;
  /** Commands that wait until more pairs may be bound. */
  #commands: readonly Command[] = [];
  #cancelCommands: Cancel | undefined;
  #cancelTick: Cancel | undefined;
  #ticks = 0;
  #stopped = false;

  constructor(options: {
    settings: WorkerSettings;
    clock: Clock;
    random: Random;
    files: OutputFiles;
    sounds: SoundFiles;
    loop: Loop;
    post: (reports: readonly Report[]) => void;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#files = options.files;
    const { clock, loop, random } = options;
    const pacer = new Pacer(clock);
    const library = new SoundLibrary({ files: options.sounds, clock, opener: sealedOpening });
    this.#studio = { library, pacer, rooms: new MixedRooms({ random, pacer }), clock };
    this.#reports = new Outbox(clock, options.post);
    const { settings } = options;
    this.#limits = { silenceMs: settings.silenceTimeoutMs, holdMs: settings.holdTimeoutMs };
    this.#pairs = new WorkerPairs({ settings, clock, random, reports: this.#reports });
    this.#wakeUps = new WakeUps({ clock, loop, packets: () => this.#tally.packets, rounds: this.#rounds });
  }

  /** Binds the first pairs; reports `ready`, or `failed` when an address yields none. */
  start(): void {
    if (!this.#pairs.start()) {
      this.#close();
      return;
    }
    this.#reports.send({ say: 'ready' });
  }

  /** Datagrams that calls received since the start. */
  get packets(): number {
    return this.#tally.packets;
  }

  execute(commands: readonly Command[]): void {
    this.#commands = this.#commands.length === 0 ? commands : [...this.#commands, ...commands];
    if (this.#cancelCommands === undefined) this.#work();
  }

  // A burst of calls takes pairs that must be bound first; between portions of them sound is relayed.
  #work(): void {
    const commands = this.#commands;
    const enough = this.#pairs.bound + BIND_PORTION;
    let done = 0;
    while (done < commands.length && this.#pairs.bound < enough) this.#execute(commands[done++]!);
    this.#commands = commands.slice(done);
    if (this.#commands.length > 0) {
      this.#cancelCommands = this.#clock.after(0, () => {
        this.#cancelCommands = undefined;
        this.#work();
      });
    }
    if (this.#calls.size > 0) this.#keepTime();
  }

  #execute(command: Command): void {
    if (command.do === 'stop') {
      this.#close();
      return;
    }
    if (command.do === 'open-call') {
      this.#openCall(command.call);
      return;
    }
    const call = this.#calls.get(command.call);
    if (call === undefined) {
      // It was lost meanwhile, of which the plane hears by its event; a pair that was leased for it rests.
      if (command.do === 'open-leg' || command.do === 'open-stream') {
        this.#pairs.forgo(command.family, command.port);
      }
      return;
    }
    try {
      this.#executeFor(call, command);
    } catch (error) {
      call.fail(error);
    }
  }

  #executeFor(call: RelayCall, command: Exclude<Command, { do: 'stop' | 'open-call' }>): void {
    switch (command.do) {
      case 'open-leg':
        this.#openLeg(call, command);
        break;
      case 'update':
        call.leg(command.leg)?.update(command.media, command.newOffer, command.signalling);
        break;
      case 'bridge': {
        const a = call.leg(command.a);
        const b = call.leg(command.b);
        if (a !== undefined && b !== undefined) call.bridge(a, b, command);
        break;
      }
      case 'unbridge': {
        const leg = call.leg(command.leg);
        if (leg !== undefined) call.unbridge(leg);
        break;
      }
      case 'echo': {
        const leg = call.leg(command.leg);
        if (leg !== undefined) call.echo(leg);
        break;
      }
      case 'record':
        call.record(command.order, command);
        break;
      case 'record-from':
        call.recordFrom(command.channel, command.source);
        break;
      case 'pause-recording':
        call.recording?.pause();
        break;
      case 'resume-recording':
        call.recording?.resume();
        break;
      case 'stop-recording':
        call.recording?.finish(command.why);
        break;
      case 'send-digit':
        call.leg(command.leg)?.sendDigit(command.press);
        break;
      case 'play':
        call.play(command.leg, command.order);
        break;
      case 'stop-playing':
        call.stopPlaying(command.leg, command.fadeMs);
        break;
      case 'collect':
        call.collect(command.leg, command.order);
        break;
      case 'stop-collecting':
        call.stopCollecting(command.leg);
        break;
      case 'pressed':
        call.pressed(command.leg, command.key);
        break;
      case 'send-tone':
        call.sendTone(command.leg, command.press);
        break;
      case 'hear-tones':
        call.leg(command.leg)?.hearTones(command.sources);
        break;
      case 'join-room': {
        const leg = call.leg(command.leg);
        if (leg !== undefined) call.joinRoom(leg, command.order);
        break;
      }
      case 'change-in-room':
        call.leg(command.leg)?.member?.change(command.change);
        break;
      case 'open-stream':
        this.#openStream(call, command);
        break;
      case 'update-stream':
        call.streams.get(command.stream)?.update(command.media, command.newOffer);
        break;
      case 'bridge-streams':
        call.streams.bridge(command.a, command.b);
        break;
      case 'close-stream':
        call.closeStream(command.stream);
        break;
      case 'supervise':
        call.supervise();
        break;
      case 'close-leg':
        call.closeLeg(command.leg);
        break;
      case 'close-call':
        call.close();
        break;
    }
  }

  #openCall(id: number): void {
    const tickGroup = this.#tickGroups[id % TICK_GROUPS]!;
    const relay = new RelayCall({
      clock: this.#clock,
      random: this.#random,
      studio: this.#studio,
      files: this.#files,
      limits: this.#limits,
      giveBack: (pair) => this.#pairs.giveBack(pair),
      tell: (event) => {
        const report: Report = { say: 'event', call: id, event };
        // Nobody waits for any others, but for the last ones before a stop.
        if (AWAITED.has(event.kind) || this.#stopped) this.#reports.send(report);
        else this.#reports.sendPatiently(report);
        if (event.kind !== 'closed' && event.kind !== 'lost') return;
        this.#calls.delete(id);
        tickGroup.delete(relay);
        if (this.#calls.size === 0) this.#stopTime();
      },
    });
    this.#calls.set(id, relay);
    tickGroup.add(relay);
  }

  #openLeg(call: RelayCall, command: Extract<Command, { do: 'open-leg' }>): void {
    const { leg: id, name, family, port, signalling } = command;
    const pair = this.#pairs.take(family, port);
    const clock = this.#clock;
    const random = this.#random;
    const [tally, rounds] = [this.#tally, this.#rounds];
    call.addLeg(id, new RelayLeg({ name, pair, signalling, clock, random, user: call, tally, rounds }));
  }

  #openStream(call: RelayCall, command: Extract<Command, { do: 'open-stream' }>): void {
    const { leg, stream, kind, transport, family, port, signalling } = command;
    if (call.leg(leg) === undefined) {
      this.#pairs.forgo(family, port);
      return;
    }
    let pair: BoundPair;
    try {
      pair = this.#pairs.take(family, port);
    } catch (error) {
      // Another process has it meanwhile: the call goes on without its video.
      const address = this.#pairs.addressOf(family) ?? family.toString();
      this.#reports.sendPatiently({ say: 'unbound', address, inUse: 0, failed: String(error) });
      return;
    }
    const [clock, tally] = [this.#clock, this.#tally];
    const fail = (error: unknown) => call.fail(error);
    call.streams.add(stream, new OpaqueStream({ leg, kind, transport, pair, signalling, clock, tally, fail }));
  }

  #keepTime(): void {
    this.#wakeUps.start();
    this.#cancelTick ??= this.#clock.after(TICK_MS, () => this.#tick());
  }

  #stopTime(): void {
    this.#wakeUps.stop();
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }

  #tick(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => this.#tick());
    const group = this.#ticks % TICK_GROUPS;
    const second = this.#ticks % TICKS_A_SECOND < TICK_GROUPS;
    this.#ticks++;
    for (const relay of this.#tickGroups[group]!) {
      try {
        relay.tick(second);
      } catch (error) {
        relay.fail(error);
      }
    }
  }

  #close(): void {
    this.#stopped = true;
    for (const relay of [...this.#calls.values()]) relay.close();
    this.#stopTime();
    this.#pairs.close();
    this.#reports.flush();
  }
}
