import type { PlayedItem } from '@vats/media';
import type { CallContext } from '../call-context.ts';
import type { CallerDialogue } from '../caller-dialogue.ts';
import type { Ways } from './greeting-menu.ts';
import type { BoxMessage, Mailbox } from './mailboxes.ts';
import { ANY_KEY, EXTENSION, ONE_KEY } from './menu-keys.ts';
import { saidOf } from './said-message.ts';

const TOLD_AT_MOST = 3;

/**
 * Plays the messages of a mailbox one after the other. What is deleted can be restored until the caller goes back or leaves; another
 * caller in the same mailbox, or an operator, may delete any of them meanwhile.
 */
export class MessageMenu {
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #box: Mailbox;
  readonly #ways: Ways;
  /** Ids in the order in which they are heard. */
  readonly #order: readonly string[];
  readonly #deleted = new Set<string>();
  #at = 0;
  #told = 0;

  constructor(call: CallContext, dialogue: CallerDialogue, box: Mailbox, ways: Ways) {
    this.#call = call;
    this.#dialogue = dialogue;
    this.#box = box;
    this.#ways = ways;
    this.#order = box.messages().map(({ id }) => id);
  }

  begin(): void {
    this.#play(1);
  }

  /** The caller has left, or gone back: what they deleted goes. */
  end(): void {
    this.#box.remove([...this.#deleted]);
    this.#deleted.clear();
  }

  get #message(): BoxMessage | undefined {
    return this.#box.messages().find(({ id }) => id === this.#order[this.#at]);
  }

  /** @param step by how much it goes on where the message is there no more */
  #play(step: 1 | -1, ...before: readonly string[]): void {
    while (this.#at >= 0 && this.#at < this.#order.length && this.#message === undefined) this.#at += step;
    const message = this.#message;
    if (message === undefined) {
      this.#noMore(step);
      return;
    }
    this.#told = 0;
    const items = [...this.#dialogue.prompts(...before), ...this.#introduction(message), message.sound];
    this.#dialogue.say({ items }, ({ why }) => {
      if (why === 'stopped') return;
      if (why === 'ended') this.#box.heard(message.id);
      this.#ask();
    });
    this.#dialogue.gather(ANY_KEY, ({ digits }) => this.#choose(digits));
  }

  #introduction(message: BoxMessage): PlayedItem[] {
    const { origin, parts } = this.#call;
    return saidOf(message, origin.domain, parts.clock.now(), (...names) => this.#dialogue.prompts(...names));
  }

  #noMore(step: 1 | -1): void {
    this.#at = Math.max(0, Math.min(this.#at, this.#order.length - 1));
    if (step < 0 && this.#message !== undefined) {
      this.#play(1, 'no-more-messages');
      return;
    }
    this.end();
    this.#dialogue.stopGathering();
    const prompt = this.#order.length === 0 ? 'no-messages' : 'no-more-messages';
    this.#dialogue.say({ items: this.#dialogue.prompts(prompt) }, () => this.#ways.back());
  }

  #ask(...before: readonly string[]): void {
    if (this.#told++ >= TOLD_AT_MOST) {
      this.end();
      this.#ways.leave();
      return;
    }
    const items = this.#dialogue.prompts(...before, 'message-menu');
    this.#dialogue.ask({ items }, ONE_KEY, ({ digits }) => this.#choose(digits));
  }

  #choose(key: string): void {
    const message = this.#message;
    switch (key) {
      case '2':
        this.#callBack(message);
        return;
      case '4':
        this.#at--;
        this.#play(-1);
        return;
      case '5':
        this.#play(1);
        return;
      case '6':
        this.#next(message);
        return;
      case '7':
        this.#delete(message);
        return;
      case '8':
        this.#forward(message);
        return;
      case '9':
        this.#next(message, 'message-saved');
        return;
      case '*':
        this.end();
        this.#ways.back();
        return;
      case '#':
        this.end();
        this.#ways.leave();
        return;
      default:
        this.#ask(...(key === '' || key === '0' ? [] : ['wrong-choice']));
    }
  }

  #next(message: BoxMessage | undefined, ...before: readonly string[]): void {
    if (message !== undefined) this.#box.heard(message.id);
    this.#at++;
    this.#play(1, ...before);
  }

  #delete(message: BoxMessage | undefined): void {
    this.#told = 0;
    if (message === undefined) {
      this.#play(1);
      return;
    }
    const { id } = message;
    const wasDeleted = this.#deleted.delete(id);
    if (!wasDeleted) this.#deleted.add(id);
    this.#box.heard(id);
    this.#ask(wasDeleted ? 'message-restored' : 'message-deleted');
  }

  #forward(message: BoxMessage | undefined): void {
    this.#told = 0;
    this.#dialogue.ask({ items: this.#dialogue.prompts('enter-mailbox') }, EXTENSION, ({ digits }) => {
      if (digits === '') {
        this.#ask();
        return;
      }
      const done = message === undefined ? 'gone' : this.#box.forward(message.id, digits);
      if (done === 'forwarded') this.#ask('message-forwarded');
      else if (done === 'full') this.#ask('mailbox-full');
      else this.#ask(done === 'no-mailbox' ? 'no-such-mailbox' : 'no-recording-now');
    });
  }

  /** By the caller's own rights, as if they had dialled. */
  #callBack(message: BoxMessage | undefined): void {
    const { caller } = this.#call.origin;
    const number = message?.from.number ?? '';
    if (message === undefined || number === '' || caller.kind !== 'device' || !/^\+?[0-9]{1,15}$/.test(number)) {
      this.#told = 0;
      this.#ask('no-calling-back');
      return;
    }
    this.#box.heard(message.id);
    this.end();
    this.#dialogue.stopGathering();
    this.#call.feed({ type: 'served', outcome: `call-back ${number}` });
  }
}
