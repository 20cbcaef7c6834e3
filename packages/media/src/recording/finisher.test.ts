import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { Finisher, type FinishReport, type FinishTask, type StartFinishing } from './finisher.ts';
import { startFinishing } from './finishing-thread.ts';
import { wavHeader } from './wav-header.ts';

/** A thread that does what the test says. */
class FakeThread {
  readonly tasks: FinishTask[] = [];
  closed = false;
  user!: Parameters<StartFinishing>[0];

  answer(path: string): void {
    this.user.report({ ok: true, finished: { what: 'nothing', path } });
  }
}

let clock: FakeClock;
let threads: FakeThread[];
let told: (string | FinishReport)[];
let finisher: Finisher;

beforeEach(() => {
  clock = new FakeClock();
  threads = [];
  told = [];
  finisher = new Finisher({
    clock,
    start: (user) => {
      const thread = new FakeThread();
      thread.user = user;
      threads.push(thread);
      return {
        post: (task) => void thread.tasks.push(task),
        close: () => {
          thread.closed = true;
        },
      };
    },
  });
});

const add = (path: string): boolean =>
  finisher.add({ path }, (report) => told.push(report.ok ? report.finished.path : report));

test('one after the other, in one thread that ends when it has been idle', async () => {
  for (const path of ['a', 'b']) add(path);
  expect([threads.length, threads[0]!.tasks, finisher.size]).toEqual([1, [{ path: 'a' }], 2]);
  threads[0]!.answer('a');
  threads[0]!.answer('b');
  await finisher.idle();
  expect(told).toEqual(['a', 'b']);
  clock.advance(29_999);
  expect(threads[0]!.closed).toBe(false);
  clock.advance(1);
  expect(threads[0]!.closed).toBe(true);
  add('c');
  expect(threads[1]!.tasks).toEqual([{ path: 'c' }]);
});

test('a thread that dies of a recording gets it once more, not to be encoded; then it is told', () => {
  for (const path of ['a', 'b']) add(path);
  threads[0]!.user.died('out of memory');
  expect(threads[1]!.tasks).toEqual([{ path: 'a', unconverted: "the encoder's thread died: out of memory" }]);
  threads[1]!.user.died('again');
  expect(told).toEqual([{ ok: false, error: 'again' }]);
  expect(threads[2]!.tasks).toEqual([{ path: 'b' }]);
});

test('more than it may keep is refused, and so is what comes when it is closed', async () => {
  for (let i = 0; i <= 10_000; i++) expect(add(String(i))).toBe(true);
  expect(add('one more')).toBe(false);
  const closed = finisher.close(5_000);
  expect(add('late')).toBe(false);
  clock.advance(5_000);
  await closed;
  expect([threads[0]!.closed, finisher.size, clock.pending]).toEqual([true, 0, 0]);
});

test('the real thread finishes a recording, and says what it could not do', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vats-finisher-'));
  const real = new Finisher({ clock, start: startFinishing });
  try {
    writeFileSync(join(directory, 'one.wav'), Buffer.concat([wavHeader('PCMA', 8), Buffer.alloc(16, 3)]));
    writeFileSync(join(directory, 'one.journal'), '');
    writeFileSync(join(directory, 'two.vrec'), 'nonsense');
    const reports = await Promise.all(
      ['one.wav', 'two.vrec'].map(
        (name) => new Promise<FinishReport>((done) => real.add({ path: join(directory, name) }, done)),
      ),
    );
    expect(reports).toMatchObject([
      { ok: true, finished: { what: 'kept', manifest: { durationMs: 1, state: 'repaired' } } },
      { ok: false, error: 'there is no key for it' },
    ]);
    expect(readdirSync(directory).sort()).toEqual(['one.json', 'one.wav', 'two.vrec']);
  } finally {
    await real.close(0);
    rmSync(directory, { recursive: true });
  }
});
