import { describe, expect, test } from 'vitest';
import { type ClientEvent, type ClientState, type ClientTimer, INVITE_CLIENT } from './invite-client.ts';
import { INVITE_SERVER, type ServerEvent, type ServerState, type ServerTimer } from './invite-server.ts';
import type { Machine } from './machine.ts';
import { NON_INVITE_CLIENT } from './non-invite-client.ts';
import { NON_INVITE_SERVER } from './non-invite-server.ts';
import type { TimerName } from './timers.ts';

/** All that there are: the type check fails where one is added without a word here. */
const CLIENT_EVENTS = namesOf<ClientEvent>({ '1xx': 1, '2xx': 1, '300-699': 1, cancel: 1, 'transport-error': 1 });
const CLIENT_TIMERS = namesOf<ClientTimer>({ A: 1, B: 1, D: 1, E: 1, F: 1, K: 1, M: 1, cancelled: 1 });
const SERVER_EVENTS = namesOf<ServerEvent>({
  request: 1,
  ack: 1,
  '1xx': 1,
  '2xx': 1,
  '300-699': 1,
  '408': 1,
  'transport-error': 1,
});
const SERVER_TIMERS = namesOf<ServerTimer>({ trying: 1, late: 1, abandoned: 1, G: 1, H: 1, I: 1, J: 1, L: 1 });
const CLIENT_STATES = namesOf<ClientState>({
  calling: 1,
  'cancel-held': 1,
  trying: 1,
  proceeding: 1,
  cancelling: 1,
  completed: 1,
  accepted: 1,
  terminated: 1,
});
const SERVER_STATES = namesOf<ServerState>({
  trying: 1,
  proceeding: 1,
  accepted: 1,
  completed: 1,
  confirmed: 1,
  terminated: 1,
});

function namesOf<Name extends string>(all: Record<Name, 1>): string[] {
  return Object.keys(all);
}

/** One row a line: state, event, and what follows; every pair that is not here must be ignored by the machine. */
const FIGURES: [
  name: string,
  machine: Machine<string, string, string, TimerName>,
  inputs: readonly string[],
  figure: string,
][] = [
  [
    'INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 §8.4, CANCEL by RFC 3261 §9.1)',
    INVITE_CLIENT,
    [...CLIENT_EVENTS, ...CLIENT_TIMERS],
    `
    calling      A                calling      double-A resend
    calling      B                terminated   report-timeout
    calling      transport-error  terminated   report-transport-error
    calling      1xx              proceeding   pass-up
    calling      2xx              accepted     pass-up
    calling      300-699          completed    send-ack pass-up
    calling      cancel           cancel-held
    cancel-held  A                cancel-held  double-A resend
    cancel-held  B                terminated   report-timeout
    cancel-held  transport-error  terminated   report-transport-error
    cancel-held  1xx              cancelling   send-cancel pass-up
    cancel-held  2xx              accepted     pass-up
    cancel-held  300-699          completed    send-ack pass-up
    proceeding   1xx              proceeding   pass-up
    proceeding   2xx              accepted     pass-up
    proceeding   300-699          completed    send-ack pass-up
    proceeding   cancel           cancelling   send-cancel
    cancelling   1xx              cancelling   pass-up
    cancelling   2xx              accepted     pass-up
    cancelling   300-699          completed    send-ack pass-up
    cancelling   cancelled        terminated   report-timeout
    accepted     2xx              accepted     pass-up
    accepted     M                terminated
    completed    2xx              completed    pass-up
    completed    300-699          completed    send-ack
    completed    D                terminated
    completed    transport-error  terminated   report-transport-error
    `,
  ],
  [
    'non-INVITE client transaction (RFC 3261 §17.1.2)',
    NON_INVITE_CLIENT,
    [...CLIENT_EVENTS, ...CLIENT_TIMERS],
    `
    trying       E                trying       double-E resend
    trying       F                terminated   report-timeout
    trying       transport-error  terminated   report-transport-error
    trying       1xx              proceeding   pass-up
    trying       2xx              completed    pass-up
    trying       300-699          completed    pass-up
    proceeding   E                proceeding   slow-E resend
    proceeding   F                terminated   report-timeout
    proceeding   transport-error  terminated   report-transport-error
    proceeding   1xx              proceeding   pass-up
    proceeding   2xx              completed    pass-up
    proceeding   300-699          completed    pass-up
    completed    K                terminated
    `,
  ],
  [
    'INVITE server transaction (RFC 3261 §17.2.1, RFC 6026 §7.1 and §8.8)',
    INVITE_SERVER,
    [...SERVER_EVENTS, ...SERVER_TIMERS],
    `
    trying       trying           proceeding   send-trying
    trying       1xx              proceeding   send
    trying       2xx              accepted     send
    trying       300-699          completed    send
    proceeding   request          proceeding   resend
    proceeding   1xx              proceeding   send
    proceeding   2xx              accepted     send
    proceeding   300-699          completed    send
    proceeding   transport-error  proceeding   report-transport-error
    accepted     2xx              accepted     send
    accepted     ack              accepted     pass-ack-up
    accepted     L                terminated
    accepted     transport-error  accepted     report-transport-error
    completed    request          completed    resend
    completed    G                completed    double-G resend
    completed    H                terminated
    completed    ack              confirmed
    completed    transport-error  completed    report-transport-error
    confirmed    I                terminated
    `,
  ],
  [
    'non-INVITE server transaction (RFC 3261 §17.2.2, RFC 4320 §4)',
    NON_INVITE_SERVER,
    [...SERVER_EVENTS, ...SERVER_TIMERS],
    `
    trying       late             proceeding   send-trying
    trying       abandoned        terminated
    trying       2xx              completed    send
    trying       300-699          completed    send
    trying       408              completed
    proceeding   request          proceeding   resend
    proceeding   abandoned        terminated
    proceeding   2xx              completed    send
    proceeding   300-699          completed    send
    proceeding   408              completed
    proceeding   transport-error  proceeding   report-transport-error
    completed    request          completed    resend
    completed    J                terminated
    completed    transport-error  completed    report-transport-error
    `,
  ],
];

describe.each(FIGURES)('%s', (_, machine, inputs, figure) => {
  const rows = new Map<string, string>();
  for (const line of figure.trim().split('\n')) {
    const [state, event, ...move] = line.trim().split(/\s+/);
    rows.set(`${state} ${event}`, move.join(' '));
  }
  const pairs = Object.keys(machine).flatMap((state) => inputs.map((event): [string, string] => [state, event]));

  test.each(pairs)('%s, %s', (state, event) => {
    expect(machine[state]?.on[event]?.join(' ')).toBe(rows.get(`${state} ${event}`));
  });

  test('has all states that there are, and no other', () => {
    const states = inputs.includes('cancel') ? CLIENT_STATES : SERVER_STATES;
    expect(Object.keys(machine).sort()).toEqual([...states].sort());
  });

  test('knows no other input', () => {
    const known = Object.values(machine).flatMap(({ on }) => Object.keys(on));
    expect(known.filter((event) => !inputs.includes(event))).toEqual([]);
  });

  test('a timer is listed exactly where it means something', () => {
    for (const [state, { timers, on }] of Object.entries(machine)) {
      const expected = Object.keys(on).filter((event) => [...CLIENT_TIMERS, ...SERVER_TIMERS].includes(event));
      expect([state, ...[...timers].sort()]).toEqual([state, ...expected.sort()]);
    }
  });

  test('every state that is used leads to terminated, and terminated leads nowhere', () => {
    const ends = (state: string, seen: ReadonlySet<string>): boolean =>
      state === 'terminated' ||
      (!seen.has(state) &&
        Object.values(machine[state]?.on ?? {}).some((move) => move && ends(move[0], new Set([...seen, state]))));
    const used = Object.keys(machine).filter((state) => Object.keys(machine[state]?.on ?? {}).length > 0);
    for (const state of used) expect([state, ends(state, new Set())]).toEqual([state, true]);
    expect(machine.terminated).toEqual({ timers: [], on: {} });
  });
});
