import { parentPort } from 'node:worker_threads';
import type { Request } from './messages.ts';
import { DatabaseServer } from './server.ts';

/*
 * The thread that owns the database. better-sqlite3 blocks its thread for as long as the disk takes, so signalling must
 * never share one with it.
 */

const port = parentPort;
if (port === null) throw new Error('the store’s worker runs as a worker thread only');
const server = new DatabaseServer();
port.on('message', async (request: Request) => port.postMessage(await server.answer(request)));
