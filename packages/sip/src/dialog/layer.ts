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
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import { TimerQueues, type TransactionLayer } from '../transaction/index.ts';
import { CountedClock, type Flow, sourceOf, type TransportLayer } from '../transport/index.ts';
import { Acks } from './acks.ts';
import type { DialogContext, DialogOwner } from './context.ts';
import { DialogTable } from './dialog-table.ts';
import { mayArriveOver } from './flow-rule.ts';
import { IncomingInvitation } from './incoming-invite.ts';
import { OutgoingInvitation } from './outgoing-invite.ts';
import { RELIABLE } from './reliable-responses.ts';
import { names, TIMER } from './session-timer.ts';
import { DIALOG_TIMERS, type DialogTimers } from './timers.ts';
import type {
  DialogFacts,
  IncomingInvite,
  IncomingInviteOptions,
  IncomingInviteUser,
  OutgoingInvite,
  OutgoingInviteOptions,
  OutgoingInviteUser,
  SessionTimerPolicy,
} from './user.ts';

export interface DialogLayerOptions {
  readonly transactions: TransactionLayer;
  readonly transport: TransportLayer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  /** What User-Agent and Server say; without it neither is written. */
  readonly userAgent?: string;
  /** Methods that we take within dialogs; also what Allow says. */
  readonly allow: readonly string[];
  /** Extensions that a Require may name; also what Supported says. */
  readonly supported: readonly string[];
  readonly timers?: Partial<DialogTimers>;
  /** Of sessions that have no policy of their own; none without it. `supported` names `timer` where any has one. */
  readonly sessionTimer?: SessionTimerPolicy;
  /**
   * Which provisional responses go reliably where `supported` names `100rel`. `sdp`, the default: those with an SDP to callers that
   * support it, and all to those that require it. `required`: the latter alone.
   */
  readonly reliable?: 'sdp' | 'required';
  /** What an answer to OPTIONS within a dialog says beside Allow and Supported (RFC 3261 §11.2). */
  readonly answersOptions?: readonly HeaderField[];
  /**
   * Lets a request of a dialog in that comes from elsewhere than `mayArriveOver` allows: another address of the same
   * trunk, say. Without it, nobody.
   */
  readonly mayMove?: (dialog: DialogFacts, arrived: Flow) => boolean;
}

/** What the layer counted since its start. */
export interface DialogCounters {
  /** Requests with a To tag that named no dialog of ours; ACKs among them got no answer. */
  unknownDialog: number;
  /** Requests that named a dialog and came from where its peer cannot be. */
  foreignSource: number;
  /** Responses without a client transaction: 2xx that were acknowledged again. */
  ackedAgain: number;
  /** Responses without a client transaction that nobody wants. */
  strayResponses: number;
}

/**
 * Dialogs (RFC 3261 §12–§15) over the transaction layer, whose user it is: finds the dialog of each request, makes dialogs
 * of INVITEs in both directions, repeats 2xx and ACK.
 */
export class DialogLayer {
  /** Takes requests without To tag; set by the wiring before the first one comes. */
  outOfDialog: (request: SipRequest, flow: Flow) => void;
  /**
   * Whether a request that belongs to no dialog and no transaction of ours, and that `outOfDialog` is not told of, is
   * answered; set by the wiring as well.
   */
  mayAnswer: (request: SipRequest, flow: Flow) => boolean = () => true;
  readonly counters: DialogCounters = { unknownDialog: 0, foreignSource: 0, ackedAgain: 0, strayResponses: 0 };
  readonly #context: DialogContext;
  readonly #mayMove: (dialog: DialogFacts, arrived: Flow) => boolean;
  readonly #log: Log;
  readonly #lines: LineBudget;

  constructor(options: DialogLayerOptions) {
    const timers = { ...DIALOG_TIMERS, ...options.timers };
    const clock = new CountedClock(options.clock);
    const faults = new FaultLines(clock, options.log);
    const queues = new TimerQueues(options.clock, (error) => faults.tell('dialog.timer-failed', error));
    const { random, transactions, transport, allow, supported, userAgent } = options;
    const named = (header: string): HeaderField[] => (userAgent === undefined ? [] : [[header, userAgent]]);
    const capable = (tags: readonly string[]): HeaderField[] => [
      ['Allow', allow.join(', ')],
      ...(tags.length > 0 ? ([['Supported', tags.join(', ')]] as const) : []),
    ];
    const speaksReliably = names(supported, RELIABLE) && allow.includes('PRACK');
    this.#context = {
      clock,
      queues,
      random,
      transactions,
      transport,
      timers,
      allow,
      supported,
      capabilities: capable(supported),
      untimedCapabilities: capable(supported.filter((tag) => tag.toLowerCase() !== TIMER)),
      sessionTimer: options.sessionTimer,
      reliable: speaksReliably ? (options.reliable ?? 'sdp') : undefined,
      answersOptions: [...capable(supported), ...(options.answersOptions ?? [])],
      userAgent: named('User-Agent'),
      server: named('Server'),
      acks: new Acks(clock, 64 * timers.t1),
      dialogs: new DialogTable(),
    };
    this.#log = options.log;
    this.#lines = new LineBudget(clock, options.log);
    this.#mayMove = options.mayMove ?? (() => false);
    this.outOfDialog = (request, flow) => this.#turnAway(request, flow, 503);
    options.ledger.enrol('dialogs', () => this.#context.dialogs.size);
    options.ledger.enrol('dialog timers', () => queues.waiting + clock.waiting);
    transactions.user = this;
  }

  /** Dialogs alive, early ones and those whose BYE is under way included. */
  get size(): number {
    return this.#context.dialogs.size;
  }

  /** What usages of dialogs other than INVITE's are built on (RFC 5057). */
  get context(): DialogContext {
    return this.#context;
  }

  /**
   * Takes an INVITE in that came out of dialog, statefully; after authentication and `refusedExtension`. A body that
   * cannot be read counts as none here: `refusedBody` tells before.
   */
  incomingInvite(
    request: SipRequest,
    flow: Flow,
    user: IncomingInviteUser,
    options: IncomingInviteOptions = {},
  ): IncomingInvite {
    return new IncomingInvitation(this.#context, request, flow, user, options);
  }

  /** Sends an INVITE. Nothing is told to `user` in this turn. */
  outgoingInvite(options: OutgoingInviteOptions, user: OutgoingInviteUser): OutgoingInvite {
    return new OutgoingInvitation(this.#context, options, user);
  }

  /**
   * Far ends that may not talk to us any more, and are not heard when they do. Their dialogs end, each with one BYE that
   * waits for nothing, neither for an ACK before it nor for its answer; what else is under way with them is let go.
   */
  giveUpOn(isUnheard: (observed: Endpoint) => boolean): void {
    const { dialogs, transactions } = this.#context;
    for (const owner of [...dialogs.owners()]) if (isUnheard(owner.dialog.flow.observed)) owner.onUnheard?.();
    transactions.giveUpOn(isUnheard);
  }

  onRequest(request: SipRequest, flow: Flow): void {
    if (request.toTag === undefined) {
      this.outOfDialog(request, flow);
      return;
    }
    const owner = this.#ownerOf(request, flow);
    if (owner === 'unknown') this.#turnAway(request, flow, 481);
    else if (owner instanceof Foreign) this.#turnAway(request, flow, owner.status);
    else owner.onRequest(request, flow);
  }

  onAck(ack: SipRequest, flow: Flow): void {
    const owner = this.#ownerOf(ack, flow);
    if (owner !== 'unknown' && !(owner instanceof Foreign)) owner.onAck(ack, flow);
  }

  onStrayResponse(response: SipResponse): void {
    if (this.#ackAgain(response)) this.counters.ackedAgain++;
    else this.counters.strayResponses++;
  }

  #ownerOf(request: SipRequest, flow: Flow): DialogOwner | 'unknown' | Foreign {
    const { callId, toTag = '', fromTag = '' } = request;
    const owner = callId.ok ? this.#context.dialogs.find(callId.value, toTag, fromTag) : undefined;
    if (owner === undefined) {
      this.counters.unknownDialog++;
      return 'unknown';
    }
    if (mayArriveOver(owner.dialog, flow, this.#mayMove)) return owner;
    this.counters.foreignSource++;
    if (this.#lines.allows(sourceOf(flow.observed.address))) this.#foreign(request, owner.dialog, flow);
    return new Foreign(owner.elsewhere ?? 403);
  }

  #turnAway(request: SipRequest, flow: Flow, status: number): void {
    if (this.mayAnswer(request, flow)) this.#context.transactions.replyStatelessly(request, flow, { status });
  }

  #foreign(request: SipRequest, dialog: DialogFacts, flow: Flow): void {
    this.#log.warn('dialog.foreign-source', {
      method: request.method,
      callId: dialog.callId,
      observed: formatEndpoint(flow.observed),
      expected: formatEndpoint(dialog.flow.observed),
    });
  }

  #ackAgain(response: SipResponse): boolean {
    const { cseq, callId, fromTag = '', toTag = '', status } = response;
    if (status < 200 || status > 299 || !cseq.ok || cseq.value.method !== 'INVITE' || !callId.ok) return false;
    return this.#context.acks.repeat(callId.value, fromTag, toTag, cseq.value.number);
  }
}

/** A request that names a dialog and comes from where its peer cannot be, and what it gets. */
class Foreign {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}
