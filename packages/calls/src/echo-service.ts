import type { CallContext } from './call-context.ts';
import type { Party } from './call-event.ts';
import { CALLER } from './call-state.ts';
import type { CallerSide } from './caller-side.ts';
import type { RunningService } from './services.ts';

/** Answers, and sends the caller's sound back until they hang up. */
export class EchoService implements RunningService {
  readonly #call: CallContext;
  readonly #caller: CallerSide;

  constructor(call: CallContext, caller: CallerSide) {
    this.#call = call;
    this.#caller = caller;
  }

  begin(): void {
    const { legs, origin } = this.#call;
    const caller = legs.caller;
    if (caller === undefined) return;
    // Whatever codec the caller has comes back to it as it is.
    const fault = this.#caller.speak({ answer: true, relayed: true }, () => legs.echo(caller));
    if (fault !== undefined) {
      this.#call.feed({ type: 'refuse', failure: 'no-common-codec' });
      return;
    }
    const party: Party = { number: origin.dialled, name: 'echo test' };
    this.#call.emit({ type: 'call.answered', leg: CALLER, party });
    this.#caller.talkBegins(caller, caller);
  }

  changed(): void {
    const { legs } = this.#call;
    if (legs.caller !== undefined) legs.echo(legs.caller);
  }
}
