import type { CallEvent } from '@vats/calls';
import { recordOf } from '@vats/calls';
import { MemoryLog } from '@vats/kernel/testing';
import { Directory, EMPTY_MODEL } from '@vats/pbx';
import { MemoryStore } from '@vats/store/testing';
import { expect, test } from 'vitest';
import { endCutOffCalls } from './cut-off-calls.ts';

const BORIS = { number: '202', extension: '202' };

function noted(call: string) {
  const event = (seq: number, at: number, fields: object) => ({ call, seq, at, ...fields }) as CallEvent;
  const from = { number: '201', extension: '201' };
  const record = recordOf([
    event(1, 1_000, { type: 'call.started', domain: 'acme.example', from, dialled: '202', sipCallId: 'x' }),
    event(2, 2_000, { type: 'leg.started', leg: 'b1', party: BORIS, flow: 'f' }),
    event(3, 5_000, { type: 'call.answered', leg: 'b1', party: BORIS }),
  ]);
  if (record === undefined) throw new Error('the call has started');
  return record;
}

test('calls that a kill cut off end with a reason and one event, as late as their recordings tell', async () => {
  const store = new MemoryStore();
  await store.history.noteOpen(noted('recorded'));
  await store.history.noteOpen(noted('not-recorded'));
  await store.recordings.put({
    ...{ id: 'r', call: 'recorded', domain: 'acme.example', path: 'r.wav', from: '201', to: '202' },
    ...{ startedAt: 5_000, durationMs: 3_000, state: 'repaired' },
  });
  const events: CallEvent[] = [];
  const parts = { store, directory: new Directory(EMPTY_MODEL), log: new MemoryLog() };
  await endCutOffCalls({ ...parts, onEvent: (event) => events.push(event) });
  expect(await store.history.find('recorded')).toMatchObject({
    ...{ outcome: 'switch-restarted', result: 'answered', endedAt: 8_000, talkMs: 3_000 },
    recordings: [{ path: 'r.wav', durationMs: 3_000 }],
  });
  expect(await store.history.find('not-recorded')).toMatchObject({ endedAt: 5_000, talkMs: 0 });
  expect(events.map(({ type, call }) => [type, call])).toEqual([
    ['call.ended', 'recorded'],
    ['call.ended', 'not-recorded'],
  ]);
  expect(await store.history.open()).toEqual([]);
  await endCutOffCalls({ ...parts, onEvent: (event) => events.push(event) });
  expect(events).toHaveLength(2);
});
