import { join } from 'node:path';
import { SystemClock } from '@vats/kernel';
import { expect, test } from 'vitest';
import { openStore } from './open-store.ts';
import { scratchDirectory } from './testing/scratch.ts';

test('a domain’s key is made once, is another for each, and is there after a restart, sealed', async () => {
  using directory = scratchDirectory();
  const options = {
    url: `sqlite:${join(directory.path, 'vats.db')}`,
    keyFile: join(directory.path, 'key'),
    clock: new SystemClock(),
  };
  const store = await openStore(options);
  expect(store.recordingKeys.of('d1')).toBeUndefined();
  await Promise.all([store.recordingKeys.make('d1'), store.recordingKeys.make('d1'), store.recordingKeys.make('d2')]);
  const [one, two] = [store.recordingKeys.of('d1')!, store.recordingKeys.of('d2')!];
  await store.recordingKeys.make('d1');
  expect([one.length, one.equals(two), store.recordingKeys.of('d1')!.equals(one)]).toEqual([32, false, true]);
  await store.close();
  const again = await openStore(options);
  expect(again.recordingKeys.of('d1')!.equals(one)).toBe(true);
  await again.close();
});
