import type { SipRequest } from '../message/message.ts';
import type { Via } from '../message/via.ts';
import { type ReplyDraft, writeResponseTo } from '../message/write-response-to.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import type { TransactionCore } from './core.ts';
import { responseClass } from './invite-client.ts';
import {
  INVITE_SERVER,
  type ServerEffect,
  type ServerEvent,
  type ServerState,
  type ServerTimer,
} from './invite-server.ts';
import { MachineDriver } from './machine.ts';
import { NON_INVITE_SERVER } from './non-invite-server.ts';
import { timerDuration } from './timers.ts';
import type { ServerTransaction, ServerTransactionUser } from './user.ts';

/** What the layer finds a server transaction by. */
export interface ServerKeys {
  readonly key: string;
  /** Undefined for a request within a dialog. */
  readonly mergeKey: string | undefined;
}

/** Carries a server machine out: answers, repeats, tells its user. */
export class ServerTransactionMachine
  extends MachineDriver<ServerState, ServerEvent, ServerEffect, ServerTimer>
  implements ServerTransaction
{
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly keys: ServerKeys;
  readonly #via: Via;
  readonly #core: TransactionCore;
  readonly #user: ServerTransactionUser;
  readonly #sendFailed = (failure: TransportFailure): void => this.#onSendFailed(failure);
  #interval: number;
  #tag: string | undefined;
  #last: Buffer | undefined;
  #cancelled = false;
  // What came with the event that is being handled.
  #response: Buffer | undefined;
  #ack: SipRequest | undefined;
  #ackCameOn: Flow | undefined;
  #failure: TransportFailure | undefined;

  constructor(
    core: TransactionCore,
    keys: ServerKeys,
    request: SipRequest,
    via: Via,
    flow: Flow,
    user: ServerTransactionUser,
  ) {
    super(request.method === 'INVITE' ? INVITE_SERVER : NON_INVITE_SERVER, core.queues, 'trying');
    this.#core = core;
    this.keys = keys;
    this.request = request;
    this.#via = via;
    this.flow = flow;
    this.#user = user;
    this.#interval = core.timers.t1;
    this.begin();
  }

  /** The To tag of the last response that had one. */
  get tag(): string | undefined {
    return this.request.toTag ?? this.#tag;
  }

  respond(draft: ReplyDraft): void {
    const event = this.#eventOf(draft.status);
    if (event === undefined || !this.takes(event)) {
      this.#core.log.debug('transaction.response-ignored', {
        callId: this.request.value('Call-ID'),
        method: this.request.method,
        status: draft.status,
        state: this.state,
      });
      return;
    }
    this.#response = this.#write(draft);
    this.handle(event);
  }

  /** The request came again. */
  repeat(): void {
    this.#core.counters.requestsAbsorbed++;
    this.handle('request');
  }

  /** Answers whether the ACK belongs to this transaction. */
  acknowledge(ack: SipRequest, flow: Flow): void {
    this.#ack = ack;
    this.#ackCameOn = flow;
    this.handle('ack');
    this.#ack = undefined;
  }

  /** The client takes its INVITE back; after a final response that means nothing (RFC 3261 §9.2). */
  cancel(cancel: SipRequest): void {
    if (this.#cancelled || (this.state !== 'trying' && this.state !== 'proceeding')) return;
    this.#cancelled = true;
    const user = this.#user;
    if (user.onCancel === undefined) this.respond({ status: 487 });
    else this.#core.guard(() => user.onCancel?.(cancel));
  }

  /** Ends without a word to anyone but the layer. */
  abandon(): void {
    this.stop();
  }

  protected duration(timer: ServerTimer): number {
    return timerDuration(timer, this.#core.timers, this.flow.reliable);
  }

  protected perform(effect: ServerEffect): void {
    switch (effect) {
      case 'send':
        this.#last = this.#response;
        this.#response = undefined;
        return void this.#sendLast();
      case 'resend':
        if (this.#last !== undefined) this.#core.counters.retransmissions++;
        return void this.#sendLast();
      case 'send-trying':
        this.#last = this.#write({ status: 100 });
        return void this.#sendLast();
      case 'pass-ack-up':
        return void this.#passAckUp();
      case 'double-G':
        this.#interval = Math.min(this.#interval * 2, this.#core.timers.t2);
        return void this.start('G', this.#interval);
      case 'report-transport-error':
        return void this.#core.guard(() => this.#user.onTransportError?.(this.#failure ?? { code: 'failed' }));
    }
  }

  protected ended(): void {
    this.#core.serverEnded(this);
    if (this.#user.onTerminated !== undefined) this.#core.guard(() => this.#user.onTerminated?.());
  }

  #eventOf(status: number): ServerEvent | undefined {
    if (this.request.method === 'INVITE') return responseClass(status);
    if (status < 200) return undefined; // RFC 4320 §4.1: nothing but 100, and that we send ourselves
    return status === 408 ? '408' : responseClass(status);
  }

  #write({ status, reason, toTag, headers, body }: ReplyDraft): Buffer {
    if (status > 100) this.#tag = toTag ?? this.#tag ?? this.#core.tag();
    return writeResponseTo(this.request, this.flow.observed, {
      status,
      reason,
      toTag: status > 100 ? this.#tag : undefined,
      headers,
      body,
    });
  }

  #sendLast(): void {
    if (this.#last !== undefined) this.#core.transport.sendResponse(this.#last, this.#via, this.flow, this.#sendFailed);
  }

  #passAckUp(): void {
    if (this.#ack !== undefined) this.#core.passAckUp(this.#ack, this.#ackCameOn ?? this.flow);
  }

  #onSendFailed(failure: TransportFailure): void {
    this.#failure = failure;
    this.handle('transport-error');
  }
}
