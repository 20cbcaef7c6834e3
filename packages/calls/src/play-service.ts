import { type PlayedItem, saidItems } from '@vats/media';
import { setting } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { UnstampedEvent } from './call-event.ts';
import type { Service } from './call-state.ts';
import type { CallerSide } from './caller-side.ts';
import type { RunningService } from './services.ts';
import { AFTER_ANSWER_MS, type SaidEnd } from './speaker.ts';

type Fault = Extract<UnstampedEvent, { type: 'prompt.failed' }>['why'];

/** Says a prompt to the caller; whatever comes of it, the plan goes on. */
export class PlayService implements RunningService {
  readonly #call: CallContext;
  readonly #caller: CallerSide;
  readonly #service: Extract<Service, { kind: 'play' }>;
  #over = false;

  constructor(call: CallContext, caller: CallerSide, service: Extract<Service, { kind: 'play' }>) {
    this.#call = call;
    this.#caller = caller;
    this.#service = service;
  }

  begin(): void {
    // Nobody pays for a call that is answered in order to say nothing.
    const items = this.#items;
    if (items.length === 0) {
      this.#failed('unknown');
      return;
    }
    const fault = this.#caller.speak({ answer: this.#service.answer }, (opensNow) => this.#say(items, opensNow));
    if (fault !== undefined) this.#failed(fault);
  }

  end(): void {
    this.#over = true;
  }

  get #items(): readonly PlayedItem[] {
    const { parts, origin } = this.#call;
    const { prompt, said } = this.#service;
    if (said !== undefined) return saidItems(setting(origin.domain, 'language'), said);
    const file = parts.prompt?.(origin.domain, prompt);
    return file === undefined ? [] : [{ file }];
  }

  #say(items: readonly PlayedItem[], opensNow: boolean): void {
    const { legs, speaker } = this.#call;
    const { caller } = legs;
    if (caller === undefined || this.#over) return;
    const afterMs = opensNow ? AFTER_ANSWER_MS : 0;
    speaker.say(caller, { items, ...(afterMs > 0 && { afterMs }) }, (end) => this.#said(end));
  }

  #said({ why, playedMs, detail }: SaidEnd): void {
    if (this.#over) return;
    const { prompt } = this.#service;
    if (why === 'failed' || why === 'no-codec') {
      this.#failed(why === 'failed' ? 'unreadable' : why, detail);
      return;
    }
    this.#call.emit({ type: 'prompt.played', prompt, playedMs, why });
    this.#call.feed({ type: 'served', outcome: 'played' });
  }

  #failed(why: Fault, detail?: string): void {
    const { prompt } = this.#service;
    const about = { prompt, why, ...(detail !== undefined && { detail }) };
    this.#call.log.warn('prompt.failed', about);
    this.#call.emit({ type: 'prompt.failed', ...about });
    this.#call.feed({ type: 'served', outcome: 'not-played' });
  }
}
