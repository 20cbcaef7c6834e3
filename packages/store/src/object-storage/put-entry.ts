import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { SystemClock } from '@vats/kernel';
import type { PutAnswer, PutOrder } from './put-thread.ts';
import { type S3Options, S3Storage } from './s3-storage.ts';
import { StorageFault } from './storage-fault.ts';

/** The thread's first file. Linux counts priority by thread: what carries sound and calls comes before it. */
const port = parentPort;
if (port === null) throw new Error('put-entry.ts runs in a worker thread only');
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

const storage = new S3Storage({ ...(workerData as Omit<S3Options, 'clock'>), clock: new SystemClock() });

port.on('message', async ({ id, key, path, contentType, expected }: PutOrder) => {
  let answer: PutAnswer = { id };
  try {
    await storage.put(key, path, contentType, expected);
  } catch (error) {
    const { message } = error as Error;
    answer = {
      id,
      fault: error instanceof StorageFault ? { kind: error.kind, message, remedy: error.remedy } : { message },
    };
  }
  port.postMessage(answer);
});
