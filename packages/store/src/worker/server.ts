import { failureOf } from '../store-error.ts';
import { type OpenDatabase, openDatabase, openToRead } from './database.ts';
import type { Reply, Request } from './messages.ts';
import { read } from './read.ts';

/** Answers requests for one database, one after the other in the order that they came. */
export class DatabaseServer {
  #database: OpenDatabase | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** Never rejects: what went wrong is in the reply. */
  answer(request: Request): Promise<Reply> {
    const reply = this.#turn.then(() => this.#answer(request));
    this.#turn = reply;
    return reply;
  }

  async #answer(request: Request): Promise<Reply> {
    const { number } = request;
    try {
      switch (request.ask) {
        case 'open':
          this.#database = request.toRead ? openToRead(request.file) : await openDatabase(request.file);
          return { number, reply: 'done' };
        case 'commit':
          return { number, reply: 'committed', failures: this.#opened.commit(request.groups) };
        case 'read':
          return { number, reply: 'rows', rows: await read(this.#opened, request.read) };
        case 'close':
          await this.#database?.close();
          this.#database = undefined;
          return { number, reply: 'done' };
      }
    } catch (error) {
      return { number, reply: 'failed', failure: failureOf(error) };
    }
  }

  get #opened(): OpenDatabase {
    if (this.#database === undefined) throw new Error('the database is not open');
    return this.#database;
  }
}
