import { type MediaEvent, type PlayOrder, type SpokenFormat, soundCodec } from '@vats/media';
import type { CallContext } from './call-context.ts';
import type { LegName } from './call-event.ts';
import type { Leg } from './leg.ts';

/** What is said, and how; in which codec is the leg's affair. */
export type Sound = Omit<PlayOrder, 'id' | 'format'>;

/**
 * How long something waits to be said in a call that was answered for it: its first word would be lost to phones and operators that put
 * sound through only some time after the 200.
 */
export const AFTER_ANSWER_MS = 300;

/** One short tone. */
export const BEEP: Sound = { items: [{ tone: 'beep', times: 1 }] };

/** How saying something ended. `no-codec`: the leg has agreed to none that sound can be made in. */
export interface SaidEnd {
  readonly why: 'ended' | 'stopped' | 'failed' | 'no-codec';
  readonly playedMs: number;
  readonly detail?: string;
}

interface Saying {
  readonly play: number;
  readonly leg: Leg;
  readonly sound: Sound;
  readonly format: SpokenFormat;
  /** Monotonic, ms. */
  readonly since: number;
  readonly ended: (end: SaidEnd) => void;
}

/**
 * What the switch says to the legs of one call: one thing at a time to each, in the codec that was agreed with it, and in another
 * one from where it was when its description changes.
 */
export class Speaker {
  readonly #call: Pick<CallContext, 'legs' | 'parts'>;
  readonly #says = new Map<LegName, Saying>();

  constructor(call: Pick<CallContext, 'legs' | 'parts'>) {
    this.#call = call;
  }

  /** Whether something can be said to the leg by what is agreed with it now. */
  canSayTo(leg: Leg): boolean {
    return formatFor(leg) !== undefined;
  }

  /** What is being said to the leg; the very object that `say` was given. */
  saying(leg: Leg): Sound | undefined {
    return this.#says.get(leg.name)?.sound;
  }

  /**
   * Says something to a leg in place of whatever it hears. `ended` is told once how it went, possibly before this returns, unless
   * `hush` or another `say` comes first.
   */
  say(leg: Leg, sound: Sound, ended: (end: SaidEnd) => void = () => {}): void {
    const { legs, parts } = this.#call;
    const format = formatFor(leg);
    const { media } = legs;
    if (format === undefined || media === undefined) {
      this.hush(leg);
      ended({ why: 'no-codec', playedMs: 0 });
      return;
    }
    const play = media.play(leg.media, { ...sound, format });
    this.#says.set(leg.name, { play, leg, sound, format, since: parts.clock.monotonic(), ended });
  }

  /** Whatever is being said to the leg ends, and nobody is told. */
  hush(leg: Leg): void {
    if (!this.#says.delete(leg.name)) return;
    this.#call.legs.media?.stopPlaying(leg.media);
  }

  /** The leg's description is another one: what is being said goes on in the codec that holds now. */
  changed(leg: Leg): void {
    const saying = this.#says.get(leg.name);
    if (saying === undefined || saying.leg !== leg) return;
    const format = formatFor(leg);
    if (format !== undefined && isSame(format, saying.format)) return;
    const { afterMs = 0, fromMs = 0, ...sound } = saying.sound;
    const passed = this.#call.parts.clock.monotonic() - saying.since;
    const heard = Math.max(0, passed - afterMs);
    this.say(leg, { ...sound, fromMs: fromMs + heard, afterMs: Math.max(0, afterMs - passed) }, saying.ended);
  }

  /** For the call's legs. */
  told({ leg, play, why, playedMs, detail }: Extract<MediaEvent, { kind: 'played' }>): void {
    const saying = this.#says.get(leg);
    // What gave way to something else is told by whoever made it.
    if (saying?.play !== play) return;
    this.#says.delete(leg);
    saying.ended({ why, playedMs, ...(detail !== undefined && { detail }) });
  }
}

/** How sound that is made here is written for a leg by what is agreed with it now; undefined where it has agreed to no such codec. */
export function formatFor(leg: Leg): SpokenFormat | undefined {
  return leg.sdp.spoken((encoding) => soundCodec(encoding) !== undefined);
}

function isSame(one: SpokenFormat, other: SpokenFormat): boolean {
  return (
    one.payloadType === other.payloadType &&
    one.encoding === other.encoding &&
    one.ptime === other.ptime &&
    one.fmtp === other.fmtp
  );
}
