import { Worker } from 'node:worker_threads';
import type { Reply, Request } from './worker/messages.ts';

/** The way to a DatabaseServer, wherever it runs. */
export interface Link {
  post(request: Request): void;
  /** Ends the server, whatever it is doing. */
  end(): Promise<unknown>;
}

/** Starts a server. `lost` is told when it ends by itself, at least once. */
export type Connect = (replied: (reply: Reply) => void, lost: (why: string) => void) => Link;

/** What runs in the thread; compiled beside this file when this file is. */
const SCRIPT = new URL(import.meta.url.endsWith('.ts') ? './worker/worker.ts' : './worker/worker.js', import.meta.url);

/** A server in a thread of its own. */
export function workerLink(script = SCRIPT): Connect {
  return (replied, lost) => {
    const worker = new Worker(script, { name: 'store' });
    worker.on('message', replied);
    worker.on('error', (error) => lost(`the store's thread died: ${error.message}`));
    worker.on('exit', (code) => lost(`the store's thread ended with ${code}`));
    return { post: (request) => worker.postMessage(request), end: () => worker.terminate() };
  };
}
