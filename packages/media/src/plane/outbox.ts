import type { Cancel, Clock } from '@vats/kernel';

/** How long a message that nobody waits for may wait for company. */
export const PATIENCE_MS = 50;

/**
 * Messages to another thread. Each one that is posted wakes that thread, which costs more than what most of them ask for:
 * so all of one turn go together, and those that nobody waits for go with the next that somebody does, or in a moment.
 * Their order is kept.
 */
export class Outbox<Message> {
  readonly #clock: Clock;
  readonly #post: (messages: readonly Message[]) => void;
  #messages: Message[] = [];
  #flushing = false;
  #cancelFlush: Cancel | undefined;

  constructor(clock: Clock, post: (messages: readonly Message[]) => void) {
    this.#clock = clock;
    this.#post = post;
  }

  /** To be posted at the end of this turn. */
  send(message: Message): void {
    this.#messages.push(message);
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => this.flush());
  }

  /** To be posted when something else is, within PATIENCE_MS at the latest. */
  sendPatiently(message: Message): void {
    this.#messages.push(message);
    if (!this.#flushing) this.#cancelFlush ??= this.#clock.after(PATIENCE_MS, () => this.flush());
  }

  /** Posts what waits now. */
  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#flushing = false;
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    this.#messages = [];
    this.#post(messages);
  }
}
