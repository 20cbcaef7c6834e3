import type { Domain } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { Service } from './call-state.ts';
import type { CallerSide } from './caller-side.ts';
import type { CallsParts } from './parts.ts';
import type { RunningService } from './services.ts';
import { AFTER_ANSWER_MS } from './speaker.ts';

/** What an employee has ordered by a code. */
export interface Order {
  /** One for what lets calls ring from now on, two for what keeps them away. */
  readonly beeps: 1 | 2;
  /** Does it; throws where it can't be kept. Undefined where nobody is there who would. */
  readonly carryOut: ((domain: Domain, extension: string) => void) | undefined;
  /** For the story, and for the log where it can't be kept. `of`: the groups, the number or the state that it is about. */
  readonly said: { readonly event: string; readonly what: string; readonly of?: string };
}

/** An agent logs in or out, or has a pause. */
export function orderOfAgent(
  { action, groups }: Extract<Service, { kind: 'agent' }>,
  { agents }: Pick<CallsParts, 'agents'>,
): Order {
  return {
    beeps: action === 'login' || action === 'resume' ? 1 : 2,
    carryOut: agents && ((domain, extension) => agents(domain, extension, { action, groups })),
    said: { event: 'agents.not-saved', what: action, ...(groups.length > 0 && { of: groups.join(', ') }) },
  };
}

/** An employee sets what becomes of their own calls. */
export function orderOfOwn(
  { change }: Extract<Service, { kind: 'own-setting' }>,
  { setOwn }: Pick<CallsParts, 'setOwn'>,
): Order {
  const { set, to } = change;
  return {
    beeps: to === undefined || to === false || to === 'none' ? 1 : 2,
    carryOut: setOwn && ((domain, extension) => setOwn(domain, extension, change)),
    said: { event: 'own-settings.not-saved', what: set, ...(to !== undefined && { of: String(to) }) },
  };
}

/** Does what an employee has ordered by a code, and says so by a tone. */
export class OrderService implements RunningService {
  readonly #call: CallContext;
  readonly #caller: CallerSide;
  readonly #order: Order;
  #over = false;

  constructor(call: CallContext, caller: CallerSide, order: Order) {
    this.#call = call;
    this.#caller = caller;
    this.#order = order;
  }

  begin(): void {
    const { origin, log } = this.#call;
    const { caller, domain } = origin;
    const { carryOut, said } = this.#order;
    if (caller.kind !== 'device' || carryOut === undefined) {
      this.#call.feed({ type: 'refuse', failure: 'not-served' });
      return;
    }
    const { extension } = caller.user;
    try {
      carryOut(domain, extension);
    } catch (error) {
      log.error(said.event, { action: said.what, extension, error: String(error) });
      this.#call.feed({ type: 'refuse', failure: 'congestion' });
      return;
    }
    const { event: _, ...done } = said;
    this.#call.emit({ type: 'order.done', ...done });
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
    const items = Array.from({ length: this.#order.beeps }, () => ({ tone: 'beep', times: 1 }) as const);
    speaker.say(legs.caller, { items, ...(afterMs > 0 && { afterMs }) }, () => {
      if (!this.#over) this.#call.feed({ type: 'served', outcome: 'played' });
    });
  }
}
