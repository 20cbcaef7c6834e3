import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SystemClock } from '@vats/kernel';
import { type S3Options, S3Storage, StorageFault } from '@vats/store';
import { type StoringPlace, storeRecording } from './store-recording.ts';
import type { StoringAnswer, StoringOrder } from './storing-thread.ts';

/** The thread's first file: hashing and encrypting what goes over the wire is not for the thread that calls are in. */
const port = parentPort;
if (port === null) throw new Error('storing-entry.ts runs in a worker thread only');
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

const { at, options } = workerData as { at: StoringPlace; options: Omit<S3Options, 'clock'> };
const clock = new SystemClock();
const storage = new S3Storage({ ...options, clock });

port.on('message', async ({ id, path }: StoringOrder) => {
  let answer: StoringAnswer = { id };
  try {
    await storeRecording(storage, path, at, () => clock.now());
  } catch (error) {
    const { message } = error as Error;
    answer = {
      id,
      fault: error instanceof StorageFault ? { kind: error.kind, message, remedy: error.remedy } : { message },
    };
  }
  port.postMessage(answer);
});
