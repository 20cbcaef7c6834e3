import type { CollectEnd, DtmfKey, PlayedItem } from '@vats/media';
import type { CallContext } from './call-context.ts';
import type { CallerSide, SpeakFault } from './caller-side.ts';
import type { ServiceEvent } from './services.ts';
import { AFTER_ANSWER_MS, type SaidEnd, type Sound } from './speaker.ts';

/** Keys that the caller is asked for. Their time begins when what is said has ended, or was interrupted. */
export interface WantedKeys {
  /** The last of so many ends it. */
  readonly most: number;
  /** Keys that end it and are not among the digits. */
  readonly terminators?: readonly DtmfKey[];
  /** How long the first key is waited for, and each other, ms. */
  readonly firstMs: number;
  readonly betweenMs: number;
  /** Whether a key ends what is being said; true unless given. */
  readonly bargeIn?: boolean;
  /** Whether what was keyed in so far needs no further key; asked at each. Never, unless given. */
  readonly isEnough?: (digits: string) => boolean;
}

/** What the caller has keyed in. `nothing`: no key came in time; `time-out`: no further one did. */
export interface Reply {
  readonly digits: string;
  readonly why: Exclude<CollectEnd, 'stopped'>;
  readonly terminator?: DtmfKey;
}

interface Asking {
  readonly wanted: WantedKeys;
  readonly then: (reply: Reply) => void;
  /** Orders to the media plane whose end is yet to be told, the one that is in force last. */
  readonly orders: number[];
  /** What the caller had keyed in when an order gave way to the next. */
  digits: string;
  /** Where keys come from by the order that is in force. */
  sources: string;
}

/**
 * What a service says to the caller and asks them: prompts by their names, and keys that are gathered while they are heard. A codec that
 * changes meanwhile costs no key. After `end` nothing is said, and nobody is told anything.
 */
export class CallerDialogue {
  readonly #call: CallContext;
  readonly #caller: CallerSide;
  #asking: Asking | undefined;
  #over = false;

  constructor(call: CallContext, caller: CallerSide) {
    this.#call = call;
    this.#caller = caller;
  }

  /**
   * Makes the switch heard by the caller.
   *
   * @param answer whether the call is answered for it, unless it was before
   * @param then told how long the first word has to wait, ms
   * @returns what is in the way; nothing was answered then
   */
  open(answer: boolean, then: (afterMs: number) => void): SpeakFault | undefined {
    return this.#caller.speak({ answer }, (opensNow) => {
      if (!this.#over) then(opensNow ? AFTER_ANSWER_MS : 0);
    });
  }

  /** The files of prompts in the domain's language. What is not there is left out, and told. */
  prompts(...names: readonly string[]): PlayedItem[] {
    const { origin, parts } = this.#call;
    return names.flatMap((name) => {
      const file = parts.prompt?.(origin.domain, name);
      if (file !== undefined) return [{ file }];
      this.#failed(name, 'unknown');
      return [];
    });
  }

  /** What is being said; the very object that `say` was given. */
  get saying(): Sound | undefined {
    const { legs, speaker } = this.#call;
    return legs.caller && speaker.saying(legs.caller);
  }

  /**
   * Says something in place of what is being said. Nothing that can be heard ends at once.
   *
   * @param then told once how it went, unless something else is said before
   */
  say(sound: Sound, then: (end: SaidEnd) => void = () => {}): void {
    const { legs, speaker } = this.#call;
    if (legs.caller === undefined || this.#over) return;
    speaker.say(legs.caller, sound, (end) => {
      if (this.#over) return;
      const { why } = end;
      const [item] = sound.items;
      if (why === 'failed') this.#failed(item === undefined ? '' : nameOf(item), 'unreadable', end.detail);
      then(end);
    });
  }

  /** Whatever is being said ends, and nobody is told. */
  hush(): void {
    const { legs, speaker } = this.#call;
    if (legs.caller !== undefined) speaker.hush(legs.caller);
  }

  /**
   * Says something, and gathers keys from its first moment on.
   *
   * @param then told once, unless something else is asked before
   * @param said told how saying it ended, perhaps after `then`, unless something else is said before
   */
  ask(sound: Sound, wanted: WantedKeys, then: (reply: Reply) => void, said?: (end: SaidEnd) => void): void {
    if (this.#over) return;
    if (sound.items.length > 0) this.say(sound, said);
    this.gather(wanted, then);
  }

  /** Gathers keys while whatever is being said goes on. @param then told once, unless something else is asked before */
  gather(wanted: WantedKeys, then: (reply: Reply) => void): void {
    if (this.#over) return;
    this.stopGathering();
    this.#asking = { wanted, then, orders: [], digits: '', sources: '' };
    this.#order(this.#asking);
  }

  /** No keys are waited for any more, and nobody is told. What is being said goes on. */
  stopGathering(): void {
    const asking = this.#asking;
    this.#asking = undefined;
    if (asking === undefined || asking.orders.length === 0) return;
    const { caller, media } = this.#call.legs;
    if (caller !== undefined) media?.stopCollecting(caller.media);
  }

  /** The caller has been renegotiated with: its keys may come in another way now. */
  changed(): void {
    const asking = this.#asking;
    if (asking !== undefined && asking.sources !== this.#sourcesNow()) this.#order(asking);
  }

  /** For the service. */
  told(event: ServiceEvent): void {
    const asking = this.#asking;
    if (asking === undefined || (event.kind !== 'collected' && event.kind !== 'key')) return;
    const at = asking.orders.indexOf(event.collect);
    if (at === -1) return;
    if (event.kind === 'key') {
      const digits = asking.digits + event.digits;
      if (asking.wanted.isEnough?.(digits) !== true) return;
      asking.digits = digits;
      this.#reply(asking, 'complete');
      return;
    }
    asking.orders.splice(0, at + 1);
    asking.digits += event.digits;
    const { why, terminator } = event;
    if (why !== 'stopped') {
      const isQuiet = why === 'nothing' && asking.digits !== '';
      this.#reply(asking, isQuiet ? 'time-out' : why, terminator);
    } else if (asking.digits.length >= asking.wanted.most) this.#reply(asking, 'complete');
    // The order that is in force does not know of the keys that came before it.
    else if (event.digits !== '' && asking.orders.length > 0) this.#order(asking);
  }

  /** The call is over, or the service is. */
  end(): void {
    this.stopGathering();
    this.#over = true;
  }

  #order(asking: Asking): void {
    const { legs } = this.#call;
    const { caller, media } = legs;
    if (caller === undefined || media === undefined) return;
    const { most, terminators = [], firstMs, betweenMs, bargeIn = true, isEnough } = asking.wanted;
    const { events, sound } = caller.sdp.heardIn;
    asking.sources = this.#sourcesNow();
    const order = media.collect(caller.media, {
      ...{ most: most - asking.digits.length, terminators, betweenMs, bargeIn },
      ...(isEnough !== undefined && { tells: true }),
      firstMs: asking.digits === '' ? firstMs : betweenMs,
      // Keys that come as events are not looked for in the sound as well.
      sources: { events, tones: events.length > 0 ? [] : sound },
    });
    asking.orders.push(order);
  }

  #reply(asking: Asking, why: Reply['why'], terminator?: DtmfKey): void {
    this.stopGathering();
    asking.then({ digits: asking.digits, why, ...(terminator !== undefined && { terminator }) });
  }

  #sourcesNow(): string {
    const heard = this.#call.legs.caller?.sdp.heardIn;
    return heard === undefined ? '' : JSON.stringify([heard.events, heard.events.length > 0 ? [] : heard.sound]);
  }

  /** Tells that a prompt can't be said, for a reason that `open` gave. */
  cannotSay(prompt: string, why: SpeakFault): void {
    this.#failed(prompt, why);
  }

  #failed(prompt: string, why: SpeakFault | 'unknown' | 'unreadable', detail?: string): void {
    const about = { prompt, why, ...(detail !== undefined && { detail }) };
    this.#call.log.warn('prompt.failed', about);
    this.#call.emit({ type: 'prompt.failed', ...about });
  }
}

/** A prompt by the name of its file, or the tone. */
function nameOf(item: PlayedItem): string {
  if ('file' in item) return item.file.replace(/^.*[/\\]|\.wav$/g, '');
  return 'tone' in item ? String(item.tone) : 'keys';
}
