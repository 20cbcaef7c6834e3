import type { SipRequest } from '../message/message.ts';
import { type ReplyDraft, writeResponseTo } from '../message/write-response-to.ts';
import type { Flow, ResponseWay, TransportFailure } from '../transport/index.ts';
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

/** A user that wants to hear nothing. */
export const NOBODY: ServerTransactionUser = {};

/** What the layer finds a server transaction by. */
export interface ServerKeys {
  readonly key: string;
  /** Undefined for a request within a dialog. */
  readonly mergeKey: string | undefined;
}

/**
 * Carries a server machine out: answers, repeats, tells its user. Most of its life it only waits for repetitions, and
 * thousands wait at a time, so it lets the request go as soon as no response can be made of it any more.
 */
export class ServerTransactionMachine extends MachineDriver<ServerState, ServerEvent, ServerEffect, ServerTimer> {
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly flow: Flow;
  /** Where the layer remembers its request by its octets; -1 for nowhere. */
  place = -1;
  readonly #way: ResponseWay;
  readonly #core: TransactionCore;
  #user: ServerTransactionUser;
  readonly #isInvite: boolean;
  readonly #sendFailed: ((failure: TransportFailure) => void) | undefined;
  #request: SipRequest | undefined;
  #interval: number;
  #tag: string | undefined;
  #last: Buffer | undefined = undefined;
  #cancelled = false;
  // What came with the event that is being handled.
  #ack: SipRequest | undefined = undefined;
  #ackCameOn: Flow | undefined = undefined;
  #failure: TransportFailure | undefined = undefined;

  constructor(
    core: TransactionCore,
    keys: ServerKeys,
    request: SipRequest,
    flow: Flow,
    way: ResponseWay,
    user: ServerTransactionUser,
  ) {
    super(request.method === 'INVITE' ? INVITE_SERVER : NON_INVITE_SERVER, core.queues, 'trying');
    this.#core = core;
    this.key = keys.key;
    this.mergeKey = keys.mergeKey;
    this.#isInvite = request.method === 'INVITE';
    this.#request = request;
    this.#tag = request.toTag;
    this.flow = flow;
    this.#way = way;
    this.#user = user;
    this.#interval = core.timers.t1;
    this.#sendFailed = user.onTransportError === undefined ? undefined : (failure): void => this.#onSendFailed(failure);
  }

  /** Starts the timers of a request that was not answered in the turn of its coming, as most are. */
  override begin(): void {
    if (this.state === 'trying') super.begin();
  }

  /** The To tag of its responses, once they have one. */
  get tag(): string | undefined {
    return this.#tag;
  }

  respond(draft: ReplyDraft): void {
    const event = this.#isInvite || draft.status !== 408 ? responseClass(draft.status) : '408';
    const request = this.#request;
    if (request === undefined || !this.takes(event)) {
      const { status } = draft;
      this.#core.log.debug('transaction.response-ignored', { status, state: this.state, key: this.key });
      return;
    }
    const octets = this.#write(request, draft);
    // 408 is the response that is not sent, and there must be nothing to send again either (RFC 4320 §4.2).
    this.#last = event === '408' ? undefined : octets;
    this.handle(event);
    if (this.state === 'completed' || this.state === 'terminated') this.#request = undefined;
  }

  release(): void {
    if (this.state === 'trying' || this.state === 'proceeding') return;
    this.#request = undefined;
    this.#user = NOBODY;
  }

  /** The request came again. */
  repeat(): void {
    this.#core.counters.requestsAbsorbed++;
    this.handle('request');
  }

  /** An ACK came that matches this INVITE. */
  acknowledge(ack: SipRequest, flow: Flow): void {
    this.#ack = ack;
    this.#ackCameOn = flow;
    this.handle('ack');
    this.#ack = undefined;
    this.#ackCameOn = undefined;
  }

  /** The client takes its INVITE back; after a final response that means nothing (RFC 3261 §9.2). */
  cancel(cancel: SipRequest): void {
    if (this.#cancelled || (this.state !== 'trying' && this.state !== 'proceeding')) return;
    this.#cancelled = true;
    const user = this.#user;
    if (user.onCancel === undefined) this.respond({ status: 487 });
    else this.#tellUser('cancelled', cancel);
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
        return void this.#sendLast();
      case 'resend':
        if (this.#last !== undefined) this.#core.counters.retransmissions++;
        return void this.#sendLast();
      case 'send-trying':
        if (this.#request !== undefined) this.#last = this.#write(this.#request, { status: 100 });
        return void this.#sendLast();
      case 'pass-ack-up':
        return void this.#passAckUp();
      case 'double-G':
        this.#interval = Math.min(this.#interval * 2, this.#core.timers.t2);
        return void this.start('G', this.#interval);
      case 'report-transport-error':
        return void this.#tellUser('transport-error');
    }
  }

  protected ended(): void {
    this.#core.serverEnded(this);
    this.#tellUser('terminated');
  }

  #tellUser(what: 'cancelled' | 'transport-error' | 'terminated', cancel?: SipRequest): void {
    const user = this.#user;
    try {
      if (what === 'terminated') user.onTerminated?.();
      else if (what === 'transport-error') user.onTransportError?.(this.#failure ?? { code: 'failed' });
      else if (cancel !== undefined) user.onCancel?.(cancel);
    } catch (bug) {
      this.#core.bug(bug);
    }
  }

  #write(request: SipRequest, { status, reason, toTag, headers, body }: ReplyDraft): Buffer {
    const tag = status > 100 ? (toTag ?? this.#tag ?? this.#core.tag()) : this.#tag;
    const octets = writeResponseTo(request, this.flow.observed, { status, reason, toTag: tag, headers, body });
    this.#tag = tag;
    return octets;
  }

  #sendLast(): void {
    if (this.#last !== undefined) this.#way.send(this.#last, this.#sendFailed);
  }

  #passAckUp(): void {
    if (this.#ack !== undefined) this.#core.passAckUp(this.#ack, this.#ackCameOn ?? this.flow);
  }

  #onSendFailed(failure: TransportFailure): void {
    this.#failure = failure;
    this.handle('transport-error');
  }
}

/** What the user of a server transaction holds: the request, which the transaction lets go of before it ends. */
export class AcceptedRequest implements ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly #machine: ServerTransactionMachine;

  constructor(request: SipRequest, flow: Flow, machine: ServerTransactionMachine) {
    this.request = request;
    this.flow = flow;
    this.#machine = machine;
  }

  get state(): ServerState {
    return this.#machine.state;
  }

  respond(draft: ReplyDraft): void {
    this.#machine.respond(draft);
  }

  release(): void {
    this.#machine.release();
  }
}
