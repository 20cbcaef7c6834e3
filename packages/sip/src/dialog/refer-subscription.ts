import type { Cancel, Clock } from '@vats/kernel';
import type { SipRequest } from '../message/message.ts';
import { reasonPhrase } from '../message/reason-phrases.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { RespondOptions } from './user.ts';

/** How long a subscription lasts that nobody refreshes, seconds: longer than a call rings anywhere. */
export const REFER_EXPIRES = 300;

/** Sends the NOTIFYs of what a REFER began, within its dialog. */
export interface NotifySender {
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  /** Our Contact: who is subscribed refreshes there. */
  contact(): HeaderField;
  /** Sends a NOTIFY; one that is not the last waits for nothing of the dialog. @param answered called once; false: nobody there is subscribed any more */
  notify(headers: readonly HeaderField[], body: Buffer, answered: (stands: boolean) => void): void;
}

/**
 * The subscription that a REFER begins (RFC 3515 §2.4.4): the transferor is told how the call goes that it ordered, in
 * NOTIFYs whose body is a status line, the last of which ends it. It is a usage of its own of the dialog: what becomes of
 * it leaves the call as it is (RFC 5057 §4).
 */
export class ReferSubscription {
  readonly #sender: NotifySender;
  readonly #event: string;
  #status = 100;
  /** `over`: nothing is told any more. */
  #state: 'active' | 'over' = 'active';
  /** A NOTIFY is under way; what has happened since is told when it was answered. */
  #awaits = false;
  #untold = false;
  #endsAt: number;
  #stopExpiry: Cancel;

  /** @param id CSeq number of the REFER, where it is not the first one of its dialog (RFC 3515 §2.4.6) */
  constructor(sender: NotifySender, id: number | undefined) {
    this.#sender = sender;
    this.#event = id === undefined ? 'refer' : `refer;id=${id}`;
    this.#endsAt = 0;
    this.#stopExpiry = () => {};
    this.#lasts(REFER_EXPIRES);
    this.#tell();
  }

  /** A provisional status: 100 and above. */
  progress(status: number): void {
    if (this.#state === 'over' || status <= this.#status) return;
    this.#status = status;
    if (this.#awaits) this.#untold = true;
    else this.#tell();
  }

  /** How it ended: a final status. Nothing is told after it. */
  finish(status: number): void {
    if (this.#state === 'over') return;
    this.#status = status;
    this.#end('noresource');
  }

  /** The dialog has no other use any more; only its end is still told. */
  dialogEnded(): void {
    this.#stopExpiry();
    this.#awaits = true;
  }

  /** Whether a SUBSCRIBE names this subscription (RFC 6665 §4.1.2.2). */
  isMeantBy(request: SipRequest): boolean {
    const { event } = request;
    if (this.#state === 'over' || event?.ok !== true || event.value.token.toLowerCase() !== 'refer') return false;
    const id = event.value.params.get('id');
    return this.#event === (id === undefined ? 'refer' : `refer;id=${id}`);
  }

  /** A SUBSCRIBE to it: refreshes, or ends it with `Expires: 0`. */
  subscribed(request: SipRequest, respond: (status: number, options?: RespondOptions) => void): void {
    const { expires } = request;
    const asked = expires?.ok ? expires.value : REFER_EXPIRES;
    const granted = Math.min(asked, REFER_EXPIRES);
    respond(200, { headers: [this.#sender.contact(), ['Expires', `${granted}`]] });
    if (granted === 0) this.#end('timeout');
    else {
      this.#lasts(granted);
      this.#tell();
    }
  }

  #lasts(seconds: number): void {
    const { clock } = this.#sender;
    this.#stopExpiry();
    this.#endsAt = clock.monotonic() + seconds * 1_000;
    this.#stopExpiry = clock.after(seconds * 1_000, () => this.#end('timeout'));
  }

  #end(reason: 'noresource' | 'timeout'): void {
    this.#state = 'over';
    this.#stopExpiry();
    this.#notify(`terminated;reason=${reason}`, () => {});
  }

  #tell(): void {
    this.#awaits = true;
    this.#untold = false;
    const left = Math.max(1, Math.ceil((this.#endsAt - this.#sender.clock.monotonic()) / 1_000));
    this.#notify(`active;expires=${left}`, (stands) => {
      this.#awaits = false;
      if (this.#state === 'over') return;
      if (!stands) {
        this.#state = 'over';
        this.#stopExpiry();
      } else if (this.#untold) this.#tell();
    });
  }

  #notify(state: string, answered: (stands: boolean) => void): void {
    const headers: HeaderField[] = [
      this.#sender.contact(),
      ['Event', this.#event],
      ['Subscription-State', state],
      ['Content-Type', 'message/sipfrag;version=2.0'],
    ];
    const line = `SIP/2.0 ${this.#status} ${reasonPhrase(this.#status)}\r\n`;
    this.#sender.notify(headers, Buffer.from(line, 'latin1'), answered);
  }
}
