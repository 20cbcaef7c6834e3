import type { Clock, Random } from '@vats/kernel';
import { formatHostPort } from '../message/host.ts';
import type { SipRequest } from '../message/message.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { TransactionLayer } from '../transaction/index.ts';
import type { Flow, TransportLayer } from '../transport/index.ts';
import type { Acks } from './acks.ts';
import type { Dialog } from './dialog.ts';
import type { DialogTimers } from './timers.ts';

/** Who answers for a dialog: an invitation while it is early, a session when it is confirmed. */
export interface DialogOwner {
  readonly dialog: Dialog;
  /** Any request of this dialog but ACK and CANCEL; its source is already found plausible. */
  onRequest(request: SipRequest, flow: Flow): void;
  /** The ACK to a 2xx. */
  onAck(ack: SipRequest, flow: Flow): void;
}

export type Transactions = Pick<TransactionLayer, 'accept' | 'send' | 'sendAck' | 'replyStatelessly'>;

/** What every part of the dialog layer shares. */
export interface DialogContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly transactions: Transactions;
  readonly transport: Pick<TransportLayer, 'sentBy'>;
  readonly timers: DialogTimers;
  readonly acks: Acks;
  /** By `dialogKey`. An entry ends with the last transaction that needs it. */
  readonly dialogs: Map<string, DialogOwner>;
  readonly allow: readonly string[];
  readonly supported: readonly string[];
  /** What requests and responses of ours say about us: User-Agent, Server. */
  readonly userAgent: readonly HeaderField[];
  readonly server: readonly HeaderField[];
  /** Allow and Supported, for INVITE and what answers it. */
  readonly capabilities: readonly HeaderField[];
}

export const SDP_BODY: HeaderField = ['Content-Type', 'application/sdp'];

/** Body and header of an SDP, or nothing. */
export function sdpBody(sdp: string | undefined): { headers: readonly HeaderField[]; body?: Buffer } {
  return sdp === undefined ? { headers: [] } : { headers: [SDP_BODY], body: Buffer.from(sdp, 'utf8') };
}

/** Our Contact on a flow (RFC 3261 §8.1.1.8): what the peer sends its requests to. */
export function contactOn(context: DialogContext, flow: Flow, user: string): HeaderField {
  const { host, port } = context.transport.sentBy(flow);
  const transport = flow.transport === 'udp' ? '' : `;transport=${flow.transport}`;
  return ['Contact', `<sip:${user}@${formatHostPort(host, port)}${transport}>`];
}
