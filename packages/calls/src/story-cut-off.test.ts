import { expect, test } from 'vitest';
import type { CallEvent } from './call-event.ts';
import { recordOf } from './story.ts';
import { cutOff } from './story-cut-off.ts';

const ANNA = { number: '201', extension: '201' };
const BORIS = { number: '202', extension: '202' };
const STARTED = { type: 'call.started', domain: 'acme.example', from: ANNA, dialled: '202', sipCallId: 'x' };

function noted(...events: object[]) {
  const record = recordOf(
    events.map((event, i) => ({ call: 'c', seq: i + 1, at: 1_000 * (i + 1), ...event }) as CallEvent),
  );
  if (record === undefined) throw new Error('the call has not started');
  return record;
}

test('a conversation that a kill cut off ends at its last sign of life, with its terminal event', () => {
  const note = noted(
    STARTED,
    { type: 'leg.started', leg: 'b1', party: BORIS, flow: 'f' },
    { type: 'leg.started', leg: 'b2', party: BORIS, flow: 'g', at: 2_000 },
    { type: 'leg.ended', leg: 'b2', elsewhere: true },
    { type: 'call.answered', leg: 'b1', party: BORIS, at: 4_000 },
  );
  const { record, event } = cutOff(note, 9_000, 'acme.example');
  expect(record).toMatchObject({
    ...{ outcome: 'switch-restarted', result: 'answered', status: 200, endedAt: 9_000, talkMs: 5_000, waitMs: 3_000 },
    talks: [{ from: 4_000, to: 9_000 }],
  });
  expect(record.legs.map(({ leg, endedAt }) => [leg, endedAt])).toEqual([
    ['a', 9_000],
    ['b1', 9_000],
    ['b2', 4_000],
  ]);
  expect(event).toMatchObject({ type: 'call.ended', seq: 6, at: 9_000, failure: 'switch-restarted', talkMs: 5_000 });
  expect(record.story.at(-1)).toBe(event);
});

test('one that nobody had answered was missed, and its caller got no status', () => {
  const { record } = cutOff(noted(STARTED), 0, 'acme.example');
  expect(record).toMatchObject({ result: 'missed', status: 0, endedAt: 1_000, talkMs: 0, waitMs: 0 });
});
