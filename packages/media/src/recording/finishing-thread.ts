import { Worker } from 'node:worker_threads';
import type { FinishReport, StartFinishing } from './finisher.ts';

/** Starts the thread that finishes recordings. It keeps no process alive: what it leaves undone is done at the next start. */
export const startFinishing: StartFinishing = (user) => {
  const worker = new Worker(new URL('./finishing-entry.ts', import.meta.url), {
    // What an encoder needs; a file is never in memory as a whole.
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  let asked = false;
  let dead = false;
  const die = (detail: string): void => {
    if (asked || dead) return;
    dead = true;
    user.died(detail);
  };
  worker.on('message', (report: FinishReport) => user.report(report));
  worker.on('error', (error) => die(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => die(`it ended with ${code}`));
  worker.unref();
  return {
    post: (task) => worker.postMessage(task),
    close: () => {
      asked = true;
      void worker.terminate();
    },
  };
};
