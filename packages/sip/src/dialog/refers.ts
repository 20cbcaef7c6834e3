import type { SipRequest } from '../message/message.ts';
import { REFER_REFUSALS, type ReferRequest, readRefer } from './refer-request.ts';
import { type NotifySender, ReferSubscription } from './refer-subscription.ts';
import type { Respond, RespondOptions } from './user.ts';

/** A REFER that was read and is to be obeyed or refused. */
export interface IncomingRefer extends ReferRequest {
  readonly request: SipRequest;
  /** 202. From now on another REFER of this dialog is answered 491, until the end of this one is told. */
  accept(): ReferOutcome;
  /** A final response of 300–699. After the first answer: ignored. */
  reject(status: number, options?: Omit<RespondOptions, 'body'>): void;
}

/** How the call that was ordered goes, for the one who ordered it; told only to those who want to hear (RFC 4488). */
export interface ReferOutcome {
  /** A provisional status of the INVITE. */
  progress(status: number): void;
  /** Its final status; again: ignored. Must be told once, also after the dialog has ended. */
  finish(status: number): void;
}

/** The REFERs of one dialog (RFC 3515): one is obeyed at a time. */
export class Refers {
  readonly #sender: NotifySender;
  #count = 0;
  #running: { readonly subscription: ReferSubscription | undefined } | undefined;

  constructor(sender: NotifySender) {
    this.#sender = sender;
  }

  /** @param obey undefined where nobody can */
  received(request: SipRequest, respond: Respond, obey: ((refer: IncomingRefer) => void) | undefined): void {
    const first = this.#count++ === 0;
    const read = readRefer(request);
    if (!read.ok) {
      const [status, reason] = REFER_REFUSALS[read.error.code];
      respond(status, { reason });
      return;
    }
    if (this.#running !== undefined) {
      respond(491);
      return;
    }
    if (obey === undefined) {
      respond(603);
      return;
    }
    const { cseq } = request;
    const id = first || !cseq.ok ? undefined : cseq.value.number;
    let answered = false;
    obey({
      ...read.value,
      request,
      accept: () => {
        if (answered) throw new Error('the REFER was answered already');
        answered = true;
        return this.#accept(read.value, respond, id);
      },
      reject: (status, options = {}) => {
        if (answered) return;
        answered = true;
        respond(status, options);
      },
    });
  }

  /** A SUBSCRIBE that refreshes or ends what a REFER began; false: it is about something else. */
  subscribed(request: SipRequest, respond: Respond): boolean {
    const subscription = this.#running?.subscription;
    if (subscription?.isMeantBy(request) !== true) return false;
    subscription.subscribed(request, respond);
    return true;
  }

  /** Whether a SUBSCRIBE is about one of them. */
  isMeantBy(request: SipRequest): boolean {
    return this.#running?.subscription?.isMeantBy(request) === true;
  }

  dialogEnded(): void {
    this.#running?.subscription?.dialogEnded();
  }

  #accept({ withoutSubscription }: ReferRequest, respond: Respond, id: number | undefined): ReferOutcome {
    const contact = this.#sender.contact();
    respond(202, { headers: withoutSubscription ? [contact, ['Refer-Sub', 'false']] : [contact] });
    const subscription = withoutSubscription ? undefined : new ReferSubscription(this.#sender, id);
    const running = { subscription };
    this.#running = running;
    return {
      progress: (status) => subscription?.progress(status),
      finish: (status) => {
        if (this.#running !== running) return;
        this.#running = undefined;
        subscription?.finish(status);
      },
    };
  }
}
