import type { InviteFailure, SipResponse } from '@vats/sip';
import { parseReason } from '@vats/sip';
import { expect, test } from 'vitest';
import { FAILURES, reasonHeader } from './failures.ts';
import { phoneRefusalOf } from './phone-refusal.ts';
import { causeOf, reasonFor } from './reasons.ts';

/** What is read of a message with these values of Reason. */
function saying(...values: readonly string[]): Pick<SipResponse, 'reasons'> {
  const read = values.flatMap((value) => {
    const reason = parseReason(value);
    return reason.ok ? [reason.value] : [];
  });
  return { reasons: { ok: true, value: read } };
}

test.each([
  [['Q.850;cause=17'], 17],
  [['SIP;cause=486', 'q.850;cause=34;text="x"', 'Q.850;cause=1'], 34],
  [['SIP;cause=200;text="Call completed elsewhere"'], undefined],
  [['Q.850;text="x"'], undefined],
  [['Q.850;cause=0'], undefined],
  [['Q.850;cause=128'], undefined],
  [['Q.850;cause=99999'], undefined],
  [['preemption;cause=1'], undefined],
  [[], undefined],
])('RFC 3326 §2: %j gives the Q.850 cause %s', (values, cause) => {
  expect(causeOf(saying(...values))).toBe(cause);
});

test('RFC 3326 §2: a cause that nobody can read is none', () => {
  expect(causeOf({ reasons: { ok: false, error: { code: 'not-a-token', at: 0 } } } as never)).toBeUndefined();
});

test('a normal end is told by our own reason, another cause by its row of the table, without its secrets', () => {
  expect(reasonFor('callee-hung-up', undefined)).toBe(reasonHeader('callee-hung-up'));
  for (const cause of [16, 31]) expect(reasonFor('callee-hung-up', cause)).toBe(reasonHeader('callee-hung-up'));
  expect(reasonFor('callee-hung-up', 42)).toBe(`Q.850;cause=42;text="${FAILURES.congestion.en}"`);
  expect(reasonFor('callee-hung-up', 17)).toBe('Q.850;cause=17;text="Busy"');
  expect(reasonFor('callee-hung-up', 111)).toBe('Q.850;cause=111');
});

test.each([
  [480, 'Q.850;cause=17', 'callee-busy', 17],
  [480, 'Q.850;cause=19', 'no-answer', 19],
  [500, 'Q.850;cause=1', 'not-found', 1],
  [480, 'Q.850;cause=41', 'unreachable', 41],
  [480, 'SIP;cause=486', 'unreachable', undefined],
  // What the status itself says of the person stands.
  [603, 'Q.850;cause=17', 'callee-declined', 17],
  [404, 'Q.850;cause=17', 'not-found', 17],
] as const)('RFC 6432 §3: %i with %s is %s', (status, reason, failure, cause) => {
  const response = { status, ...saying(reason) } as SipResponse;
  const refused = phoneRefusalOf({ cause: 'response', status, response } as InviteFailure);
  expect(refused).toEqual({ failure, ...(cause !== undefined && { cause }) });
});

test('who does not answer at all can not be reached', () => {
  expect(phoneRefusalOf({ cause: 'timeout', status: 408 } as InviteFailure)).toEqual({ failure: 'unreachable' });
});
