import { parentPort, workerData } from 'node:worker_threads';
import { GuardedClock, SystemClock, SystemRandom } from '@vats/kernel';
import { loadOpus } from '../codec/opus.ts';
import { DiskFiles } from '../recording/output-file.ts';
import { DiskSoundFiles } from '../sound/disk-sound-files.ts';
import { MediaWorker } from './media-worker.ts';
import type { Report, WorkerSettings } from './messages.ts';
import { threadLoop } from './wake-ups.ts';
import { readCommands, writeReports } from './wire.ts';

/** The thread's first file: joins a MediaWorker to the port to its plane. The thread ends by itself after `stop`. */
const port = parentPort;
if (port === null) throw new Error('worker-entry.ts runs in a worker thread only');

const post = (reports: readonly Report[]): void => port.postMessage(writeReports(reports));
const worker = new MediaWorker({
  settings: workerData as WorkerSettings,
  // A fault in one call's timer is not to end the calls of all the thread.
  clock: new GuardedClock(new SystemClock(), (error) => {
    post([{ say: 'fault', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) }]);
  }),
  random: new SystemRandom(),
  files: new DiskFiles(),
  sounds: new DiskSoundFiles(),
  loop: threadLoop(),
  post,
});

port.on('message', (posted: string) => {
  const commands = readCommands(posted);
  worker.execute(commands);
  if (commands.some((command) => command.do === 'stop')) port.unref();
});
worker.start();
// Before a call needs it: what comes meanwhile would be lost.
void loadOpus();
