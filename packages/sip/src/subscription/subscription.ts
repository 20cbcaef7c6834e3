import type { Cancel } from '@vats/kernel';
import { contactOn, type DialogContext, type DialogOwner } from '../dialog/context.ts';
import { Dialog } from '../dialog/dialog.ts';
import { admit, refuse } from '../dialog/exchanges.ts';
import { sendInDialog } from '../dialog/in-dialog-request.ts';
import { TAG_LENGTH } from '../dialog/random-names.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { Flow } from '../transport/index.ts';
import { type EventName, eventOf, formatEvent, sameEvent } from './event-name.ts';
import type { SubscriptionEnd, SubscriptionHost, SubscriptionTerms } from './subscription-host.ts';
import { type EndReason, formatSubscriptionState } from './subscription-state.ts';

/**
 * - `active`: changes are told
 * - `ending`: the last NOTIFY is owed or on its way
 * - `over`: gone
 */
type Life = 'active' | 'ending' | 'over';

const ALLOWED: HeaderField = ['Allow', 'SUBSCRIBE, OPTIONS'];
/** Seconds that a subscriber may ask us by Retry-After to leave it alone. */
const LONGEST_PAUSE_S = 600;

/**
 * Our end of one subscription (RFC 6665 §4.2) and its dialog. One NOTIFY is under way at a time: what changes meanwhile is
 * told by the next one, as a whole, so that no number of changes makes more than one NOTIFY wait.
 */
export class NotifierSubscription implements DialogOwner {
  readonly dialog: Dialog;
  readonly event: EventName;
  /** A request of this dialog from elsewhere: 481 makes its phone subscribe anew from there, with credentials. */
  readonly elsewhere = 481;
  readonly #context: DialogContext;
  readonly #host: SubscriptionHost;
  #type = '';
  #life: Life = 'active';
  #reason: EndReason = 'timeout';
  #endsAt = 0;
  #version = 0;
  /** A NOTIFY waits for its response. */
  #outstanding = false;
  #changed = false;
  /** The NOTIFY that was sent last says that this is the end. */
  #toldEnd = false;
  #expiry: Cancel | undefined;
  #pause: Cancel | undefined;
  #watched: Flow | undefined;
  #unwatch: Cancel | undefined;

  constructor(context: DialogContext, host: SubscriptionHost, request: SipRequest, flow: Flow, event: EventName) {
    this.#context = context;
    this.#host = host;
    this.event = event;
    const contactUser = context.random.token(TAG_LENGTH);
    this.dialog = Dialog.ofCallee(request, context.random.token(TAG_LENGTH), flow, { contactUser });
  }

  /** Answers the SUBSCRIBE that makes the dialog, and tells the state at once (RFC 6665 §4.2.1.2). */
  begin(transaction: ServerTransaction, terms: SubscriptionTerms): void {
    this.dialog.state = 'confirmed';
    this.#context.dialogs.set(this);
    this.#take(transaction, terms);
  }

  /** A change of what is watched can be told in this turn. */
  get isReady(): boolean {
    return this.#life !== 'over' && !this.#outstanding && this.#pause === undefined;
  }

  get isActive(): boolean {
    return this.#life === 'active';
  }

  /** Documents told so far. */
  get version(): number {
    return this.#version;
  }

  /** Milliseconds that are left of it. */
  get left(): number {
    return Math.max(0, this.#endsAt - this.#context.clock.monotonic());
  }

  get type(): string {
    return this.#type;
  }

  /** What is watched has changed. */
  change(): void {
    if (this.#life !== 'active') return;
    this.#changed = true;
    if (this.isReady) this.#host.onReady();
  }

  /** Tells what has changed, if something has, and it may be told now. */
  tell(): void {
    if (this.#changed && this.isReady) this.#notify();
  }

  /** Ends it from our side: the subscriber is told why and, unless it may not know it any more, the last state. */
  end(reason: EndReason): void {
    if (this.#life !== 'active') return;
    this.#life = 'ending';
    this.#reason = reason;
    this.#expiry?.();
    this.#resume();
    if (!this.#outstanding) this.#notify();
  }

  /** Ends it without a word to anyone but its host: for the end of the process. */
  abandon(): void {
    this.#over('abandoned');
  }

  onRequest(request: SipRequest, flow: Flow): void {
    if (this.#life !== 'active') {
      this.#context.transactions.replyStatelessly(request, flow, { status: 481 });
      return;
    }
    const transaction = admit(this.#context, this.dialog, request, flow);
    if (transaction === undefined) return;
    if (request.method === 'SUBSCRIBE') this.#refresh(request, transaction);
    else if (request.method === 'OPTIONS')
      transaction.respond({ status: 200, headers: [...this.#context.answersOptions, ...this.#context.server] });
    else refuse(this.#context, transaction, { status: request.method === 'BYE' ? 481 : 405, headers: [ALLOWED] });
  }

  onAck(): void {}

  onUnheard(): void {
    if (this.#life === 'active') this.end('rejected');
    this.#over('unheard');
  }

  #refresh(request: SipRequest, transaction: ServerTransaction): void {
    const event = eventOf(request);
    // One dialog has one usage here: another event in it is none of ours (RFC 6665 §4.5.2).
    if (!event.ok || !sameEvent(event.value, this.event))
      return void refuse(this.#context, transaction, { status: 481, headers: [] });
    const terms = this.#host.judge(request);
    // A refused refresh leaves the subscription as it was (RFC 6665 §4.1.2.2).
    if ('status' in terms) return void refuse(this.#context, transaction, terms);
    this.dialog.refreshTarget(request, transaction.flow);
    this.#take(transaction, terms);
  }

  #take(transaction: ServerTransaction, { type, seconds }: SubscriptionTerms): void {
    const { dialog } = this;
    this.#type = type;
    this.#endsAt = this.#context.clock.monotonic() + seconds * 1000;
    transaction.respond({
      status: 200,
      toTag: dialog.localTag,
      headers: [
        contactOn(this.#context, dialog.flow, dialog.contactUser, dialog.secure),
        ['Expires', `${seconds}`],
        ...this.#context.server,
      ],
    });
    this.#watch(dialog.flow);
    // Lost while it was answered.
    if (this.#life === 'over') return;
    if (seconds === 0) return void this.end('timeout');
    this.#expiry?.();
    this.#expiry = this.#context.clock.after(seconds * 1000, () => this.end('timeout'));
    this.#changed = true;
    // Whoever subscribes anew can take a NOTIFY, whatever it asked for before.
    this.#resume();
    this.tell();
  }

  #notify(): void {
    try {
      this.#send();
    } catch (error) {
      // A bug of ours, or a value that cannot be written: whoever is not told now must not believe that they will be.
      this.#over('notify-refused');
      throw error;
    }
  }

  #send(): void {
    const context = this.#context;
    const { dialog } = this;
    const mayKnow = this.#life === 'active' || this.#reason !== 'rejected';
    const body = mayKnow ? this.#host.document(this.#type, this.#version) : undefined;
    if (body === undefined && this.#life === 'active') return void this.end('noresource');
    this.#changed = false;
    this.#outstanding = true;
    this.#toldEnd = this.#life === 'ending';
    const headers: HeaderField[] = [
      contactOn(context, dialog.flow, dialog.contactUser, dialog.secure),
      ['Event', formatEvent(this.event)],
      ['Subscription-State', this.#state()],
      ...context.userAgent,
    ];
    if (body !== undefined) {
      headers.push(['Content-Type', this.#type]);
      this.#version++;
    }
    this.#host.onNotify();
    sendInDialog(
      context,
      dialog,
      { method: 'NOTIFY', headers, body },
      {
        onFinal: (response) => this.#onFinal(response),
        onTimeout: () => this.#over('notify-unanswered'),
        onTransportError: () => this.#over('flow-lost'),
      },
    );
  }

  #state(): string {
    if (this.#life === 'active')
      return formatSubscriptionState({ state: 'active', expires: Math.ceil(this.left / 1000) });
    return formatSubscriptionState({ state: 'terminated', reason: this.#reason });
  }

  #onFinal(response: SipResponse): void {
    if (this.#life === 'over') return;
    const { status } = response;
    const isTold = status < 300;
    if (isTold) this.dialog.refreshTarget(response);
    const pause = status === 481 || status === 408 || isTold ? undefined : pauseOf(response);
    // Without Retry-After a refused NOTIFY ends the subscription (RFC 6665 §4.2.2).
    if (!isTold && pause === undefined) return void this.#over('notify-refused');
    this.#outstanding = false;
    if (this.#life === 'active') {
      if (pause !== undefined) this.#rest(pause);
      else if (this.#changed) this.#host.onReady();
      return;
    }
    // The last NOTIFY has its answer, or is still owed, because the end came while another one was under way.
    if (this.#toldEnd) this.#over(this.#reason);
    else this.#notify();
  }

  #rest(seconds: number): void {
    this.#changed = true;
    this.#pause = this.#context.clock.after(seconds * 1000, () => {
      this.#pause = undefined;
      if (this.#life === 'active') this.#host.onReady();
    });
  }

  #resume(): void {
    this.#pause?.();
    this.#pause = undefined;
  }

  /** A connection that is gone takes its subscriptions along: nothing leads to the phone any more. */
  #watch(flow: Flow): void {
    if (!flow.reliable || flow === this.#watched) return;
    this.#unwatch?.();
    this.#watched = flow;
    this.#unwatch = flow.onClose(() => this.#over('flow-lost'));
    if (!flow.open) this.#over('flow-lost');
  }

  #over(how: SubscriptionEnd): void {
    if (this.#life === 'over') return;
    this.#life = 'over';
    this.dialog.state = 'ended';
    this.#expiry?.();
    this.#resume();
    this.#unwatch?.();
    this.#context.dialogs.delete(this.dialog);
    this.#host.onEnd(how);
  }
}

/** For how long a subscriber that refuses a NOTIFY wants none; undefined when it does not say. */
function pauseOf({ retryAfter }: SipResponse): number | undefined {
  if (retryAfter === undefined || !retryAfter.ok) return undefined;
  return Math.min(LONGEST_PAUSE_S, Math.max(1, retryAfter.value.seconds));
}
