import type { SipRequest } from '../message/message.ts';
import { parseRAck } from '../message/session-extensions.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { ReplyDraft } from '../message/write-response-to.ts';
import type { RunningTimer, ServerTransaction, TimerOwner } from '../transaction/index.ts';
import type { DialogContext } from './context.ts';
import type { Dialog } from './dialog.ts';

/** Extension tag of RFC 3262. */
export const RELIABLE = '100rel';

/** First numbers are below this (RFC 3262 §3). */
const FIRST_RSEQ_BELOW = 2 ** 31;

/** Provisional responses that may wait for the PRACK of those before them; of more the oldest is left out. */
const QUEUE_LIMIT = 16;

export interface ReliableResponse {
  readonly dialog: Dialog;
  readonly draft: ReplyDraft;
  /** No 2xx goes before its PRACK (RFC 3262 §3). */
  readonly hasSdp: boolean;
  /** It goes out now, for the first time. */
  readonly onSent?: () => void;
}

interface Unacknowledged extends ReliableResponse {
  readonly rseq: number;
  readonly deadline: RunningTimer;
  repetition: RunningTimer;
  interval: number;
}

export interface ReliableHost {
  /** No PRACK came within 64*T1: the INVITE is to be refused with 5xx (RFC 3262 §3). */
  unacknowledged(): void;
}

/**
 * The reliable provisional responses to one INVITE (RFC 3262 §3): numbered through all its early dialogs, one at a time on its
 * way, repeated from T1 doubling each time until its PRACK.
 */
export class ReliableResponses implements TimerOwner {
  readonly #context: DialogContext;
  readonly #transaction: ServerTransaction;
  readonly #host: ReliableHost;
  readonly #cseq: number;
  #rseq: number;
  #current: Unacknowledged | undefined;
  /** A final response came before its PRACK, which may be on its way. */
  #late: Unacknowledged | undefined;
  readonly #queue: ReliableResponse[] = [];

  constructor(context: DialogContext, transaction: ServerTransaction, host: ReliableHost) {
    const { cseq } = transaction.request;
    this.#context = context;
    this.#transaction = transaction;
    this.#host = host;
    this.#cseq = cseq.ok ? cseq.value.number : 0;
    this.#rseq = context.random.below(FIRST_RSEQ_BELOW - 1);
  }

  /** One that awaits its PRACK carries a session description. */
  get holdsSuccess(): boolean {
    return this.#current?.hasSdp === true;
  }

  /** The early dialog whose response awaits its PRACK. */
  get awaited(): Dialog | undefined {
    return this.#current?.dialog;
  }

  send(response: ReliableResponse): void {
    if (this.#current === undefined) this.#sendNow(response);
    else {
      if (this.#queue.length >= QUEUE_LIMIT) this.#queue.shift();
      this.#queue.push(response);
    }
  }

  /** Whether a PRACK names the response that awaits one in its dialog; if so, that one is repeated no more. */
  takesPrack(prack: SipRequest, dialog: Dialog): boolean {
    const current = this.#current ?? this.#late;
    const rack = parseRAck(prack.value('RAck') ?? '');
    if (current === undefined || current.dialog !== dialog || !rack.ok) return false;
    const { rseq, cseq, method } = rack.value;
    if (rseq !== current.rseq || cseq !== this.#cseq || method !== 'INVITE') return false;
    this.#stop();
    this.#late = undefined;
    return true;
  }

  /** The next in the queue goes out, unless one is on its way. */
  sendNext(): void {
    const next = this.#current === undefined ? this.#queue.shift() : undefined;
    if (next !== undefined) this.#sendNow(next);
  }

  /** What waits in the queue is not said any more: a final response is about to be. */
  clear(): void {
    this.#queue.length = 0;
  }

  /** A final response was sent: nothing is repeated any more, and nobody waits for a PRACK (RFC 3262 §3). */
  stop(): void {
    this.clear();
    this.#late = this.#current ?? this.#late;
    this.#stop();
  }

  onTimer(timer: RunningTimer): void {
    const current = this.#current;
    if (current === undefined) return;
    if (timer === current.deadline) {
      this.stop();
      this.#host.unacknowledged();
      return;
    }
    // Unlike a final response, up to the end and not up to T2 (RFC 3262 §3).
    current.interval *= 2;
    current.repetition = this.#context.queues.start(this, 'repetition', current.interval);
    this.#transaction.respond(current.draft);
  }

  #sendNow(response: ReliableResponse): void {
    const { queues, timers } = this.#context;
    const rseq = ++this.#rseq;
    const { draft } = response;
    const headers: HeaderField[] = [...(draft.headers ?? []), ['Require', RELIABLE], ['RSeq', `${rseq}`]];
    response.onSent?.();
    this.#current = {
      ...response,
      draft: { ...draft, headers },
      rseq,
      deadline: queues.start(this, 'deadline', 64 * timers.t1),
      repetition: queues.start(this, 'repetition', timers.t1),
      interval: timers.t1,
    };
    this.#transaction.respond(this.#current.draft);
  }

  #stop(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    this.#context.queues.stop(current.repetition);
    this.#context.queues.stop(current.deadline);
  }
}
