import { parentPort } from 'node:worker_threads';
import { failureOf } from '../store-error.ts';
import { type OpenDatabase, openDatabase } from './database.ts';
import type { Reply, Request } from './messages.ts';
import { read } from './read.ts';

/*
 * The thread that owns the database. better-sqlite3 blocks its thread for as long as the disk takes, so signalling must
 * never share one with it. Requests are carried out one after the other.
 */

const port = parentPort;
if (port === null) throw new Error('the store’s worker runs as a worker thread only');

let database: OpenDatabase | undefined;
let turn: Promise<void> = Promise.resolve();

port.on('message', (request: Request) => {
  turn = turn.then(() => answer(request)).then((reply) => port.postMessage(reply));
});

async function answer(request: Request): Promise<Reply> {
  const { number } = request;
  try {
    switch (request.ask) {
      case 'open':
        database = await openDatabase(request.file);
        return { number, reply: 'done' };
      case 'commit':
        return { number, reply: 'committed', failures: opened().commit(request.groups) };
      case 'read':
        return { number, reply: 'rows', rows: await read(opened().db, request.read) };
      case 'close':
        await database?.close();
        database = undefined;
        return { number, reply: 'done' };
    }
  } catch (error) {
    return { number, reply: 'failed', failure: failureOf(error) };
  }
}

function opened(): OpenDatabase {
  if (database === undefined) throw new Error('the database is not open');
  return database;
}
