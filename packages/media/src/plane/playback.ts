import type { Clock, Random } from '@vats/kernel';
import { opusWishes } from '../codec/opus-wishes.ts';
import type { SamplingRate } from '../codec/sound-codec.ts';
import { soundCodec } from '../codec/sound-codecs.ts';
import { SoundPackets } from '../codec/sound-packets.ts';
import type { SpokenFormat } from '../sdp/spoken-format.ts';
import { encodedClip } from '../sound/encoded-clip.ts';
import { type Paced, type Pacer, TURN_MS } from '../sound/pacer.ts';
import { gather, type PlayedItem } from '../sound/played-item.ts';
import { Player } from '../sound/player.ts';
import { SoundFault, type SoundLibrary } from '../sound/sound-library.ts';
import type { LegOutput } from './leg-output.ts';
import type { MixedRooms } from './mixed-room.ts';

/** An order to play something to one leg. */
export interface PlayOrder {
  /** Told again when it ends. */
  readonly id: number;
  readonly items: readonly PlayedItem[];
  readonly format: SpokenFormat;
  /** How often all of it is played; 0 without end. Once if not given. */
  readonly times?: number;
  /** In decibels. */
  readonly volume?: number;
  readonly afterMs?: number;
  readonly fromMs?: number;
  /** Music that is one for all: whoever plays the same without end is at the same place, which the clock says. */
  readonly shared?: boolean;
  readonly fadeInMs?: number;
  /**
   * It gives way to whoever else is to be heard on the leg, and comes back when they have been quiet for half a second: a phone that
   * holds may send music of its own. What is one and the same value all through is no sound.
   */
  readonly yields?: boolean;
}

/** How it ended. */
export type PlayEnd = 'ended' | 'stopped' | 'failed';

/** What a thread plays with. */
export interface Studio {
  readonly library: SoundLibrary;
  readonly pacer: Pacer;
  readonly rooms: MixedRooms;
  readonly clock: Clock;
}

/** One order being played to one leg: its files are gathered, then a packet leaves every turn. It ends exactly once. */
export class Playback implements Paced {
  readonly order: PlayOrder;
  readonly #output: LegOutput;
  readonly #studio: Studio;
  readonly #random: Random;
  readonly #ended: (playback: Playback, why: PlayEnd, playedMs: number, detail: string) => void;
  #player: Player | undefined;
  #packets: SoundPackets | undefined;
  #frame: Int16Array = NO_SOUND;
  /** Of a codec that encodes each sample by itself. */
  #octets: Uint8Array | undefined;
  #over = false;

  constructor(options: {
    order: PlayOrder;
    output: LegOutput;
    studio: Studio;
    random: Random;
    ended: (playback: Playback, why: PlayEnd, playedMs: number, detail: string) => void;
  }) {
    this.order = options.order;
    this.#output = options.output;
    this.#studio = options.studio;
    this.#random = options.random;
    this.#ended = options.ended;
  }

  /** Nothing else is heard on the leg from now on until this has ended. */
  start(): void {
    const { items, format } = this.order;
    const codec = soundCodec(format.encoding);
    if (codec === undefined) {
      this.#studio.library.later(() => this.#end('failed', `sound can't be made in ${format.encoding}`));
      return;
    }
    gather(items, codec.rate, this.#studio.library, (pieces) => {
      if (this.#over) return;
      if (pieces instanceof SoundFault) {
        this.#end('failed', pieces.detail);
        return;
      }
      const { times = 1, volume = 0, afterMs = 0, fadeInMs = 0, shared = false } = this.order;
      const fromMs = shared ? this.#studio.clock.monotonic() : (this.order.fromMs ?? 0);
      const { rate } = codec;
      const rounds = times === 0 ? Number.POSITIVE_INFINITY : times;
      this.#player = new Player({ rate, pieces, times: rounds, volume, afterMs, fromMs, fadeInMs });
      this.#frame = frameOf(rate);
      this.#octets = codec.octets?.();
      this.#packets = new SoundPackets({
        codec,
        payloadType: format.payloadType,
        ptime: format.ptime,
        wishes: opusWishes(format.fmtp),
        random: this.#random,
        send: (packet) => this.#output.play(packet),
        haveLeft: () => this.#output.hasLeft,
      });
      this.#output.playing = true;
      this.#output.yields = this.order.yields === true;
      this.#studio.pacer.add(this);
    });
  }

  turn(): void {
    const [player, packets, frame] = [this.#player!, this.#packets!, this.#frame];
    const { length } = frame;
    if (this.#octets !== undefined && packets.isPacket(length) && player.isPlain(length)) {
      const at = player.clipAt;
      packets.appendOctets(encodedClip(player.clip, this.#octets).octets(at, at + length), at);
      player.pass(length);
      return;
    }
    const samples = player.read(frame);
    // The last frame is sent whole, with silence at its end.
    if (samples > 0) packets.append(frame, length);
    if (samples < length) this.#end(player.stopped ? 'stopped' : 'ended', '');
  }

  /**
   * The prompt goes on where it was, behind a gap as long as the time that has passed. A gap in a key would make two of it: what holds
   * keys goes on without one, only later.
   */
  missed(turns: number): void {
    if (this.order.items.some((item) => 'keys' in item)) return;
    this.#packets!.skip(turns * this.#frame.length, false);
    this.#packets!.beginTalkspurt();
  }

  /** Fades away, unless nothing is heard of it yet. */
  stop(fadeMs?: number): void {
    if (this.#player === undefined) this.#end('stopped', '');
    else this.#player.stop(fadeMs);
  }

  /** At once: the leg is closed, or something else is to be heard. */
  cut(): void {
    this.#end('stopped', '');
  }

  /** It threw; the pacer has given it up. */
  fail(detail: string): void {
    this.#end('failed', detail);
  }

  #end(why: PlayEnd, detail: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#studio.pacer.remove(this);
    this.#packets?.close();
    this.#output.playing = false;
    this.#output.yields = false;
    this.#ended(this, why, Math.round(this.#player?.playedMs ?? 0), detail);
  }
}

const NO_SOUND = new Int16Array(0);
/** All players of a thread have their turns one after the other: a frame for each rate is enough for all. */
const FRAMES = new Map<SamplingRate, Int16Array>();

function frameOf(rate: SamplingRate): Int16Array {
  const frame = FRAMES.get(rate) ?? new Int16Array((rate * TURN_MS) / 1_000);
  FRAMES.set(rate, frame);
  return frame;
}
