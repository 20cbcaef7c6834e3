import { Worker } from 'node:worker_threads';
import { type FaultKind, type S3Options, StorageFault } from '@vats/store';
import type { StoringPlace } from './store-recording.ts';

/** What crosses to the thread and back. */
export interface StoringOrder {
  readonly id: number;
  readonly path: string;
}
export interface StoringAnswer {
  readonly id: number;
  readonly fault?: { readonly kind?: FaultKind; readonly message: string; readonly remedy?: string };
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Stores recordings in a thread of its own, which is started with the first one, and again with the next if it died. */
export class StoringThread {
  readonly #data: { readonly at: StoringPlace; readonly options: Omit<S3Options, 'clock'> };
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #id = 0;

  constructor(at: StoringPlace, options: Omit<S3Options, 'clock'>) {
    this.#data = { at, options };
  }

  /** @throws StorageFault, with the recording in its place */
  store(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = this.#id++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker ??= this.#start();
      const order: StoringOrder = { id, path };
      this.#worker.postMessage(order);
    });
  }

  /** Ends it at once: a recording that is half stored stays here, and is stored after the next start. */
  close(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    this.#fail('the switch is stopped');
  }

  #start(): Worker {
    const worker = new Worker(new URL('./storing-entry.ts', import.meta.url), {
      workerData: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: 128 },
    });
    const die = (detail: string): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(detail);
    };
    worker.on('message', ({ id, fault }: StoringAnswer) => {
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
    const fault = new StorageFault('away', `the thread that stores recordings died: ${detail}`, 'it is tried again');
    for (const { reject } of this.#waiting.values()) reject(fault);
    this.#waiting.clear();
  }
}
