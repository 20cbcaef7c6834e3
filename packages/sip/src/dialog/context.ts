import type { Clock, Random } from '@vats/kernel';
import { formatHostPort } from '../message/host.ts';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { TimerQueues, TransactionLayer } from '../transaction/index.ts';
import type { Flow, TransportLayer } from '../transport/index.ts';
import type { Acks } from './acks.ts';
import type { Dialog } from './dialog.ts';
import type { DialogTable } from './dialog-table.ts';
import type { DialogTimers } from './timers.ts';

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
 * `server`), what our user adds, and the type of the body.
 */
export function pushInviteHeaders(
  headers: HeaderField[],
  context: DialogContext,
  contact: HeaderField,
  self: readonly HeaderField[],
  more: readonly HeaderField[],
  sdp: string | undefined,
): void {
  headers.push(contact);
  for (const header of context.capabilities) headers.push(header);
  for (const header of self) headers.push(header);
  for (const header of more) headers.push(header);
  pushBodyType(headers, sdp);
}

/** Our Contact on a flow (RFC 3261 §8.1.1.8): what the peer sends its requests to. */
export function contactOn(context: DialogContext, flow: Flow, user: string): HeaderField {
  const { host, port } = context.transport.sentBy(flow);
  const transport = flow.transport === 'udp' ? '' : `;transport=${flow.transport}`;
  return ['Contact', `<sip:${user}@${formatHostPort(host, port)}${transport}>`];
}
