import type { CallEvent } from '@vats/calls';
import { expect, test } from 'vitest';
import { momentsOfEvents } from './told-events.ts';

const VERA = { number: '203', name: 'Vera' };

/** Typed, so that what is told here is what calls tell. */
type Told = CallEvent extends infer Each ? (Each extends CallEvent ? Omit<Each, 'call' | 'seq' | 'at'> : never) : never;

test.each<[Told, string, string]>([
  [{ type: 'supervisor.joined', by: VERA, how: 'whisper' }, '', '203 Vera whispers'],
  [{ type: 'supervisor.left', by: { number: '203' }, how: 'listen' }, '', '203 supervises no longer'],
  [
    {
      type: 'transfer.started',
      how: 'blind',
      by: 'b1',
      byParty: VERA,
      remains: 'a',
      party: { number: '+74951234567' },
      to: '205',
    },
    'b1',
    '203 Vera transfers +74951234567 to 205',
  ],
  [
    {
      ...{ type: 'transfer.started', how: 'attended', by: 'a', byParty: VERA, remains: 'b1', party: { number: '202' } },
      ...{ to: '205', with: 'c2' },
    },
    'a',
    '203 Vera puts through 202 to 205, from call c2',
  ],
  [
    {
      type: 'transfer.started',
      how: 'replaced',
      by: 'a',
      byParty: VERA,
      remains: 'b1',
      party: { number: '202' },
      to: '205',
    },
    'a',
    '203 Vera is replaced, in the talk with 202, by 205',
  ],
  [{ type: 'transfer.succeeded', by: 'a', leg: 'b2', party: VERA }, 'b2', 'is put through: 203 Vera'],
  [
    { type: 'transfer.failed', by: 'a', failure: 'callee-busy', returned: true },
    'a',
    'the transfer failed: callee-busy, and has the call back',
  ],
  [{ type: 'transfer.failed', by: 'a', failure: 'no-answer', returned: false }, 'a', 'the transfer failed: no-answer'],
  [{ type: 'transfer.joined', leg: 'b1', into: 'c1' }, 'b1', 'goes on in call c1'],
  [
    {
      type: 'call.started',
      domain: 'acme.example',
      from: VERA,
      dialled: '201',
      sipCallId: 'x',
      diverted: [
        { from: '+74951234567', reason: 'no-answer' },
        { from: 'anonymous', reason: 'unconditional', times: 2 },
      ],
    },
    'a',
    'is a call that was first for +74951234567, and sent on from +74951234567 (no-answer), from anonymous (unconditional, 2 times)',
  ],
  [{ type: 'call.opened', how: 'early' }, 'a', 'the switch speaks before any answer'],
  [{ type: 'call.opened', how: 'answered' }, 'a', 'the switch answers, to speak'],
  [
    { type: 'prompt.played', prompt: 'greeting', playedMs: 3_000, why: 'ended' },
    'a',
    'has heard prompt greeting for 0:03',
  ],
  [
    { type: 'prompt.played', prompt: 'menu', playedMs: 1_000, why: 'stopped' },
    'a',
    'has heard prompt menu for 0:01, not to its end',
  ],
  [{ type: 'decision.made', service: 'crm.example' }, 'a', 'crm.example says what is done'],
  [
    { type: 'decision.failed', service: 'crm.example', why: 'its answer is no JSON' },
    'a',
    'crm.example does not say what is done: its answer is no JSON',
  ],
  [{ type: 'order.done', what: 'login', of: '600' }, 'a', 'has ordered login: 600'],
  [{ type: 'order.done', what: 'pause' }, 'a', 'has ordered pause'],
  [{ type: 'menu.answered', prompt: 'main', keys: '2', outcome: 'key 2' }, 'a', 'presses 2 in menu main'],
  [{ type: 'menu.answered', prompt: 'main', keys: '', outcome: 'no-key' }, 'a', 'presses no key in menu main'],
  [
    { type: 'menu.answered', prompt: 'main', keys: '77', outcome: 'wrong-key' },
    'a',
    'presses 77 in menu main, which means nothing there',
  ],
  [{ type: 'prompt.failed', prompt: 'x', why: 'unknown' }, 'a', 'does not hear prompt x: there is no such prompt'],
  [
    { type: 'prompt.failed', prompt: 'x', leg: 'b1', why: 'unreadable', detail: 'it is no file' },
    'b1',
    'does not hear prompt x: its file can not be played: it is no file',
  ],
])('%j', (event, leg, text) => {
  expect(momentsOfEvents([{ call: 'c', seq: 1, at: 5, ...event }])).toEqual([{ at: 5, leg, text }]);
});

test('what another version tells, or the record has elsewhere, is no line', () => {
  expect(momentsOfEvents([null, 'x', { type: 'leg.held', at: 1, leg: 'a' }, { type: 'prompt.played', at: 1 }])).toEqual(
    [],
  );
});
