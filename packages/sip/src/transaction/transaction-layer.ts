import {
  type Clock,
  type Endpoint,
  FaultLines,
  formatEndpoint,
  type Ledger,
  LineBudget,
  type Log,
  type Random,
} from '@vats/kernel';
import { checkRequest, checkResponse } from '../message/check-message.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import type { Via } from '../message/via.ts';
import { type HeaderField, type RequestDraft, writeRequest } from '../message/write-message.ts';
import { type ReplyDraft, writeResponseTo } from '../message/write-response-to.ts';
import { CountedClock, type Flow, sourceOf, type TransportLayer, type TransportUser } from '../transport/index.ts';
import { ClientTransactionMachine, type OutgoingRequest } from './client-transaction.ts';
import type { TransactionCore } from './core.ts';
import { newTransactionCounters, type TransactionCounters } from './counters.ts';
import { cancelOf } from './follow-up-requests.ts';
import { clientKey, mergeKey, serverKey } from './matching.ts';
import { RecentRequests } from './recent-requests.ts';
import { type RequestWriter, requestWriter } from './request-writer.ts';
import { AcceptedRequest, NOBODY, type ServerKeys, ServerTransactionMachine } from './server-transaction.ts';
import { TimerQueues } from './timer-queues.ts';
import { TRANSACTION_TIMERS, type TransactionTimers } from './timers.ts';
import type {
  ClientTransaction,
  ClientTransactionUser,
  ServerTransaction,
  ServerTransactionUser,
  TransactionUser,
} from './user.ts';

export interface TransactionLayerOptions {
  readonly transport: TransportLayer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly timers?: Partial<TransactionTimers>;
  /**
   * Server transactions that may live at a time; a new request beyond it gets 503. Requests within a dialog, which mostly
   * end something, may have a quarter more.
   */
  readonly limit?: number;
}

/** A stateless answer over UDP may have so many octets however short the request is: a challenge has some 500. */
export const STATELESS_REPLY_OCTETS = 700;
const SERVER_TRANSACTIONS = 50_000;
const RESERVE_WITHIN_DIALOGS = 1.25;
/** Whoever is refused comes again after so many seconds, not all at once. */
const [RETRY_LEAST, RETRY_SPREAD] = [5, 10];
const TAG_CHARACTERS = 12;
const DEAF: ClientTransactionUser = { onResponse: () => {}, onTimeout: () => {}, onTransportError: () => {} };

/**
 * Transactions (RFC 3261 §17, RFC 6026, RFC 4320) over the transport layer, whose user it is: matches messages to
 * transactions, absorbs what comes again, answers what is wrong, merged or cancelled, and tells its user what is new.
 */
export class TransactionLayer implements TransportUser {
  /** Set by the layer above before anything is listened on. */
  user: TransactionUser | undefined;
  readonly counters: TransactionCounters = newTransactionCounters();
  readonly #transport: TransportLayer;
  readonly #random: Random;
  readonly #write: RequestWriter;
  readonly #log: Log;
  readonly #lines: LineBudget;
  readonly #faults: FaultLines;
  readonly #limit: number;
  readonly #core: TransactionCore;
  readonly #clients = new Map<string, ClientTransactionMachine>();
  readonly #servers = new Map<string, ServerTransactionMachine>();
  readonly #mergeable = new Map<string, ServerTransactionMachine>();
  readonly #recent = new RecentRequests();
  // The keys of the request that is being passed up, and its transaction: `accept` follows in the same turn, as a rule.
  #keysOf: SipRequest | undefined;
  #accepted: ServerTransactionMachine | undefined;
  #keys: ServerKeys = { key: '', mergeKey: undefined };

  constructor(options: TransactionLayerOptions) {
    const { transport, random, log, ledger } = options;
    const clock = new CountedClock(options.clock);
    const queues = new TimerQueues(options.clock, (error) => this.#bug(error));
    this.#transport = transport;
    this.#random = random;
    this.#write = requestWriter(transport, random);
    this.#log = log;
    this.#lines = new LineBudget(clock, log);
    this.#faults = new FaultLines(clock, log);
    this.#limit = options.limit ?? SERVER_TRANSACTIONS;
    this.#core = {
      transport,
      timers: { ...TRANSACTION_TIMERS, ...options.timers },
      queues,
      counters: this.counters,
      log,
      tag: () => random.token(TAG_CHARACTERS),
      later: (run) => void clock.after(0, run),
      bug: (error) => this.#bug(error),
      sendCancel: (invite) => this.#sendCancel(invite),
      passAckUp: (ack, flow) => this.#passAckUp(ack, flow),
      clientEnded: (transaction) => {
        this.#clients.delete(clientKey(transaction.branch, transaction.method));
      },
      serverEnded: (transaction) => this.#forget(transaction),
    };
    transport.user = this;
    ledger.enrol('client transactions', () => this.#clients.size);
    ledger.enrol('server transactions', () => this.#servers.size);
    ledger.enrol('transaction timers', () => queues.waiting + clock.waiting);
  }

  /** How many of the server transactions that may live do live, 0 to 1; more than that with the reserve of dialogs. */
  get fullness(): number {
    return this.#servers.size / this.#limit;
  }

  /**
   * Makes a transaction of a request that `onRequest` told of.
   * @throws Error for an ACK, a CANCEL, or a request that has a transaction
   */
  accept(request: SipRequest, flow: Flow, user: ServerTransactionUser = NOBODY): ServerTransaction {
    const via = request.topVia;
    if (!via.ok || request.method === 'ACK' || request.method === 'CANCEL') {
      throw new Error(`accept: ${request.method} makes no transaction`);
    }
    const isPassedUp = this.#keysOf === request;
    const keys = this.#keysFor(request, via.value);
    // Of a request that is being passed up it was found a moment ago that it has none.
    const isKnown = isPassedUp ? this.#accepted !== undefined : this.#servers.has(keys.key);
    if (isKnown) throw new Error(`accept: this ${request.method} has a transaction`);
    const way = this.#transport.responseWay(via.value, flow);
    const transaction = new ServerTransactionMachine(this.#core, keys, request, flow, way, user);
    this.#servers.set(keys.key, transaction);
    if (keys.mergeKey !== undefined) this.#mergeable.set(keys.mergeKey, transaction);
    if (!flow.reliable) transaction.place = this.#recent.note(request.bytes, transaction);
    if (isPassedUp) this.#accepted = transaction;
    else transaction.begin();
    return new AcceptedRequest(request, flow, transaction);
  }

  /**
   * Answers a request and remembers nothing: its retransmission comes up again and gets the same answer with the same To
   * tag (RFC 3261 §8.2.7). An ACK is never answered.
   *
   * @returns false when the answer was not sent because whoever forges a source would send more to the victim through us
   *   than by himself: over UDP it is at most half as long again as the request, or `STATELESS_REPLY_OCTETS`
   */
  replyStatelessly(request: SipRequest, flow: Flow, draft: ReplyDraft): boolean {
    const via = request.topVia;
    if (!via.ok || request.method === 'ACK') return true;
    const { status, reason, headers, body } = draft;
    const toTag = status > 100 ? (draft.toTag ?? this.#transport.statelessTag(request)) : undefined;
    const octets = writeResponseTo(request, flow.observed, { status, reason, toTag, headers, body });
    if (!flow.reliable && octets.length > Math.max(STATELESS_REPLY_OCTETS, 1.5 * request.bytes.length)) {
      this.counters.tooLongToAnswer++;
      return false;
    }
    this.#transport.sendResponse(octets, via.value, flow);
    return true;
  }

  /**
   * Sends a request other than ACK and CANCEL in a transaction of its own. The top Via is added here (branch, rport, our
   * sent-by on this flow), Max-Forwards when it is missing.
   * @throws UnsafeValue when a value of the draft can't be written; nothing has been sent then
   */
  send(draft: RequestDraft, flow: Flow, user: ClientTransactionUser): ClientTransaction {
    return this.#launch(this.#write(draft, flow), flow, user);
  }

  /**
   * Sends the ACK of a 2xx (RFC 3261 §13.2.2.4): a request without transaction, with a branch of its own. Answers its
   * octets, to be sent again when the 2xx comes again.
   */
  sendAck(draft: RequestDraft, flow: Flow): Buffer {
    const { octets } = this.#write(draft, flow);
    flow.send(octets);
    return octets;
  }

  /**
   * Ends every transaction with a far end that is not heard any more: what was sent is not repeated, what waits for a
   * response has timed out.
   */
  giveUpOn(isUnheard: (observed: Endpoint) => boolean): void {
    // What a user sends there when it is told comes last in the map, and is given up as well.
    for (const transaction of this.#clients.values()) if (isUnheard(transaction.flow.observed)) transaction.giveUp();
    for (const transaction of this.#servers.values()) if (isUnheard(transaction.flow.observed)) transaction.abandon();
  }

  /** Ends every transaction at once; only their `onTerminated` is called. For the end of the process. */
  close(): void {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.abandon();
  }

  /** From the transport layer. */
  onMessage(message: SipMessage, flow: Flow): void {
    if (message.kind === 'request') this.#onRequest(message, flow);
    else this.#onResponse(message, flow);
  }

  /** From the transport layer, before anything is parsed: true for a retransmission that has found its transaction. */
  absorbs(octets: Buffer): boolean {
    const known = this.#recent.find(octets);
    known?.repeat();
    return known !== undefined;
  }

  /** From the transport layer, of what it cannot cut into messages; and of what ends here. */
  mayAnswer(request: SipRequest, flow: Flow): boolean {
    try {
      return this.user?.mayAnswer?.(request, flow) ?? true;
    } catch (error) {
      this.#bug(error);
      return false;
    }
  }

  // --- requests ---

  #onRequest(request: SipRequest, flow: Flow): void {
    const via = request.topVia;
    if (!via.ok) {
      this.counters.unusable++;
      return void this.#line('transaction.request-without-via', flow, { method: request.method });
    }
    if (request.method === 'ACK') return void this.#onAck(request, via.value, flow);
    if (request.method === 'CANCEL') return void this.#onCancel(request, via.value, flow);
    const keys = this.#keysFor(request, via.value);
    const known = this.#servers.get(keys.key);
    if (known !== undefined) return void known.repeat();
    const fault = checkRequest(request);
    if (fault !== undefined) {
      this.counters.badRequests++;
      if (!this.#turnAway(request, flow, fault)) return;
      return void this.#line('transaction.bad-request', flow, { method: request.method, ...fault });
    }
    if (keys.mergeKey !== undefined && this.#mergeable.has(keys.mergeKey)) {
      this.counters.merged++;
      return void this.#turnAway(request, flow, { status: 482, reason: 'Merged Request' });
    }
    if (this.#isFull(request)) {
      this.counters.overloaded++;
      this.#line('transaction.overload', flow, { transactions: this.#servers.size });
      return void this.#turnAway(request, flow, { status: 503, headers: [this.#retryAfter()] });
    }
    this.#passUp(request, flow);
  }

  /** Answers what belongs to no transaction and makes none, if its sender may have an answer of us. */
  #turnAway(request: SipRequest, flow: Flow, draft: ReplyDraft): boolean {
    const may = this.mayAnswer(request, flow);
    if (may) this.replyStatelessly(request, flow, draft);
    return may;
  }

  #passUp(request: SipRequest, flow: Flow): void {
    try {
      this.user?.onRequest(request, flow);
    } catch (error) {
      this.#bug(error);
    }
    this.#keysOf = undefined;
    const accepted = this.#accepted;
    this.#accepted = undefined;
    accepted?.begin();
  }

  #passAckUp(ack: SipRequest, flow: Flow): void {
    try {
      this.user?.onAck(ack, flow);
    } catch (error) {
      this.#bug(error);
    }
  }

  #isFull(request: SipRequest): boolean {
    const { size } = this.#servers;
    return size >= this.#limit && (request.toTag === undefined || size >= this.#limit * RESERVE_WITHIN_DIALOGS);
  }

  #retryAfter(): HeaderField {
    return ['Retry-After', String(RETRY_LEAST + this.#random.below(RETRY_SPREAD))];
  }

  #onAck(ack: SipRequest, via: Via, flow: Flow): void {
    const transaction = this.#inviteOf(ack, via);
    if (transaction !== undefined) return void transaction.acknowledge(ack, flow);
    if (checkRequest(ack) === undefined) this.#passAckUp(ack, flow);
    else this.counters.unusable++;
  }

  /** RFC 3261 §9.2. A CANCEL needs no transaction: asked again, we answer the same again. */
  #onCancel(cancel: SipRequest, via: Via, flow: Flow): void {
    const fault = checkRequest(cancel);
    if (fault !== undefined) this.counters.badRequests++;
    const transaction = this.#servers.get(serverKey(cancel, via, 'INVITE', cancel.toTag));
    if (transaction === undefined) return void this.#turnAway(cancel, flow, fault ?? { status: 481 });
    if (fault !== undefined) return void this.replyStatelessly(cancel, flow, fault);
    this.replyStatelessly(cancel, flow, { status: 200, toTag: transaction.tag });
    transaction.cancel(cancel);
  }

  /** The INVITE transaction that an ACK acknowledges. One of RFC 2543 has the To tag of our response (§17.2.3). */
  #inviteOf(ack: SipRequest, via: Via): ServerTransactionMachine | undefined {
    const same = this.#servers.get(serverKey(ack, via, 'INVITE', ack.toTag));
    if (same !== undefined || via.hasMagicCookie) return same;
    const outside = this.#servers.get(serverKey(ack, via, 'INVITE', undefined));
    return outside !== undefined && outside.tag === ack.toTag ? outside : undefined;
  }

  #keysFor(request: SipRequest, via: Via): ServerKeys {
    if (this.#keysOf !== request) {
      this.#keys = { key: serverKey(request, via, request.method, request.toTag), mergeKey: mergeKey(request) };
      this.#keysOf = request;
    }
    return this.#keys;
  }

  #forget(transaction: ServerTransactionMachine): void {
    const { key, mergeKey: merge, place } = transaction;
    if (place >= 0) this.#recent.forget(place, transaction);
    this.#servers.delete(key);
    if (merge !== undefined && this.#mergeable.get(merge) === transaction) this.#mergeable.delete(merge);
  }

  // --- responses ---

  #onResponse(response: SipResponse, flow: Flow): void {
    const { topVia, cseq } = response;
    const branch = topVia.ok ? topVia.value.branch : undefined;
    if (branch === undefined || !cseq.ok) {
      this.counters.unusable++;
      return void this.#line('transaction.response-unusable', flow, { status: response.status });
    }
    const { method } = cseq.value;
    const transaction = this.#clients.get(clientKey(branch, method));
    if (transaction === undefined || transaction.method !== method) return void this.#onStray(response, flow);
    // A final failure ends the transaction whatever else is wrong with it; nothing else in it is needed.
    const fault = response.status < 300 ? checkResponse(response) : undefined;
    if (fault !== undefined || hasSeveralVias(response)) {
      this.counters.unusable++;
      return void this.#line('transaction.response-unusable', flow, { status: response.status, reason: fault?.reason });
    }
    transaction.receive(response, flow);
  }

  #onStray(response: SipResponse, flow: Flow): void {
    this.counters.stray++;
    if (checkResponse(response) !== undefined) return;
    try {
      this.user?.onStrayResponse?.(response, flow);
    } catch (error) {
      this.#bug(error);
    }
  }

  // --- requests of ours ---

  #launch(request: OutgoingRequest, flow: Flow, user: ClientTransactionUser): ClientTransactionMachine {
    const transaction = new ClientTransactionMachine(this.#core, request, flow, user);
    this.#clients.set(clientKey(request.branch, request.draft.method), transaction);
    return transaction.launch();
  }

  #sendCancel(invite: ClientTransactionMachine): void {
    if (invite.request === undefined) return;
    const { branch, via, draft: cancelled } = invite.request;
    const draft = cancelOf(cancelled, via, invite.cancelHeaders);
    this.#launch({ draft, branch, via, octets: writeRequest(draft) }, invite.flow, DEAF);
  }

  // --- what went wrong ---

  /** A bug of ours costs one call, not the process. */
  #bug(error: unknown): void {
    this.counters.userFaults++;
    this.#faults.tell('transaction.user-failed', error);
  }

  #line(event: string, flow: Flow, fields: Readonly<Record<string, unknown>>): void {
    if (!this.#lines.allows(sourceOf(flow.observed.address))) return;
    this.#log.warn(event, { transport: flow.transport, observed: formatEndpoint(flow.observed), ...fields });
  }
}

/** A response with more than our own Via line was for somebody else (RFC 3261 §8.1.3.3). */
function hasSeveralVias(response: SipResponse): boolean {
  const { vias } = response;
  const isOne = vias.ok && vias.value.length === 1;
  return !isOne && response.values('Via').length > 1;
}
