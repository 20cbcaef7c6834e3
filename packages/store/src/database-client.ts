import type { Clock } from '@vats/kernel';
import { type Failure, StoreError, storeErrorOf } from './store-error.ts';
import { NEWER, TOO_WIDE } from './worker/codes.ts';
import type { Read, Reply, Request, Rows, WriteGroup } from './worker/messages.ts';
import { type Connect, type Link, workerLink } from './worker-link.ts';

/** After a server was lost, the next is not started sooner than this: a crash at every start must not become a storm. */
const RESTART_AFTER_MS = 1_000;

type Unnumbered<T> = T extends unknown ? Omit<T, 'number'> : never;

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: StoreError): void;
}

/** The database as its server answers. A server that dies is replaced when it is asked again. */
export class DatabaseClient {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #connect: Connect;
  readonly #toRead: boolean;
  #state: 'running' | 'lost' | 'closed' = 'lost';
  #link: Link | undefined;
  #starting: Promise<void> | undefined;
  #lostAt = Number.NEGATIVE_INFINITY;
  #lostBy: StoreError | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;

  private constructor(file: string, clock: Clock, connect: Connect, toRead: boolean) {
    this.#toRead = toRead;
    this.#file = file;
    this.#clock = clock;
    this.#connect = connect;
  }

  /** Starts a server and opens the database; rejects with the StoreError that says why it can't be. */
  static async open(file: string, clock: Clock, connect = workerLink()): Promise<DatabaseClient> {
    const client = new DatabaseClient(file, clock, connect, false);
    await client.#running();
    return client;
  }

  /** A second way into a database that another client has open, for reading alone. Its server starts with the first look, or when it is warmed. */
  static toRead(file: string, clock: Clock, connect = workerLink()): DatabaseClient {
    return new DatabaseClient(file, clock, connect, true);
  }

  /** Starts the server ahead of the first look, which then need not wait for it. A failure is left for that look to tell. */
  warm(): void {
    this.#running().catch(() => {});
  }

  /** What became of each group: undefined when it is durable. */
  async commit(groups: readonly WriteGroup[]): Promise<(StoreError | undefined)[]> {
    const reply = await this.#ask({ ask: 'commit', groups });
    if (reply.reply !== 'committed') throw this.#outOfTurn(reply);
    return reply.failures.map((failure) => (failure === null ? undefined : this.#errorOf(failure)));
  }

  async read<Kind extends Read['read']>(read: Extract<Read, { read: Kind }>): Promise<Rows[Kind]> {
    const reply = await this.#ask({ ask: 'read', read });
    if (reply.reply !== 'rows') throw this.#outOfTurn(reply);
    return reply.rows as Rows[Kind];
  }

  /** Lets go of the database; what was asked before is answered first. */
  async close(): Promise<void> {
    const wasRunning = this.#state === 'running';
    this.#state = 'closed';
    if (wasRunning) await this.#post({ ask: 'close' });
    await this.#end();
  }

  async #ask(request: Unnumbered<Request>): Promise<Reply> {
    // Posted in the caller's own turn while the server runs, so that the order of calls is the order of requests.
    if (this.#state !== 'running') await this.#running();
    return this.#post(request);
  }

  async #running(): Promise<void> {
    if (this.#state === 'running') return;
    if (this.#state === 'closed') throw new StoreError('closed', 'the store is closed', 'start the switch again');
    if (this.#lostBy !== undefined && this.#clock.monotonic() - this.#lostAt < RESTART_AFTER_MS) throw this.#lostBy;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async #start(): Promise<void> {
    const link: Link = this.#connect(
      (reply) => {
        const waiting = this.#waiting.get(reply.number);
        this.#waiting.delete(reply.number);
        waiting?.resolve(reply);
      },
      (why) => this.#lost(link, why),
    );
    this.#link = link;
    try {
      await this.#post({ ask: 'open', file: this.#file, toRead: this.#toRead });
    } catch (error) {
      await this.#end();
      throw error;
    }
    if (this.#state === 'lost') this.#state = 'running';
  }

  #post(request: Unnumbered<Request>): Promise<Reply> {
    const number = ++this.#number;
    return new Promise<Reply>((resolve, reject) => {
      this.#waiting.set(number, {
        reject,
        resolve: (reply) => (reply.reply === 'failed' ? reject(this.#errorOf(reply.failure)) : resolve(reply)),
      });
      this.#link?.post({ ...request, number });
    });
  }

  #lost(link: Link, message: string): void {
    if (this.#link !== link) return;
    const error = this.#errorOf({ code: '', message });
    this.#link = undefined;
    this.#lostAt = this.#clock.monotonic();
    this.#lostBy = error;
    if (this.#state === 'running') this.#state = 'lost';
    this.#failAll(error);
  }

  #failAll(error: StoreError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }

  async #end(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    this.#failAll(new StoreError('closed', 'the store is closed', 'start the switch again'));
    await link?.end();
  }

  #errorOf(failure: Failure): StoreError {
    if (failure.code === TOO_WIDE) return new StoreError('too-wide', failure.message, 'give more of its digits');
    if (failure.code !== NEWER) return storeErrorOf(failure, this.#file);
    const remedy = 'run that version, or restore a backup that this one made';
    return new StoreError('newer', `${this.#file}: ${failure.message}`, remedy);
  }

  #outOfTurn(reply: Reply): StoreError {
    return new StoreError('failed', `the store's server answered ${reply.reply} out of turn`, 'report this as a fault');
  }
}
