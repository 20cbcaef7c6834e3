import { parentPort, workerData } from 'node:worker_threads';
import { SystemClock, SystemRandom } from '@vats/kernel';
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

const worker = new MediaWorker({
  settings: workerData as WorkerSettings,
  clock: new SystemClock(),
  random: new SystemRandom(),
  files: new DiskFiles(),
  sounds: new DiskSoundFiles(),
  loop: threadLoop(),
  post: (reports: readonly Report[]) => port.postMessage(writeReports(reports)),
});

port.on('message', (posted: string) => {
  const commands = readCommands(posted);
  worker.execute(commands);
  if (commands.some((command) => command.do === 'stop')) port.unref();
});
worker.start();
// Before a call needs it: what comes meanwhile would be lost.
void loadOpus();
