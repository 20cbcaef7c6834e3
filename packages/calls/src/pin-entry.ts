import { createHash, timingSafeEqual } from 'node:crypto';
import type { CallContext } from './call-context.ts';
import type { CallerDialogue, WantedKeys } from './caller-dialogue.ts';
import type { Leg } from './leg.ts';
import type { PinGuesses, PinTry } from './pin-guesses.ts';

/** Wrong PINs, or none, of one asking. */
const TRIES = 3;

const LONGEST_PIN = 12;

const PIN_KEYS: WantedKeys = { most: LONGEST_PIN, terminators: ['#'], firstMs: 10_000, betweenMs: 5_000 };

/** The right PIN, or what tells in a constant time whether one is. */
type Pin = string | ((digits: string) => boolean);

/** How asking for a PIN ended. `locked`: it was not asked for, or no more, as too many wrong ones came lately. */
export type PinEnd = 'right' | 'wrong' | 'locked';

/** What is asked of a call: above all who is in the caller's place, for that one keys in, whoever the plan is made for. */
interface AskedCall extends Pick<CallContext, 'log' | 'origin'> {
  readonly legs: { readonly caller: Pick<Leg, 'party' | 'trunk'> | undefined };
}

/** Asks the caller for a PIN, three times at most. What is keyed in is told nobody. */
export class PinEntry {
  readonly #call: AskedCall;
  readonly #dialogue: CallerDialogue;
  readonly #guesses: PinGuesses;
  #tries = 0;

  constructor(call: AskedCall, dialogue: CallerDialogue, guesses: PinGuesses) {
    this.#call = call;
    this.#dialogue = dialogue;
    this.#guesses = guesses;
  }

  /** Whether the caller may try PINs of this thing now. @param what a name of the thing in its domain, such as `conference 700` */
  isOpen(what: string): boolean {
    return this.#guesses.allows(this.#tryOf(what));
  }

  /**
   * @param what as of `isOpen`
   * @param pin the right one, or what tells whether one is
   * @param afterMs how long the first word has to wait
   * @param then told once
   */
  ask(what: string, pin: Pin, afterMs: number, then: (end: PinEnd) => void): void {
    this.#tries = 0;
    this.#askAgain(what, pin, ['enter-pin'], afterMs, then);
  }

  #askAgain(what: string, pin: Pin, prompts: readonly string[], afterMs: number, then: (end: PinEnd) => void): void {
    const tried = this.#tryOf(what);
    if (!this.#guesses.allows(tried)) {
      then('locked');
      return;
    }
    const items = this.#dialogue.prompts(...prompts);
    this.#dialogue.ask({ items, ...(afterMs > 0 && { afterMs }) }, PIN_KEYS, ({ digits }) => {
      this.#tries++;
      // Others of the same caller's calls may have used up what was left meanwhile.
      if (!this.#guesses.allows(tried)) {
        then('locked');
        return;
      }
      if (typeof pin === 'string' ? isSame(digits, pin) : pin(digits)) {
        this.#guesses.right(tried);
        then('right');
        return;
      }
      // Silence guesses nothing.
      if (digits !== '') this.#guesses.wrong(tried);
      this.#call.log.info('pin.wrong', { what, tries: this.#tries });
      if (!this.#guesses.allows(tried)) {
        const { domain } = this.#call.origin;
        this.#call.log.warn('pin.guessed', { domain: domain.name, what, caller: this.#caller.party.number });
      }
      if (this.#tries < TRIES) this.#askAgain(what, pin, ['wrong-pin', 'enter-pin'], 0, then);
      else then('wrong');
    });
  }

  /** After a transfer the plan is that of whoever ordered it, and somebody else keys in. */
  get #caller(): Pick<Leg, 'party' | 'trunk'> {
    const { legs, origin } = this.#call;
    return legs.caller ?? { party: origin.party };
  }

  #tryOf(what: string): PinTry {
    const { party, trunk = '' } = this.#caller;
    const isDevice = party.login !== undefined && party.extension !== undefined;
    const who = isDevice ? party.extension : `${trunk} ${party.number}`;
    return { what: `${this.#call.origin.domain.id} ${what}`, who, known: isDevice };
  }
}

/** In a time that tells neither where two differ nor how long they are. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
