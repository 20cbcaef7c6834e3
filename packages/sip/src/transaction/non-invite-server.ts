import type { ServerMachine } from './invite-server.ts';

/**
 * Server transaction of every other request: RFC 3261 §17.2.2 (figure 8) as changed by RFC 4320: the only provisional
 * response is the 100 that we send ourselves when the client has slowed down to T2 (§4.1), 408 is never sent, and
 * nothing is when the client has given up (§4.2). Over a reliable transport Timer J is 0.
 *
 *     trying --late--> proceeding --200-699--> completed --J--> terminated
 */
export const NON_INVITE_SERVER: ServerMachine = {
  trying: {
    timers: ['late', 'abandoned'],
    on: {
      '2xx': ['completed', 'send'],
      '300-699': ['completed', 'send'],
      '408': ['completed'],
      late: ['proceeding', 'send-trying'],
      abandoned: ['terminated'],
    },
  },
  proceeding: {
    timers: ['abandoned'],
    on: {
      request: ['proceeding', 'resend'],
      '2xx': ['completed', 'send'],
      '300-699': ['completed', 'send'],
      '408': ['completed'],
      abandoned: ['terminated'],
      'transport-error': ['proceeding', 'report-transport-error'],
    },
  },
  completed: {
    timers: ['J'],
    on: {
      request: ['completed', 'resend'],
      J: ['terminated'],
      'transport-error': ['completed', 'report-transport-error'],
    },
  },
  terminated: { timers: [], on: {} },
  accepted: { timers: [], on: {} },
  confirmed: { timers: [], on: {} },
};
