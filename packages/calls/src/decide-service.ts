import type { Cancel } from '@vats/kernel';
import { type DecideOutcome, LONGEST_DECISION, readDecision } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { Service } from './call-state.ts';
import type { DecisionAnswer } from './parts.ts';
import type { RunningService } from './services.ts';

/** Asks a service of the company's own what is done with the caller, who hears nothing of it; one answer, or none in time. */
export class DecideService implements RunningService {
  readonly #call: CallContext;
  readonly #service: Extract<Service, { kind: 'decide' }>;
  #giveUp: (() => void) | undefined;
  #stopTimer: Cancel | undefined;
  #over = false;

  constructor(call: CallContext, service: Extract<Service, { kind: 'decide' }>) {
    this.#call = call;
    this.#service = service;
  }

  begin(): void {
    const { parts, origin, id } = this.#call;
    if (parts.decide === undefined) {
      this.#failed('no service can be asked here');
      return;
    }
    const { url, timeout, pressed, did } = this.#service;
    const about = {
      ...{ call: id, domain: origin.domain.name, from: origin.party.number, to: origin.dialled, keys: pressed },
      ...(did !== undefined && { number: did }),
    };
    this.#stopTimer = parts.clock.after(timeout, () => this.#failed(`no answer within ${timeout} ms`));
    const giveUp = parts.decide(url, about, (answer) => this.#answered(answer));
    if (this.#over) giveUp();
    else this.#giveUp = giveUp;
  }

  end(): void {
    this.#over = true;
    this.#stopTimer?.();
    this.#giveUp?.();
    this.#giveUp = undefined;
  }

  #answered(answer: DecisionAnswer): void {
    if (this.#over) return;
    if (!answer.ok) {
      this.#failed(answer.why);
      return;
    }
    const read = readDecision(answer.text);
    if (!read.ok) {
      this.#failed(FAULTS[read.error.code]);
      return;
    }
    // As one line, however the service lays it out.
    this.#end({ outcome: `decided ${JSON.stringify(JSON.parse(answer.text))}` });
  }

  #failed(why: string): void {
    if (this.#over) return;
    this.#call.log.warn('decision.failed', { service: this.#host, why });
    this.#end({ outcome: 'not-decided', why });
  }

  #end({ outcome, why }: { readonly outcome: DecideOutcome; readonly why?: string }): void {
    this.end();
    const isMade = outcome !== 'not-decided';
    const more = why === undefined ? {} : { why };
    this.#call.emit({ type: isMade ? 'decision.made' : 'decision.failed', service: this.#host, ...more });
    this.#call.feed({ type: 'served', outcome });
  }

  /** What of the URL may be told: its path and query may hold a key of the company's. */
  get #host(): string {
    return URL.parse(this.#service.url)?.host ?? '';
  }
}

const FAULTS = {
  'too-long': `it answers more than ${LONGEST_DECISION} octets`,
  'no-json': 'its answer is no JSON',
  'no-step': 'its answer is no step of a scheme',
  trunk: 'its answer names a trunk: only the outbound rules may',
  decide: 'its answer asks another service',
  pin: 'its answer has PINs, which the history would tell',
  'too-deep': 'its answer has more than four menus within each other',
} as const;
