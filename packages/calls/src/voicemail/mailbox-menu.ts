import { saidItems } from '@vats/media';
import { setting } from '@vats/pbx';
import type { CallContext } from '../call-context.ts';
import type { CallerDialogue } from '../caller-dialogue.ts';
import { GreetingMenu } from './greeting-menu.ts';
import type { Mailbox } from './mailboxes.ts';
import { NEW_PIN, ONE_KEY } from './menu-keys.ts';
import { MessageMenu } from './message-menu.ts';

/** Times that choices are told to who presses none of them. */
const TOLD_AT_MOST = 3;

/** Digits that can be keyed in, and that are no guess at once: neither all the same nor the mailbox's own number. */
function isGoodPin(digits: string, extension: string): boolean {
  return /^[0-9]{4,12}$/.test(digits) && !/^(.)\1*$/.test(digits) && digits !== extension;
}

/** What an employee does in a mailbox by phone. */
export class MailboxMenu {
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #box: Mailbox;
  readonly #leave: () => void;
  #messages: MessageMenu | undefined;
  #greeting: GreetingMenu | undefined;
  #told = 0;

  /** @param leave they have finished */
  constructor(call: CallContext, dialogue: CallerDialogue, box: Mailbox, leave: () => void) {
    this.#call = call;
    this.#dialogue = dialogue;
    this.#box = box;
    this.#leave = leave;
  }

  /** Says what there is, and asks what is wanted. */
  begin(afterMs: number): void {
    const { origin } = this.#call;
    const language = setting(origin.domain, 'language');
    const messages = this.#box.messages();
    const counts = [
      messages.filter(({ isNew }) => isNew).length,
      messages.filter(({ isNew }) => !isNew).length,
    ] as const;
    const said = (['new-messages-', 'old-messages-'] as const).flatMap((prompt, at) =>
      counts[at] === 0 ? [] : [...this.#dialogue.prompts(prompt), ...saidItems(language, { number: counts[at]! })],
    );
    const items = said.length === 0 ? this.#dialogue.prompts('mailbox-empty') : said;
    this.#told = 0;
    this.#ask([...items, ...this.#dialogue.prompts('mailbox-menu')], afterMs);
  }

  /** The caller has left. */
  end(): void {
    this.#messages?.end();
    this.#greeting?.end();
  }

  #ask(items: ReturnType<CallerDialogue['prompts']>, afterMs = 0): void {
    this.#dialogue.ask({ items, ...(afterMs > 0 && { afterMs }) }, ONE_KEY, ({ digits }) => this.#choose(digits));
  }

  #again(...prompts: readonly string[]): void {
    if (++this.#told >= TOLD_AT_MOST) this.#leave();
    else this.#ask(this.#dialogue.prompts(...prompts, 'mailbox-menu'));
  }

  #choose(key: string): void {
    const back = (): void => this.begin(0);
    if (key === '1') {
      this.#messages = new MessageMenu(this.#call, this.#dialogue, this.#box, { back, leave: this.#leave });
      this.#messages.begin();
    } else if (key === '2') {
      this.#greeting = new GreetingMenu(this.#call, this.#dialogue, this.#box, { back, leave: this.#leave });
      this.#greeting.begin();
    } else if (key === '3') this.#askPin([]);
    else if (key === '#') this.#leave();
    else this.#again(...(key === '' ? [] : ['wrong-choice']));
  }

  #askPin(before: readonly string[]): void {
    if (++this.#told > TOLD_AT_MOST) {
      this.begin(0);
      return;
    }
    this.#dialogue.ask({ items: this.#dialogue.prompts(...before, 'new-pin') }, NEW_PIN, ({ digits: pin }) => {
      if (pin === '') this.begin(0);
      else if (!isGoodPin(pin, this.#box.extension)) this.#askPin(['pin-not-good']);
      else
        this.#dialogue.ask({ items: this.#dialogue.prompts('repeat-pin') }, NEW_PIN, ({ digits }) => {
          if (digits !== pin) this.#askPin(['pins-differ']);
          else {
            this.#box.setPin(pin);
            this.#dialogue.say({ items: this.#dialogue.prompts('pin-changed') }, () => this.begin(0));
          }
        });
    });
  }
}
