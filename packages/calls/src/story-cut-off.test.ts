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

const CLARA = { number: '203', extension: '203' };
const TALK = [
  STARTED,
  { type: 'leg.started', leg: 'b1', party: BORIS, flow: 'f' },
  { type: 'call.answered', leg: 'b1', party: BORIS },
];

test('after a transfer those go on to the end who were there then, and nobody else', () => {
  const note = noted(
    ...TALK,
    { type: 'transfer.started', how: 'blind', by: 'a', byParty: ANNA, remains: 'b1', party: BORIS, to: '203' },
    { type: 'leg.started', leg: 'b2', party: CLARA, flow: 'h' },
    { type: 'call.answered', leg: 'b2', party: CLARA },
    { type: 'leg.ended', leg: 'a', failure: 'transferred' },
  );
  const { record, event } = cutOff(note, 9_000, 'acme.example');
  expect(record.legs.map(({ leg, endedAt }) => [leg, endedAt])).toEqual([
    ['a', 7_000],
    ['b1', 9_000],
    ['b2', 9_000],
  ]);
  expect(record.talks.map(({ leg, to }) => [leg, to])).toEqual([
    ['b1', 4_000],
    ['b2', 9_000],
  ]);
  expect(event).toMatchObject({ answeredAt: 3_000, talkMs: 6_000 });
});

test('nobody talks on who waits to be put through', () => {
  const note = noted(...TALK, {
    ...{ type: 'transfer.started', how: 'blind', by: 'a', byParty: ANNA, remains: 'b1', party: BORIS, to: '203' },
  });
  const { record } = cutOff(note, 9_000, 'acme.example');
  expect(record.talks.map(({ leg, to }) => [leg, to])).toEqual([['b1', 4_000]]);
  expect(record.legs.map(({ endedAt }) => endedAt)).toEqual([9_000, 9_000]);
});

test('of a story that was too long to be kept those who were there at the note go on', () => {
  const holding = Array.from({ length: 600 }, (_, i) => ({
    type: i % 2 === 0 ? 'leg.held' : 'leg.resumed',
    leg: 'b1',
  }));
  const { record } = cutOff(noted(...TALK, ...holding), 999_000, 'acme.example');
  expect(record.legs.map(({ endedAt }) => endedAt)).toEqual([999_000, 999_000]);
  expect(record.talks.map(({ to }) => to)).toEqual([999_000]);
});
