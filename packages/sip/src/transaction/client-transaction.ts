import type { Cancel } from '@vats/kernel';
import type { SipResponse } from '../message/message.ts';
import { type HeaderField, type RequestDraft, writeRequest } from '../message/write-message.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import type { TransactionCore } from './core.ts';
import { ackOf } from './follow-up-requests.ts';
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  type ClientTimer,
  INVITE_CLIENT,
  responseClass,
} from './invite-client.ts';
import { MachineDriver } from './machine.ts';
import { NON_INVITE_CLIENT } from './non-invite-client.ts';
import { timerDuration } from './timers.ts';
import type { ClientTransaction, ClientTransactionUser } from './user.ts';

/** A request on its way out. */
export interface OutgoingRequest {
  readonly draft: RequestDraft;
  readonly branch: string;
  /** Value of the top Via. */
  readonly via: string;
  /** The whole request; every sending uses these. */
  readonly octets: Buffer;
}

/**
 * Carries a client machine out: sends, repeats, tells its user. After a final response it only waits for repetitions of
 * that, as thousands do at a time, and lets its request go.
 */
export class ClientTransactionMachine
  extends MachineDriver<ClientState, ClientEvent, ClientEffect, ClientTimer>
  implements ClientTransaction
{
  readonly flow: Flow;
  readonly method: string;
  readonly branch: string;
  /** For the CANCEL, once it is asked for. */
  cancelHeaders: readonly HeaderField[] = [];
  readonly #core: TransactionCore;
  readonly #user: ClientTransactionUser;
  readonly #sendFailed = (failure: TransportFailure): void => this.#onSendFailed(failure);
  /** In a later turn: the response that it acknowledges is told first. */
  readonly #ackFailed = (failure: TransportFailure): void => this.#core.later(() => this.#onSendFailed(failure));
  #request: OutgoingRequest | undefined;
  #starting = true;
  #isRepeated = false;
  #interval: number;
  #ack: Buffer | undefined = undefined;
  #unwatch: Cancel | undefined = undefined;
  // What came with the event that is being handled.
  #response: SipResponse | undefined = undefined;
  #cameOn: Flow | undefined = undefined;
  #failure: TransportFailure | undefined = undefined;

  constructor(core: TransactionCore, request: OutgoingRequest, flow: Flow, user: ClientTransactionUser) {
    const isInvite = request.draft.method === 'INVITE';
    super(isInvite ? INVITE_CLIENT : NON_INVITE_CLIENT, core.queues, isInvite ? 'calling' : 'trying');
    this.#core = core;
    this.#request = request;
    this.method = request.draft.method;
    this.branch = request.branch;
    this.flow = flow;
    this.#user = user;
    this.#interval = core.timers.t1;
  }

  /** Until a final response comes. */
  get request(): OutgoingRequest | undefined {
    return this.#request;
  }

  get isRepeated(): boolean {
    return this.#isRepeated;
  }

  /** Sends the request for the first time. */
  launch(): this {
    this.begin();
    // A lost connection brings no response any more, and waiting for Timer B would only cost the caller half a minute.
    if (this.flow.reliable) this.#unwatch = this.flow.onClose(this.#sendFailed);
    this.#send();
    this.#starting = false;
    return this;
  }

  receive(response: SipResponse, flow: Flow): void {
    this.#response = response;
    this.#cameOn = flow;
    this.handle(responseClass(response.status));
    this.#response = undefined;
    this.#cameOn = undefined;
    if (response.status >= 200) this.#request = undefined;
  }

  cancel(headers: readonly HeaderField[] = []): void {
    if (!this.takes('cancel')) return;
    this.cancelHeaders = headers;
    this.handle('cancel');
  }

  /** No response will be heard: its user is told at once what it would have been told in the end. */
  giveUp(): void {
    if (this.#request !== undefined) this.#tellUser('report-timeout');
    this.stop();
  }

  /** Ends without a word to anyone but the layer. */
  abandon(): void {
    this.stop();
  }

  protected duration(timer: ClientTimer): number {
    return timerDuration(timer, this.#core.timers, this.flow.reliable);
  }

  protected perform(effect: ClientEffect): void {
    const { timers, counters } = this.#core;
    switch (effect) {
      case 'send-ack':
        return void this.#sendAck();
      case 'send-cancel':
        return void this.#core.sendCancel(this);
      case 'resend':
        counters.retransmissions++;
        this.#isRepeated = true;
        return void this.#send();
      case 'double-A':
        this.#interval *= 2;
        return void this.start('A', this.#interval);
      case 'double-E':
        this.#interval = Math.min(this.#interval * 2, timers.t2);
        return void this.start('E', this.#interval);
      case 'slow-E':
        return void this.start('E', timers.t2);
      default:
        return void this.#tellUser(effect);
    }
  }

  protected ended(): void {
    this.#unwatch?.();
    this.#core.clientEnded(this);
    this.#tellUser('terminated');
  }

  #tellUser(what: 'pass-up' | 'report-timeout' | 'report-transport-error' | 'terminated'): void {
    const user = this.#user;
    try {
      if (what === 'pass-up') {
        if (this.#response !== undefined) user.onResponse(this.#response, this.#cameOn ?? this.flow);
      } else if (what === 'terminated') user.onTerminated?.();
      else if (what === 'report-timeout') user.onTimeout();
      else user.onTransportError(this.#failure ?? { code: 'failed' });
    } catch (bug) {
      this.#core.bug(bug);
    }
  }

  #send(): void {
    if (this.#request !== undefined) this.flow.send(this.#request.octets, this.#sendFailed);
  }

  #sendAck(): void {
    const request = this.#request;
    if (this.#response !== undefined && request !== undefined) {
      this.#ack ??= writeRequest(ackOf(request.draft, request.via, this.#response));
    }
    if (this.#ack !== undefined) this.flow.send(this.#ack, this.#ackFailed);
  }

  #onSendFailed(failure: TransportFailure): void {
    // Whoever called `send` has no transaction in hand yet to make sense of this.
    if (this.#starting) return void this.#core.later(() => this.#onSendFailed(failure));
    this.#failure = failure;
    this.handle('transport-error');
  }
}
