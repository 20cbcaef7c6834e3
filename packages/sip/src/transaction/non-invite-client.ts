import type { ClientMachine } from './invite-client.ts';

const UNUSED = { timers: [], on: {} } as const;

/**
 * Client transaction of every other request: RFC 3261 §17.1.2.2 (figure 6). Such a request is not cancelled. Over a
 * reliable transport Timer E never runs and Timer K is 0.
 *
 *     trying --1xx--> proceeding --200-699--> completed --K--> terminated
 */
export const NON_INVITE_CLIENT: ClientMachine = {
  trying: {
    timers: ['E', 'F'],
    on: {
      '1xx': ['proceeding', 'pass-up'],
      '2xx': ['completed', 'pass-up'],
      '300-699': ['completed', 'pass-up'],
      E: ['trying', 'double-E', 'resend'],
      F: ['terminated', 'report-timeout'],
      'transport-error': ['terminated', 'report-transport-error'],
    },
  },
  proceeding: {
    timers: ['E', 'F'],
    on: {
      '1xx': ['proceeding', 'pass-up'],
      '2xx': ['completed', 'pass-up'],
      '300-699': ['completed', 'pass-up'],
      E: ['proceeding', 'slow-E', 'resend'],
      F: ['terminated', 'report-timeout'],
      'transport-error': ['terminated', 'report-transport-error'],
    },
  },
  completed: {
    timers: ['K'],
    on: { K: ['terminated'] },
  },
  terminated: UNUSED,
  calling: UNUSED,
  'cancel-held': UNUSED,
  cancelling: UNUSED,
  accepted: UNUSED,
};
