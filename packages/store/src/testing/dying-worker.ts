import { parentPort } from 'node:worker_threads';

/** A worker that opens well and dies of the first commit: what DatabaseClient must outlive. */
parentPort?.on('message', ({ number, ask }: { number: number; ask: string }) => {
  if (ask === 'commit') throw new Error('struck by lightning');
  parentPort?.postMessage({ number, reply: 'done' });
});
