import type { CallContext } from '../call-context.ts';
import type { CallerDialogue } from '../caller-dialogue.ts';
import { BEEP } from '../speaker.ts';
import type { Mailbox } from './mailboxes.ts';
import { ANY_KEY, HASH, ONE_KEY } from './menu-keys.ts';
import { Taking } from './taking.ts';

const TOLD_AT_MOST = 3;
/** A greeting that is shorter is a slip. */
const LEAST_MS = 1_000;
const QUIET_MS = 5_000;

/** Where a menu goes on. */
export interface Ways {
  readonly back: () => void;
  readonly leave: () => void;
}

/** Records the greeting of a mailbox, plays it, or goes back to the standard one. A new one is in force when it is kept, and not before. */
export class GreetingMenu {
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #box: Mailbox;
  readonly #ways: Ways;
  readonly #taking: Taking;
  #told = 0;
  #over = false;

  constructor(call: CallContext, dialogue: CallerDialogue, box: Mailbox, ways: Ways) {
    this.#call = call;
    this.#dialogue = dialogue;
    this.#box = box;
    this.#ways = ways;
    this.#taking = new Taking(call, LEAST_MS);
  }

  begin(...before: readonly string[]): void {
    if (this.#told++ >= TOLD_AT_MOST) {
      this.#ways.back();
      return;
    }
    const items = this.#dialogue.prompts(...before, 'greeting-menu');
    this.#dialogue.ask({ items }, ONE_KEY, ({ digits: key }) => {
      if (['1', '2', '3'].includes(key)) this.#told = 0;
      if (key === '1') this.#record([]);
      else if (key === '2') this.#hear(this.#box.greeting, () => this.begin());
      else if (key === '3') {
        this.#box.forgetGreeting();
        this.begin('greeting-standard');
      } else if (key === '*' || key === '#') this.#ways.back();
      else this.begin(...(key === '' ? [] : ['wrong-choice']));
    });
  }

  /** The caller has left: what they did not say to keep is not kept. */
  end(): void {
    this.#over = true;
    if (this.#call.solo.runs) this.#call.solo.stop('stopped');
    else this.#taking.forget();
  }

  #record(before: readonly string[]): void {
    const draft = this.#box.greet(this.#call.id);
    if (typeof draft === 'string') {
      this.begin('no-recording-now');
      return;
    }
    this.#taking.hold(draft);
    this.#dialogue.stopGathering();
    this.#dialogue.say({ items: [...this.#dialogue.prompts(...before, 'record-greeting'), ...BEEP.items] }, () => {
      const began = this.#taking.record(QUIET_MS, (counts) => {
        if (this.#over) {
          this.#taking.forget();
          return;
        }
        this.#dialogue.stopGathering();
        if (counts || this.#taking.recorded !== undefined) this.#review();
        else this.begin('message-too-short');
      });
      if (began) this.#awaitHash();
      else this.begin('no-recording-now');
    });
  }

  #awaitHash(): void {
    this.#dialogue.gather(HASH, ({ terminator }) => {
      if (terminator === '#') this.#taking.stop();
      else this.#awaitHash();
    });
  }

  #review(): void {
    if (this.#told++ >= TOLD_AT_MOST) {
      this.#taking.forget();
      this.#ways.back();
      return;
    }
    this.#dialogue.ask({ items: this.#dialogue.prompts('greeting-review') }, ONE_KEY, ({ digits: key }) => {
      if (['1', '2', '3'].includes(key)) this.#told = 0;
      if (key === '1') {
        this.#taking.keep();
        this.#dialogue.say({ items: this.#dialogue.prompts('greeting-saved') }, () => this.#ways.back());
      } else if (key === '2') this.#hear(this.#taking.recorded?.sound, () => this.#review());
      else if (key === '3') this.#record([]);
      else if (key === '*') {
        this.#taking.forget();
        this.begin();
      } else this.#review();
    });
  }

  #hear(sound: Mailbox['greeting'], then: () => void): void {
    const { terms } = this.#box;
    const standard = terms.greeting === undefined ? ['unavailable', 'leave-message'] : [terms.greeting];
    const items = sound === undefined ? this.#dialogue.prompts(...standard) : [sound];
    this.#dialogue.say({ items }, ({ why }) => {
      if (why !== 'stopped') then();
    });
    this.#dialogue.gather(ANY_KEY, then);
  }
}
