import type { CallContext } from '../call-context.ts';
import type { CallerDialogue } from '../caller-dialogue.ts';
import { PinEntry } from '../pin-entry.ts';
import type { PinGuesses } from '../pin-guesses.ts';
import { MailboxMenu } from './mailbox-menu.ts';
import type { Mailbox } from './mailboxes.ts';
import { EXTENSION } from './menu-keys.ts';

/** Lets a caller into a mailbox, and what they do there. Whoever is not let in, or has finished, hears so and is hung up on. */
export class MailboxLogin {
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #pin: PinEntry;
  #menu: MailboxMenu | undefined;

  constructor(call: CallContext, dialogue: CallerDialogue, guesses: PinGuesses) {
    this.#call = call;
    this.#dialogue = dialogue;
    this.#pin = new PinEntry(call, dialogue, guesses);
  }

  /** Asks whose mailbox it is, and its PIN. Whether there is such a mailbox is told nobody. */
  begin(): void {
    const { origin, parts } = this.#call;
    this.#dialogue.stopGathering();
    this.#dialogue.ask({ items: this.#dialogue.prompts('enter-mailbox') }, EXTENSION, ({ digits }) => {
      const box = digits === '' ? undefined : parts.mailboxes?.find(origin.domain, digits);
      this.#askPin(box, box?.extension ?? 'unknown', 0);
    });
  }

  /** @param own by a phone of the mailbox's user, or of a member of its group */
  enter(box: Mailbox, own: boolean, afterMs: number): void {
    if (own && (!box.hasPin || box.terms.pin === 'elsewhere')) this.#open(box, afterMs);
    else if (own || box.hasPin) this.#askPin(box, box.extension, afterMs);
    else this.#leave(['pin-not-set', 'goodbye'], 'wrong-pin', afterMs);
  }

  end(): void {
    this.#menu?.end();
  }

  #askPin(box: Mailbox | undefined, name: string, afterMs: number): void {
    const isRight = (digits: string): boolean => box?.hasPin === true && box.isPin(digits);
    this.#pin.ask(`mailbox ${name}`, isRight, afterMs, (end) => {
      if (end === 'right' && box !== undefined) this.#open(box, 0);
      else this.#leave([end === 'locked' ? 'too-many-guesses' : 'wrong-pin', 'goodbye'], 'wrong-pin', 0);
    });
  }

  #open(box: Mailbox, afterMs: number): void {
    this.#call.emit({ type: 'mailbox.opened', box: box.extension });
    this.#menu = new MailboxMenu(this.#call, this.#dialogue, box, () => this.#leave(['goodbye'], 'plan-ended', 0));
    this.#menu.begin(afterMs);
  }

  #leave(prompts: readonly string[], failure: 'wrong-pin' | 'plan-ended', afterMs: number): void {
    this.#dialogue.stopGathering();
    const items = this.#dialogue.prompts(...prompts);
    this.#dialogue.say({ items, ...(afterMs > 0 && { afterMs }) }, () => this.#call.feed({ type: 'hang-up', failure }));
  }
}
