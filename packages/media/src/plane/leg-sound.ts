import type { Clock, Random } from '@vats/kernel';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import type { SpokenFormat } from '../sdp/spoken-format.ts';
import { type CollectOptions, KeyCollector } from '../sound/key-collector.ts';
import type { KeySources } from './key-listener.ts';
import type { MediaEvent } from './media-plane.ts';
import { Playback, type PlayOrder, type Studio } from './playback.ts';
import type { RelayLeg } from './relay-leg.ts';

/** An order to gather the keys that somebody presses. */
export interface CollectOrder extends CollectOptions {
  /** Told again when it ends. */
  readonly id: number;
  /** Where keys come from while the leg is joined to no other; of a joined leg the bridge tells them. */
  readonly sources: KeySources;
  /** The first key ends what is being played. */
  readonly bargeIn: boolean;
  /** Each key that does not end it is told at once, by `key`, so that whoever knows what they mean may end it. */
  readonly tells?: boolean;
}

/** A key to be sent as a tone. */
export interface TonePress {
  readonly key: DtmfKey;
  readonly milliseconds: number;
  readonly format: SpokenFormat;
}

/** Presses that wait for the one before them; what comes beyond is lost. */
const MOST_TONES = 64;

/** What the switch itself says to one leg, and the keys that it waits for there. One of each at a time: the newest. */
export class LegSound {
  readonly #leg: RelayLeg;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #studio: Studio;
  readonly #tell: (event: MediaEvent) => void;
  #playback: Playback | undefined;
  /** Keys to be sent as tones; the first one sounds. */
  readonly #tones: TonePress[] = [];
  #collector: KeyCollector | undefined;
  #order: CollectOrder | undefined;
  #listens = false;
  #closed = false;

  constructor(options: {
    leg: RelayLeg;
    clock: Clock;
    random: Random;
    studio: Studio;
    tell: (event: MediaEvent) => void;
  }) {
    this.#leg = options.leg;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#studio = options.studio;
    this.#tell = options.tell;
  }

  /** Whatever is being sent ends, and keys that wait to be sent as tones are lost: they were for what is left now. */
  play(order: PlayOrder): void {
    if (this.#closed) return;
    // Emptied first, or the end of the tone that sounds would begin the next one beside this.
    this.#tones.length = 0;
    this.#playback?.cut();
    const leg = this.#leg.name;
    const playback = new Playback({
      order,
      output: this.#leg.output,
      studio: this.#studio,
      random: this.#random,
      ended: (ended, why, playedMs, detail) => {
        if (this.#playback === ended) this.#playback = undefined;
        this.#tell({ kind: 'played', leg, play: order.id, why, playedMs, ...(detail !== '' && { detail }) });
        // The caller's time to answer begins when the prompt is over, not when it starts.
        if (this.#playback === undefined) this.#collector?.startTimer();
      },
    });
    this.#playback = playback;
    playback.start();
  }

  /** Sends a key as a tone, in place of what is heard; presses wait for each other. */
  sendTone(press: TonePress): void {
    if (this.#closed || this.#tones.length >= MOST_TONES) return;
    this.#tones.push(press);
    if (this.#tones.length === 1) this.#nextTone();
  }

  #nextTone(): void {
    const [press] = this.#tones;
    if (press === undefined) return;
    const { key, milliseconds, format } = press;
    this.#playback?.cut();
    const playback = new Playback({
      order: { id: 0, items: [{ keys: [{ key, milliseconds }] }], format },
      output: this.#leg.output,
      studio: this.#studio,
      random: this.#random,
      ended: () => {
        if (this.#playback === playback) this.#playback = undefined;
        this.#tones.shift();
        this.#nextTone();
      },
    });
    this.#playback = playback;
    playback.start();
  }

  stopPlaying(fadeMs: number | undefined): void {
    this.#playback?.stop(fadeMs);
  }

  collect(order: CollectOrder): void {
    this.#collector?.stop();
    const leg = this.#leg.name;
    const collector = new KeyCollector(order, this.#clock, (digits, why, terminator) => {
      if (this.#collector === collector) {
        this.#collector = undefined;
        this.#stopListening();
      }
      this.#tell({
        kind: 'collected',
        leg,
        collect: order.id,
        digits,
        why,
        ...(terminator !== undefined && { terminator }),
      });
    });
    this.#collector = collector;
    this.#order = order;
    if (!this.#leg.speaks) {
      this.#listens = true;
      this.#leg.listen(order.sources);
    }
    if (this.#playback === undefined) collector.startTimer();
  }

  stopCollecting(): void {
    this.#collector?.stop();
  }

  /** A key of this leg's, in whatever way it came. False when nobody waits for one. */
  press(key: DtmfKey): boolean {
    if (this.#collector === undefined) return false;
    if (this.#order?.bargeIn === true) this.#playback?.stop();
    this.#collector.press(key);
    this.#tellKeys();
    return true;
  }

  #tellKeys(): void {
    const { digits } = this.#collector ?? {};
    if (digits === undefined || this.#order?.tells !== true) return;
    this.#tell({ kind: 'key', leg: this.#leg.name, collect: this.#order.id, digits });
  }

  close(): void {
    this.#closed = true;
    this.#tones.length = 0;
    this.#collector?.stop();
    this.#playback?.cut();
  }

  #stopListening(): void {
    if (this.#listens) this.#leg.stopListening();
    this.#listens = false;
  }
}
