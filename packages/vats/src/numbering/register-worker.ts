import { parentPort, workerData } from 'node:worker_threads';
import { type NamedFile, readRegisterFiles } from './register-files.ts';

/*
 * The thread that reads the numbering register: seconds of work for half a million lines, which signalling must not wait for. It reads
 * once, answers, and ends.
 */

const port = parentPort;
if (port === null) throw new Error('the register’s worker runs as a worker thread only');
const read = readRegisterFiles(workerData as readonly NamedFile[]);
if (read.ok) {
  const { first, last, place, operator } = read.value.table;
  // Columns change their thread without being copied.
  port.postMessage(
    read,
    [first, last, place, operator].map(({ buffer }) => buffer as ArrayBuffer),
  );
} else port.postMessage(read);
