import { join } from 'node:path';
import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { DatabaseClient } from './database-client.ts';
import { scratchDirectory } from './testing/scratch.ts';
import { workerLink } from './worker-link.ts';

const DYING = workerLink(new URL('./testing/dying-worker.ts', import.meta.url));

test('a server that dies fails what it was asked, and is replaced, but not in a storm', async () => {
  const clock = new FakeClock();
  const client = await DatabaseClient.open('/nowhere/vats.db', clock, DYING);
  await expect(client.commit([[]])).rejects.toMatchObject({
    fault: 'failed',
    message: expect.stringContaining('struck by lightning'),
  });
  clock.advance(999);
  await expect(client.commit([[]])).rejects.toThrow('struck by lightning');
  clock.advance(1);
  // A new server dies the same way: it was started again.
  await expect(client.commit([[]])).rejects.toThrow('struck by lightning');
  await client.close();
  await expect(client.commit([[]])).rejects.toMatchObject({ fault: 'closed' });
});

test('requests are answered in their order, those before a close too', async () => {
  using scratch = scratchDirectory();
  const client = await DatabaseClient.open(join(scratch.path, 'vats.db'), new FakeClock());
  const put = (id: string) =>
    client.commit([[{ do: 'put-binding', row: { id, domain: 'd', login: 'l', expires_at: 1, document: '' } }]]);
  const written = put('a');
  const seen = client.read({ read: 'bindings' });
  const closed = client.close();
  expect(await written).toEqual([undefined]);
  expect(await seen).toMatchObject([{ id: 'a' }]);
  await closed;
});
