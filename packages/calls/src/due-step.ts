import type { Plan } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { Service } from './call-state.ts';
import type { CallerSide } from './caller-side.ts';
import { divertingOf } from './diverting.ts';
import type { Forks } from './forks.ts';
import { mayMeet } from './may-meet.ts';

/** Does the step that the plan says is due: makes ready what it takes, and tells the call's machine. */
export class DueStep {
  readonly #call: CallContext;
  readonly #forks: Forks;
  readonly #caller: CallerSide;

  constructor(call: CallContext, forks: Forks, caller: CallerSide) {
    this.#call = call;
    this.#forks = forks;
    this.#caller = caller;
  }

  take(plan: Plan): void {
    const { step: due, group, forwards, frames, callerPrefix: prefix } = plan;
    if (mayMeet(plan)) this.#call.legs.mayMeet(plan.call.domain.id);
    switch (due.do) {
      case 'ring': {
        const forwardedBy = forwards?.at(-1)?.by;
        const about = {
          why: due.because,
          ...(due.ofMany && group !== undefined && { group }),
          ...(forwardedBy !== undefined && { forwardedBy }),
        };
        const legs = this.#forks.choose(due.targets, frames.at(-1), about, {
          ...{ diverting: divertingOf(plan), prefix },
        });
        if (legs.length > 0 && !this.#caller.open()) return;
        this.#call.feed({ type: 'ring', legs, forMs: due.ring, ofMany: due.ofMany });
        return;
      }
      case 'echo':
        this.#serve({ kind: 'echo' });
        return;
      case 'conference':
        this.#serve({ kind: 'conference', conference: due.conference });
        return;
      case 'play':
        this.#serve({
          ...{ kind: 'play', prompt: due.prompt, answer: due.answer },
          ...(due.said !== undefined && { said: due.said }),
        });
        return;
      case 'menu':
        this.#serve({ kind: 'menu', menu: due.menu, says: due.says });
        return;
      case 'decide': {
        const { url, timeout, pressed } = due;
        this.#serve({ kind: 'decide', url, timeout, pressed, ...(plan.did !== undefined && { did: plan.did }) });
        return;
      }
      case 'reject':
        this.#call.feed({ type: 'refuse', failure: due.reason });
        return;
      case 'hangup':
        this.#call.feed({ type: 'refuse', failure: this.#isOpened ? 'plan-ended' : 'callee-declined' });
        return;
      case 'agent':
        this.#serve({ kind: 'agent', action: due.action, groups: due.groups });
        return;
      case 'own-setting':
        this.#serve({ kind: 'own-setting', change: due.change });
        return;
      case 'queue':
        this.#serve({ kind: 'queue', plan });
        return;
      case 'pick-up':
        // What rang when the plan was made is found before there is a call of the caller's own: now it has been answered, or given up.
        this.#call.feed({ type: 'refuse', failure: 'nothing-rings' });
        return;
      case 'voicemail':
        this.#serve({ kind: 'voicemail', box: due.box });
        return;
      case 'mailbox':
        this.#serve({ kind: 'mailbox', box: due.box, own: due.own });
        return;
    }
  }

  #serve(service: Service): void {
    if (this.#caller.open()) this.#call.feed({ type: 'serve', service });
  }

  /** The switch has answered the caller. */
  get #isOpened(): boolean {
    return this.#call.legs.caller?.session !== undefined;
  }
}
