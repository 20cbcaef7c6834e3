import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { finishRecording, NotEncodedError } from './finish-recording.ts';
import type { FinishReport, FinishTask } from './finisher.ts';

/** The thread's first file. Linux counts priority by thread, so that this one steps back behind all that carries sound. */
const port = parentPort;
if (port === null) throw new Error('finishing-entry.ts runs in a worker thread only');
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

port.on('message', async ({ key, ...task }: FinishTask) => {
  let report: FinishReport;
  try {
    const order = { ...task, ...(key !== undefined && { key: Buffer.from(key, 'base64') }) };
    report = { ok: true, finished: await finishRecording(order) };
  } catch (error) {
    report = {
      ok: false,
      error: error instanceof Error ? error.message : String(error),
      ...(error instanceof NotEncodedError && { notEncoded: true }),
    };
  }
  port.postMessage(report);
});
