import type { Clock, Random } from '@vats/kernel';
import { formatHostPort } from '../message/host.ts';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { TimerQueues, TransactionLayer } from '../transaction/index.ts';
import { type Flow, type TransportLayer, transportParameter } from '../transport/index.ts';
import type { Acks } from './acks.ts';
import type { Dialog } from './dialog.ts';
import type { DialogTable } from './dialog-table.ts';
import type { DialogTimers } from './timers.ts';
import type { SessionTimerPolicy } from './user.ts';

/** Who answers for a dialog: an invitation while it is early, a session when it is confirmed. */
export interface DialogOwner {
  readonly dialog: Dialog;
  /** Any request of this dialog but ACK and CANCEL; its source is already found plausible. */
  onRequest(request: SipRequest, flow: Flow): void;
  /** The ACK to a 2xx. */
  onAck(ack: SipRequest, flow: Flow): void;
  /** The peer is not heard any more, whatever it still sends. */
  onUnheard?(): void;
  /** What a request of this dialog gets that comes from where its peer cannot be; 403 unless given. */
  readonly elsewhere?: number;
}

export type Transactions = Pick<TransactionLayer, 'accept' | 'send' | 'sendAck' | 'replyStatelessly' | 'giveUpOn'>;

/** What every part of the dialog layer shares. */
export interface DialogContext {
  readonly clock: Clock;
  /** For what most calls wait for, and mostly not to its end. */
  readonly queues: TimerQueues;
  readonly random: Random;
  readonly transactions: Transactions;
  readonly transport: Pick<TransportLayer, 'sentBy'>;
  readonly timers: DialogTimers;
  readonly acks: Acks;
  /** An entry ends with the last transaction that needs it. */
  readonly dialogs: DialogTable;
  readonly allow: readonly string[];
  readonly supported: readonly string[];
  /** What requests and responses of ours say about us: User-Agent, Server. */
  readonly userAgent: readonly HeaderField[];
  readonly server: readonly HeaderField[];
  /** Allow and Supported, for INVITE and what answers it. */
  readonly capabilities: readonly HeaderField[];
  /** The same without the session timer, for a session that is to have none. */
  readonly untimedCapabilities: readonly HeaderField[];
  /** For sessions that have no policy of their own. */
  readonly sessionTimer: SessionTimerPolicy | undefined;
  /** To whom provisional responses go reliably; undefined: RFC 3262 is not spoken. */
  readonly reliable: 'sdp' | 'required' | undefined;
  /** The same and more, for what answers OPTIONS. */
  readonly answersOptions: readonly HeaderField[];
}

const SDP_BODY: HeaderField = ['Content-Type', 'application/sdp'];

/** The octets of an SDP, or nothing. */
export function bodyOf(sdp: string | undefined): Buffer | undefined {
  return sdp === undefined ? undefined : Buffer.from(sdp, 'utf8');
}

/** Writes what a body with an SDP is; nothing when there is none. */
export function pushBodyType(headers: HeaderField[], sdp: string | undefined): void {
  if (sdp !== undefined) headers.push(SDP_BODY);
}

/**
 * Writes what an INVITE, or what answers it, says of its sender: Contact, what we can, who we are (`userAgent` or
 * `server`), what our user adds, and the type of the body. `timer`: the policy of its dialog.
 */
export function pushInviteHeaders(
  headers: HeaderField[],
  context: DialogContext,
  contact: HeaderField,
  self: readonly HeaderField[],
  more: readonly HeaderField[],
  sdp: string | undefined,
  timer: SessionTimerPolicy | undefined,
): void {
  headers.push(contact);
  const capabilities = timer === undefined ? context.untimedCapabilities : context.capabilities;
  for (const header of capabilities) headers.push(header);
  for (const header of self) headers.push(header);
  for (const header of more) headers.push(header);
  pushBodyType(headers, sdp);
}

/**
 * Our Contact on a flow (RFC 3261 §8.1.1.8): what the peer sends its requests to.
 * @param secure the dialog is one of a `sips:` URI, where Contact must be one as well (§12.1.1)
 */
export function contactOn(context: DialogContext, flow: Flow, user: string, secure: boolean): HeaderField {
  const { host, port } = context.transport.sentBy(flow);
  // `transport=tls` says again what sips says, in a way that is not to be used (§26.2.2).
  const transport = secure && flow.transport === 'tls' ? '' : transportParameter(flow.transport);
  return ['Contact', `<${secure ? 'sips' : 'sip'}:${user}@${formatHostPort(host, port)}${transport}>`];
}
