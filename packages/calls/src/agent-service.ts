import type { CallContext } from './call-context.ts';
import type { Service } from './call-state.ts';
import type { CallerSide } from './caller-side.ts';
import type { RunningService } from './services.ts';
import { AFTER_ANSWER_MS } from './speaker.ts';

/** One for what takes calls from now on, two for what takes none. */
const BEEPS = { login: 1, resume: 1, logout: 2, pause: 2 } as const;

/** Does what an employee has ordered by a code, and says so by a tone. */
export class AgentService implements RunningService {
  readonly #call: CallContext;
  readonly #caller: CallerSide;
  readonly #service: Extract<Service, { kind: 'agent' }>;
  #over = false;

  constructor(call: CallContext, caller: CallerSide, service: Extract<Service, { kind: 'agent' }>) {
    this.#call = call;
    this.#caller = caller;
    this.#service = service;
  }

  begin(): void {
    const { parts, origin, log } = this.#call;
    const { action, groups } = this.#service;
    const { caller, domain } = origin;
    if (caller.kind !== 'device' || parts.agents === undefined) {
      this.#call.feed({ type: 'refuse', failure: 'not-served' });
      return;
    }
    try {
      parts.agents(domain, caller.user.extension, { action, groups });
    } catch (error) {
      log.error('agents.not-saved', { action, extension: caller.user.extension, error: String(error) });
      this.#call.feed({ type: 'refuse', failure: 'congestion' });
      return;
    }
    // Done, whether it can be heard or not.
    const fault = this.#caller.speak({ answer: true }, (opensNow) => this.#beep(opensNow ? AFTER_ANSWER_MS : 0));
    if (fault !== undefined) this.#call.feed({ type: 'served', outcome: 'not-played' });
  }

  end(): void {
    this.#over = true;
  }

  #beep(afterMs: number): void {
    const { legs, speaker } = this.#call;
    if (legs.caller === undefined || this.#over) return;
    const items = Array.from({ length: BEEPS[this.#service.action] }, () => ({ tone: 'beep', times: 1 }) as const);
    speaker.say(legs.caller, { items, ...(afterMs > 0 && { afterMs }) }, () => {
      if (!this.#over) this.#call.feed({ type: 'served', outcome: 'played' });
    });
  }
}
