import { join } from 'node:path';
import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { DatabaseThread } from './database-thread.ts';
import { scratchDirectory } from './testing/scratch.ts';

const DYING = new URL('./testing/dying-worker.ts', import.meta.url);

test('a thread that dies fails what it was asked, and is replaced, but not in a storm', async () => {
  const clock = new FakeClock();
  const thread = await DatabaseThread.open('/nowhere/vats.db', clock, DYING);
  await expect(thread.commit([[]])).rejects.toMatchObject({
    fault: 'failed',
    message: expect.stringContaining('struck by lightning'),
  });
  clock.advance(999);
  await expect(thread.commit([[]])).rejects.toThrow('struck by lightning');
  clock.advance(1);
  // A new thread dies the same way: it was started again.
  await expect(thread.commit([[]])).rejects.toThrow('struck by lightning');
  await thread.close();
  await expect(thread.commit([[]])).rejects.toMatchObject({ fault: 'closed' });
});

test('requests are answered in their order, those before a close too', async () => {
  using scratch = scratchDirectory();
  const thread = await DatabaseThread.open(join(scratch.path, 'vats.db'), new FakeClock());
  const put = (id: string) =>
    thread.commit([[{ do: 'put-binding', row: { id, domain: 'd', login: 'l', expires_at: 1, document: '' } }]]);
  const written = put('a');
  const seen = thread.read({ read: 'bindings' });
  const closed = thread.close();
  expect(await written).toEqual([undefined]);
  expect(await seen).toMatchObject([{ id: 'a' }]);
  await closed;
});
