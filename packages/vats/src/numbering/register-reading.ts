import { Worker } from 'node:worker_threads';
import type { Checked, ReadRegister } from '@vats/pbx';
import type { NamedFile } from './register-files.ts';

/** What runs in the thread; compiled beside this file when this file is. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? './register-worker.ts' : './register-worker.js',
  import.meta.url,
);
/** Several times what the largest register takes. */
const MEMORY_MB = 2_048;

/** A reading under way. */
export interface RegisterReading {
  /** Rejects when the thread died, or was ended. */
  readonly result: Promise<Checked<ReadRegister>>;
  end(): void;
}

/** Reads the files of a register in a thread of its own. */
export function readInThread(files: readonly NamedFile[]): RegisterReading {
  const worker = new Worker(SCRIPT, {
    name: 'numbering',
    workerData: files,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const result = new Promise<Checked<ReadRegister>>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (error) => reject(new Error(`the register could not be read: ${error.message}`)));
    worker.once('exit', () => reject(new Error('the register could not be read: its thread ended')));
  });
  return { result, end: () => void worker.terminate() };
}
