import {
  BETWEEN_KEYS_MS,
  type Frozen,
  MENU_TIMEOUT_MS,
  type MenuOutcome,
  type MenuStep,
  mostMenuKeys,
  readMenuKeys,
} from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { Service } from './call-state.ts';
import { CallerDialogue, type WantedKeys } from './caller-dialogue.ts';
import type { CallerSide } from './caller-side.ts';
import { PinEntry } from './pin-entry.ts';
import type { RunningService, ServiceEvent, SharedByServices } from './services.ts';
import type { SaidEnd } from './speaker.ts';

/** Whoever pressed what means nothing here may be in the middle of dialling: what they press within such a time of it goes by, ms. */
const STILL_DIALLING_MS = 1_000;
/** Of what goes by, so much at once; more is asked for again. */
const MOST_GOING_BY = 32;

/** Asks the caller once what they want, and for the PIN of what they choose where it has one; what follows is the plan's. */
export class MenuService implements RunningService {
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #pin: PinEntry;
  readonly #menu: Frozen<MenuStep>;
  readonly #says: readonly string[];
  /** What was keyed in before a prompt that no key interrupts had ended. */
  #early: string | undefined;

  constructor(
    call: CallContext,
    caller: CallerSide,
    shared: SharedByServices,
    { menu, says }: Extract<Service, { kind: 'menu' }>,
  ) {
    this.#call = call;
    this.#dialogue = new CallerDialogue(call, caller);
    this.#pin = new PinEntry(call, this.#dialogue, shared.guesses);
    this.#menu = menu;
    this.#says = says;
  }

  begin(): void {
    const items = this.#dialogue.prompts(...this.#says);
    // Nobody pays for a call that is answered in order to say nothing.
    if (items.length === 0) {
      this.#end('', 'not-played');
      return;
    }
    const fault = this.#dialogue.open(true, (afterMs) => {
      const sound = { items, ...(afterMs > 0 && { afterMs }) };
      const said = (end: SaidEnd): void => this.#said(end);
      this.#dialogue.ask(sound, this.#wanted, ({ digits, why }) => this.#judge(digits, why !== 'time-out'), said);
    });
    if (fault === undefined) return;
    this.#dialogue.cannotSay(this.#menu.prompt, fault);
    this.#end('', 'not-played');
  }

  changed(): void {
    this.#dialogue.changed();
  }

  told(event: ServiceEvent): void {
    this.#dialogue.told(event);
  }

  end(): void {
    this.#dialogue.end();
  }

  get #wanted(): WantedKeys {
    const { timeout = MENU_TIMEOUT_MS, betweenKeys = BETWEEN_KEYS_MS, bargeIn = true } = this.#menu;
    const { domain } = this.#call.origin;
    return {
      most: mostMenuKeys(this.#menu, domain),
      ...{ firstMs: timeout, betweenMs: betweenKeys, bargeIn },
      isEnough: (digits) => !readMenuKeys(this.#menu, domain, digits).mayGoOn,
    };
  }

  #said({ why, playedMs }: SaidEnd): void {
    const isHeard = why === 'ended' || why === 'stopped';
    if (isHeard) this.#call.emit({ type: 'prompt.played', prompt: this.#menu.prompt, playedMs, why });
    const keys = this.#early;
    this.#early = undefined;
    if (keys !== undefined) this.#judge(keys, false);
  }

  /** @param mayGoOn whether the caller may be pressing keys yet */
  #judge(keys: string, mayGoOn: boolean): void {
    if (this.#menu.bargeIn === false && this.#dialogue.saying !== undefined) {
      this.#early = keys;
      return;
    }
    const { choice } = readMenuKeys(this.#menu, this.#call.origin.domain, keys);
    if (choice === undefined) this.#nothing(keys, mayGoOn);
    else if ('extension' in choice) this.#end(keys, `dialled ${choice.extension}`);
    else this.#choose(choice.key);
  }

  #nothing(keys: string, mayGoOn: boolean): void {
    if (keys === '') this.#end('', 'no-key');
    else if (mayGoOn) this.#goBy(() => this.#end(this.#shown(keys), 'wrong-key'));
    else this.#end(this.#shown(keys), 'wrong-key');
  }

  /** Else the rest of a number that nobody has would choose in the menu that is asked next. */
  #goBy(then: () => void): void {
    const wanted = { most: MOST_GOING_BY, firstMs: STILL_DIALLING_MS, betweenMs: STILL_DIALLING_MS };
    this.#dialogue.gather(wanted, ({ why }) => (why === 'complete' ? this.#goBy(then) : then()));
  }

  /** Of keys that mean nothing, what may be told: where there are PINs, someone who knows one may have keyed it in too early. */
  #shown(keys: string): string {
    return this.#menu.pins === undefined ? keys : keys.slice(0, 1);
  }

  #choose(key: string): void {
    const pin = this.#menu.pins?.[key];
    if (pin === undefined) {
      this.#end(key, `key ${key}`);
      return;
    }
    this.#pin.ask(`menu ${this.#menu.prompt} ${key}`, pin, 0, (end) => {
      this.#end(key, end === 'right' ? `key ${key}` : 'wrong-pin');
    });
  }

  #end(keys: string, outcome: MenuOutcome | 'not-played'): void {
    this.#dialogue.end();
    this.#call.emit({ type: 'menu.answered', prompt: this.#menu.prompt, keys, outcome });
    this.#call.feed({ type: 'served', outcome });
  }
}
