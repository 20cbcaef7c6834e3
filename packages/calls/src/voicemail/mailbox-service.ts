import type { CallContext } from '../call-context.ts';
import { CALLER } from '../call-state.ts';
import { CallerDialogue } from '../caller-dialogue.ts';
import type { CallerSide } from '../caller-side.ts';
import type { RunningService, ServiceEvent, SharedByServices } from '../services.ts';
import { MailboxLogin } from './mailbox-login.ts';

/** Takes an employee into a mailbox: their own, or another of which they know the PIN. */
export class MailboxService implements RunningService {
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #login: MailboxLogin;
  readonly #extension: string;
  readonly #own: boolean;

  constructor(
    call: CallContext,
    caller: CallerSide,
    { guesses }: SharedByServices,
    { box, own }: { readonly box: string; readonly own: boolean },
  ) {
    this.#call = call;
    this.#dialogue = new CallerDialogue(call, caller);
    this.#login = new MailboxLogin(call, this.#dialogue, guesses);
    this.#extension = box;
    this.#own = own;
  }

  begin(): void {
    const { parts, origin, legs } = this.#call;
    const box = parts.mailboxes?.find(origin.domain, this.#extension);
    if (box === undefined) {
      this.#call.feed({ type: 'refuse', failure: 'not-found' });
      return;
    }
    const fault = this.#dialogue.open(true, (afterMs) => {
      const { extension, name } = box;
      this.#call.emit({ type: 'call.answered', leg: CALLER, party: { number: origin.dialled, extension, name } });
      legs.supervise();
      this.#login.enter(box, this.#own, afterMs);
    });
    if (fault !== undefined) this.#call.feed({ type: 'refuse', failure: 'no-common-codec' });
  }

  changed(): void {
    this.#dialogue.changed();
    if (!this.#call.solo.changed()) this.#call.solo.stop('stopped');
  }

  told(event: ServiceEvent): void {
    if (event.kind === 'room-refused') this.#call.solo.stop('stopped');
    else this.#dialogue.told(event);
  }

  end(): void {
    this.#login.end();
    this.#dialogue.end();
  }
}
