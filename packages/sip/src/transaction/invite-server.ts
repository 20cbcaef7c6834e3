import type { Machine } from './machine.ts';

/** States of server transactions (RFC 3261 figures 7 and 8, RFC 6026 §8.5). */
export type ServerState = 'trying' | 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

/**
 * `request`: the request came again. `1xx`, `2xx`, `300-699`: our user responds with it. `408`: it does so to a request
 * other than INVITE, where RFC 4320 forbids that response.
 */
export type ServerEvent = 'request' | 'ack' | '1xx' | '2xx' | '300-699' | '408' | 'transport-error';

export type ServerEffect =
  /** Sends the response that our user gave. */
  | 'send'
  /** Sends the last response again, if there is one. */
  | 'resend'
  /** Sends 100, which our user did not. */
  | 'send-trying'
  | 'pass-ack-up'
  /** Timer G begins again, twice as long, at most T2. */
  | 'double-G'
  | 'report-transport-error';

export type ServerTimer = 'trying' | 'late' | 'abandoned' | 'G' | 'H' | 'I' | 'J' | 'L';

export type ServerMachine = Machine<ServerState, ServerEvent, ServerEffect, ServerTimer>;

/**
 * INVITE server transaction: RFC 3261 §17.2.1 (figure 7) as changed by RFC 6026 §7.1, §8.8: `accepted` absorbs what comes again
 * after a 2xx, and an error of the transport ends nothing. `trying` is `proceeding` before any response, so that the 100
 * after 200 ms has a state to belong to. Over a reliable transport Timer G never runs and Timer I is 0.
 *
 *     trying --1xx--> proceeding --2xx--> accepted --L--> terminated
 *                          |
 *                          +--300-699--> completed --ACK--> confirmed --I--> terminated
 */
export const INVITE_SERVER: ServerMachine = {
  trying: {
    timers: ['trying'],
    on: {
      '1xx': ['proceeding', 'send'],
      '2xx': ['accepted', 'send'],
      '300-699': ['completed', 'send'],
      trying: ['proceeding', 'send-trying'],
    },
  },
  proceeding: {
    timers: [],
    on: {
      request: ['proceeding', 'resend'],
      '1xx': ['proceeding', 'send'],
      '2xx': ['accepted', 'send'],
      '300-699': ['completed', 'send'],
      'transport-error': ['proceeding', 'report-transport-error'],
    },
  },
  accepted: {
    timers: ['L'],
    on: {
      '2xx': ['accepted', 'send'],
      ack: ['accepted', 'pass-ack-up'],
      L: ['terminated'],
      'transport-error': ['accepted', 'report-transport-error'],
    },
  },
  completed: {
    timers: ['G', 'H'],
    on: {
      request: ['completed', 'resend'],
      ack: ['confirmed'],
      G: ['completed', 'double-G', 'resend'],
      H: ['terminated'],
      'transport-error': ['completed', 'report-transport-error'],
    },
  },
  confirmed: {
    timers: ['I'],
    on: { I: ['terminated'] },
  },
  terminated: { timers: [], on: {} },
};
