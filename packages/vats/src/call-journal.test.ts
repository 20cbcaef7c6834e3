import type { CallEvent } from '@vats/calls';
import { MemoryLog } from '@vats/kernel/testing';
import type { CallRecord, RecordingEntry } from '@vats/pbx';
import { expect, test } from 'vitest';
import { CallJournal } from './call-journal.ts';
import { MOST_UNWRITTEN } from './history-writer.ts';

function journal(append: (record: CallRecord) => Promise<void> = async () => {}) {
  const records: CallRecord[] = [];
  const notes: CallRecord[] = [];
  const recordings: RecordingEntry[] = [];
  const events: CallEvent[] = [];
  const log = new MemoryLog();
  const kept = new CallJournal({
    data: '/data',
    log,
    onEvent: (event) => events.push(event),
    store: {
      history: {
        append: async (record) => {
          await append(record);
          records.push(record);
        },
        noteOpen: async (record) => {
          notes.push(record);
        },
      },
      recordings: {
        put: async (entry) => {
          recordings.push(entry);
        },
      },
    },
  });
  return { kept, records, notes, recordings, events, log };
}

let seq = 0;
const event = (fields: object): CallEvent => ({ call: 'c1', seq: ++seq, at: 1000 + seq, ...fields }) as CallEvent;
const started = () =>
  event({ type: 'call.started', domain: 'acme.example', from: { number: '201' }, dialled: '202', sipCallId: 'x' });
const ended = () =>
  event({
    type: 'call.ended',
    domain: 'acme.example',
    failure: 'caller-hung-up',
    status: 200,
    from: { number: '201' },
    dialled: '202',
    startedAt: 1000,
    durationMs: 5,
    talkMs: 3,
  });

test('a finished call is written with its story, and its terminal event comes when that is on disk', async () => {
  let written = (): void => {};
  const disk = new Promise<void>((resolve) => {
    written = resolve;
  });
  const { kept, records, events } = journal(() => disk);
  kept.note(started());
  kept.note(ended());
  expect(events.map(({ type }) => type)).toEqual(['call.started']);
  expect(kept.waiting).toBe(1);
  written();
  await kept.idle();
  expect(events.map(({ type }) => type)).toEqual(['call.started', 'call.ended']);
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ id: 'c1', outcome: 'caller-hung-up', status: 200 });
  expect(records[0]?.story).toHaveLength(2);
  expect(kept.waiting).toBe(0);
});

/** Calls from their start to their end, in one go. */
async function calls(kept: CallJournal, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) {
    kept.note({ ...started(), call: `c${number}` });
    kept.note({ ...ended(), call: `c${number}` });
  }
  while (kept.waiting > 0) await Promise.resolve();
}

test('a disk that fails holds up nobody, is said once, and what it did not take is written when it works again', async () => {
  let isFull = true;
  const { kept, events, records, log } = journal(async () => {
    if (isFull) throw new Error('disk full');
  });
  await calls(kept, 0, 3);
  expect(events.filter(({ type }) => type === 'call.ended')).toHaveLength(3);
  expect(log.lines).toMatchObject([
    { level: 'error', event: 'history.not-written', fields: { call: 'c0', error: 'disk full' } },
  ]);
  expect([records.length, kept.unwritten]).toEqual([0, 3]);
  isFull = false;
  await calls(kept, 3, 4);
  expect(records.map(({ id }) => id)).toEqual(['c3', 'c0', 'c1', 'c2']);
  expect(kept.unwritten).toBe(0);
  expect(log.lines.slice(1)).toMatchObject([{ level: 'warn', event: 'store.works-again', fields: { failed: 3 } }]);
});

test('while the disk fails no more than so many calls are kept, and how many were lost is said', async () => {
  let isFull = true;
  const { kept, records, log } = journal(async ({ id }) => {
    if (isFull || id === 'c7') throw new Error('disk full');
  });
  await calls(kept, 0, MOST_UNWRITTEN + 5);
  expect(kept.unwritten).toBe(MOST_UNWRITTEN);
  isFull = false;
  await calls(kept, 5_000, 5_001);
  expect(records).toHaveLength(MOST_UNWRITTEN);
  // Five were too many, and one is refused for itself: it is not tried for ever.
  expect(log.lines.at(-1)).toMatchObject({ event: 'history.lost', fields: { calls: 6, some: ['c7'] } });
  expect(kept.unwritten).toBe(0);
});

test('what is not written when the switch ends is tried once more', async () => {
  let isFull = true;
  const { kept, records } = journal(async () => {
    if (isFull) throw new Error('disk full');
  });
  await calls(kept, 0, 2);
  isFull = false;
  await kept.idle();
  expect(records).toHaveLength(2);
});

test('recordings are listed relative to the data directory, from their start to how they ended', async () => {
  const { kept, recordings } = journal();
  const path = '/data/recordings/2026-01-01/x.wav';
  kept.note(started());
  kept.note(event({ type: 'recording.started', path }));
  kept.note(event({ type: 'recording.failed', path, reason: 'no-space', keptMs: 700 }));
  await kept.idle();
  expect(recordings.map(({ path: where, state, durationMs, error }) => ({ where, state, durationMs, error }))).toEqual([
    { where: 'recordings/2026-01-01/x.wav', state: 'writing', durationMs: undefined, error: undefined },
    { where: 'recordings/2026-01-01/x.wav', state: 'failed', durationMs: 700, error: 'no-space' },
  ]);
});

test('a call that makes events for ever keeps a bounded story, with its end', async () => {
  const { kept, records } = journal();
  kept.note(started());
  for (let i = 0; i < 2000; i++) kept.note(event({ type: 'leg.held', leg: 'a' }));
  kept.note(ended());
  await kept.idle();
  expect(records[0]?.story.length).toBe(501);
  expect(records[0]?.story.at(-1)).toMatchObject({ type: 'call.ended' });
});

test('a call that is up is noted when it starts and when it is answered', async () => {
  const { kept, notes } = journal();
  kept.note(started());
  kept.note(event({ type: 'leg.started', leg: 'b1', party: { number: '202', extension: '202' }, flow: 'f' }));
  kept.note(event({ type: 'call.answered', leg: 'b1', party: { number: '202', extension: '202' } }));
  expect(notes.map(({ outcome, result }) => [outcome, result])).toEqual([
    ['switch-restarted', 'missed'],
    ['switch-restarted', 'answered'],
  ]);
});
