import { Worker } from 'node:worker_threads';
import type { S3Options, S3Storage } from './s3-storage.ts';
import { type FaultKind, StorageFault } from './storage-fault.ts';

/** What crosses to the thread and back. */
export interface PutOrder {
  readonly id: number;
  readonly key: string;
  readonly path: string;
  readonly contentType: string;
  readonly expected?: { readonly octets: number; readonly sha256: string };
}
export interface PutAnswer {
  readonly id: number;
  readonly fault?: { readonly kind?: FaultKind; readonly message: string; readonly remedy?: string };
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Stores files in a thread of its own: hashing a file and encrypting it for the wire is not for a thread that calls are in. It is
 * started with the first file, and again with the next if it died.
 */
export class PutThread {
  readonly #options: Omit<S3Options, 'clock'>;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #id = 0;

  constructor(options: Omit<S3Options, 'clock'>) {
    this.#options = options;
  }

  /** As `S3Storage.put`. */
  put(...[key, path, contentType, expected]: Parameters<S3Storage['put']>): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = this.#id++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker ??= this.#start();
      const order: PutOrder = { id, key, path, contentType, ...(expected !== undefined && { expected }) };
      this.#worker.postMessage(order);
    });
  }

  /** Ends it at once; there is no half of what was being stored. */
  close(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    this.#fail('it was stopped');
  }

  #start(): Worker {
    const worker = new Worker(new URL('./put-entry.ts', import.meta.url), {
      workerData: this.#options,
      // A file is never in memory as a whole.
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    const die = (detail: string): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(detail);
    };
    worker.on('message', ({ id, fault }: PutAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (fault === undefined) waiting?.resolve();
      else {
        const { kind = 'away', message, remedy = 'it is tried again' } = fault;
        waiting?.reject(new StorageFault(kind, message, remedy));
      }
    });
    worker.on('error', (error) => die(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => die(`it ended with ${code}`));
    // What it leaves undone is done after the next start.
    worker.unref();
    return worker;
  }

  #fail(detail: string): void {
    const fault = new StorageFault('away', `the thread that stores files is gone: ${detail}`, 'it is tried again');
    for (const { reject } of this.#waiting.values()) reject(fault);
    this.#waiting.clear();
  }
}
