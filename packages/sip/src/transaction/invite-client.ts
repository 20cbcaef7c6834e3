import type { Machine } from './machine.ts';

/** Kinds of responses, as the figures of RFC 3261 §17 tell them apart. */
export type ResponseClass = '1xx' | '2xx' | '300-699';

export function responseClass(status: number): ResponseClass {
  if (status < 200) return '1xx';
  return status < 300 ? '2xx' : '300-699';
}

/** States of client transactions (RFC 3261 figures 5 and 6, RFC 6026 §8.4), and two of ours for CANCEL (§9.1). */
export type ClientState =
  | 'calling'
  | 'cancel-held'
  | 'trying'
  | 'proceeding'
  | 'cancelling'
  | 'completed'
  | 'accepted'
  | 'terminated';

/** `cancel`: our user takes the request back. `transport-error`: it could not be sent, or its connection is gone. */
export type ClientEvent = ResponseClass | 'cancel' | 'transport-error';

export type ClientEffect =
  | 'pass-up'
  | 'send-ack'
  | 'send-cancel'
  /** Sends the request again. */
  | 'resend'
  /** Timers A and E begin again, twice as long; E at most T2. */
  | 'double-A'
  | 'double-E'
  /** Timer E begins again with T2. */
  | 'slow-E'
  | 'report-timeout'
  | 'report-transport-error';

export type ClientTimer = 'A' | 'B' | 'D' | 'E' | 'F' | 'K' | 'M' | 'cancelled';

export type ClientMachine = Machine<ClientState, ClientEvent, ClientEffect, ClientTimer>;

const UNUSED = { timers: [], on: {} } as const;

/**
 * INVITE client transaction: RFC 3261 §17.1.1.2 (figure 5) as changed by RFC 6026 §8.4, which adds `accepted`; CANCEL by
 * §9.1, which is held until a provisional response came (`cancel-held`) and ends the wait after 64*T1 (`cancelling`).
 * An ACK goes out before its user is told: what that sends then, the INVITE anew with credentials say, must not overtake it.
 * Over a reliable transport Timer A never runs and Timer D is 0.
 *
 *     calling --1xx--> proceeding --2xx--> accepted --M--> terminated
 *        |                 |
 *        +----300-699------+--300-699--> completed --D--> terminated
 */
export const INVITE_CLIENT: ClientMachine = {
  calling: {
    timers: ['A', 'B'],
    on: {
      '1xx': ['proceeding', 'pass-up'],
      '2xx': ['accepted', 'pass-up'],
      '300-699': ['completed', 'send-ack', 'pass-up'],
      cancel: ['cancel-held'],
      A: ['calling', 'double-A', 'resend'],
      B: ['terminated', 'report-timeout'],
      'transport-error': ['terminated', 'report-transport-error'],
    },
  },
  'cancel-held': {
    timers: ['A', 'B'],
    on: {
      '1xx': ['cancelling', 'send-cancel', 'pass-up'],
      '2xx': ['accepted', 'pass-up'],
      '300-699': ['completed', 'send-ack', 'pass-up'],
      A: ['cancel-held', 'double-A', 'resend'],
      B: ['terminated', 'report-timeout'],
      'transport-error': ['terminated', 'report-transport-error'],
    },
  },
  proceeding: {
    // No timer: how long it may ring is the call's to say.
    timers: [],
    on: {
      '1xx': ['proceeding', 'pass-up'],
      '2xx': ['accepted', 'pass-up'],
      '300-699': ['completed', 'send-ack', 'pass-up'],
      cancel: ['cancelling', 'send-cancel'],
    },
  },
  cancelling: {
    timers: ['cancelled'],
    on: {
      '1xx': ['cancelling', 'pass-up'],
      '2xx': ['accepted', 'pass-up'],
      '300-699': ['completed', 'send-ack', 'pass-up'],
      cancelled: ['terminated', 'report-timeout'],
    },
  },
  accepted: {
    timers: ['M'],
    on: {
      '2xx': ['accepted', 'pass-up'],
      M: ['terminated'],
    },
  },
  completed: {
    timers: ['D'],
    on: {
      // Of another fork, whose 2xx a proxy passes on even now (RFC 3261 §16.7): somebody must end what it began.
      '2xx': ['completed', 'pass-up'],
      '300-699': ['completed', 'send-ack'],
      D: ['terminated'],
      'transport-error': ['terminated', 'report-transport-error'],
    },
  },
  terminated: UNUSED,
  trying: UNUSED,
};
