import { expect, test } from 'vitest';
import { FaultLines } from './fault-lines.ts';
import { FakeClock, MemoryLog } from './testing/index.ts';

const thrown = (words: string): Error => new Error(words);

test('a place in the code has one line a second, whatever words it throws; all places have some', () => {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const lines = new FaultLines(clock, log);
  for (let i = 0; i < 1_000; i++) lines.tell('x.failed', thrown(`of stranger ${i}`), { call: i });
  lines.tell('x.failed', new Error('elsewhere'));
  lines.tell('y.failed', thrown('another kind'));
  expect(log.lines).toMatchObject([
    { level: 'error', event: 'x.failed', fields: { call: 0, error: expect.stringContaining('of stranger 0') } },
    { event: 'x.failed', fields: { error: expect.stringContaining('elsewhere') } },
    { event: 'y.failed' },
  ]);
  clock.advance(1_000);
  lines.tell('x.failed', thrown('again'));
  expect(log.lines).toHaveLength(4);
  clock.advance(10_000);
  lines.tell('x.failed', 'no error at all');
  expect(log.events.slice(4).sort()).toEqual(['log.lines-left-out', 'x.failed']);
});
