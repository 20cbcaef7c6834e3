import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { eventually, within } from '@vats/interop';
import { allocatedBetween, type Collection } from './allocations.ts';

/** What one thread of a Node process holds right after a collection, in octets. */
export interface ThreadMemory {
  /** `main`, or the worker's name; several may have the same. */
  readonly name: string;
  /** JavaScript objects, without `code`. */
  readonly heap: number;
  /** What V8 made of functions: bytecode, machine code and what belongs to them. It has an end when all have run often enough. */
  readonly code: number;
  /** Array buffers outside the heap: packets, tables, wasm memory. */
  readonly buffers: number;
}

/** What one thread allocated in a time. */
export interface ThreadAllocations {
  readonly name: string;
  /** Octets of objects in V8's heap; what array buffers hold lies outside of it. */
  readonly allocated: number;
  readonly collections: number;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** A thread that ends while it is asked answers nobody. */
const PATIENCE_MS = 20_000;
/** A snapshot is all that a thread holds, written down: the thread does nothing else meanwhile. */
const SNAPSHOT_PATIENCE_MS = 120_000;

type Result = Readonly<Record<string, unknown>>;
type Ask = (method: string, params?: object, patienceMs?: number) => Promise<Result>;

/** One conversation in the inspector's protocol: questions with numbers, answers with the same ones. */
class Conversation {
  readonly #send: (text: string) => void;
  readonly #waiting = new Map<
    number,
    { resolve: (result: Answer['result'] & object) => void; reject: (e: Error) => void }
  >();
  #asked = 0;
  /** Gets what is told without being asked for. */
  told: ((method: string, params: Readonly<Record<string, unknown>>) => void) | undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  readonly ask: Ask = (method, params = {}, patienceMs = PATIENCE_MS) => {
    const id = ++this.#asked;
    const answer = new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send(JSON.stringify({ id, method, params }));
    });
    return within(answer, patienceMs, `answer to ${method}`).finally(() => this.#waiting.delete(id));
  };

  hear(answer: Answer): void {
    if (answer.method !== undefined) this.told?.(answer.method, answer.params ?? {});
    const waiting = this.#waiting.get(answer.id ?? -1);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id as number);
    if (answer.error) waiting.reject(new Error(answer.error.message));
    else waiting.resolve(answer.result ?? {});
  }

  end(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the thread has ended'));
    this.#waiting.clear();
  }
}

/** The threads of a process that was started with `--inspect`, asked from outside: nothing of it is in the process itself. */
export class Threads {
  readonly #socket: WebSocket;
  readonly #main: Conversation;
  readonly #workers = new Map<string, { readonly name: string; readonly talk: Conversation }>();

  /** @param port of the inspector on 127.0.0.1 */
  static async of(port: number): Promise<Threads> {
    const targets = await eventually(
      'inspector',
      async () =>
        (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[],
      { milliseconds: 10_000 },
    );
    const socket = new WebSocket(targets[0]!.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`no inspector on port ${port}`)));
    });
    const threads = new Threads(socket);
    await threads.#main.ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
    return threads;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#main = new Conversation((text) => socket.send(text));
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data)) as Answer));
    socket.addEventListener('close', () => this.#main.end());
  }

  /**
   * Has every thread collect its garbage, and asks what is left. A thread that ended meanwhile is not among them.
   *
   * @throws when the main thread does not answer
   */
  async memory(): Promise<ThreadMemory[]> {
    const workers = [...this.#workers.values()].map(({ name, talk }) => measure(name, talk.ask).catch(() => undefined));
    const [main, ...others] = await Promise.all([measure('main', this.#main.ask), ...workers]);
    return [main, ...others.filter((memory) => memory !== undefined)];
  }

  /** Begins to count what each thread allocates. */
  async beginAllocations(): Promise<void> {
    await Promise.all(this.#all().map(({ talk }) => evaluate(talk.ask, BEGIN)));
  }

  /** What each thread allocated since `beginAllocations`. */
  async endAllocations(): Promise<ThreadAllocations[]> {
    return Promise.all(
      this.#all().map(async ({ name, talk }) => {
        const counted = (await evaluate(talk.ask, END)) as Counted;
        const { first, collections, last } = counted;
        return { name, collections: collections.length, allocated: allocatedBetween(first, collections, last) };
      }),
    );
  }

  #all(): { readonly name: string; readonly talk: Conversation }[] {
    return [{ name: 'main', talk: this.#main }, ...this.#workers.values()];
  }

  /**
   * Writes what each thread holds into `folder`, a file a thread with its name and `label`, for Chrome's or any other comparison of heap
   * snapshots. Every thread stands still while its own is written.
   */
  async snapshots(folder: string, label: string): Promise<void> {
    for (const [i, { name, talk }] of this.#all().entries()) {
      await writeSnapshot(talk, join(folder, `${i}-${name}-${label}.heapsnapshot`));
    }
  }

  close(): void {
    this.#socket.close();
  }

  #hear(answer: Answer): void {
    const { method, params = {} } = answer;
    const session = String(params.sessionId);
    if (method === 'NodeWorker.attachedToWorker') {
      const { title, url } = params.workerInfo as { title: string; url: string };
      const talk = new Conversation((message) => {
        this.#main.ask('NodeWorker.sendMessageToWorker', { sessionId: session, message }).catch(() => talk.end());
      });
      this.#workers.set(session, { name: nameOf(title, url), talk });
    } else if (method === 'NodeWorker.detachedFromWorker') {
      this.#workers.get(session)?.talk.end();
      this.#workers.delete(session);
    } else if (method === 'NodeWorker.receivedMessageFromWorker') {
      this.#workers.get(session)?.talk.hear(JSON.parse(String(params.message)) as Answer);
    } else this.#main.hear(answer);
  }
}

/** Node writes `[worker 3] vats-media` where a thread has a name; else the file that it runs must do. */
function nameOf(title: string, url: string): string {
  const named = title.replace(/^\[worker \d+\]\s*/, '');
  return named !== '' && !/^worker/i.test(named) ? named : (/([^/]+)\.ts/.exec(url)?.[1] ?? 'worker');
}

interface Counted {
  readonly first: number;
  readonly collections: readonly Collection[];
  readonly last: number;
}

// Run in the thread that is asked, which has no code of the bench in it.
const BEGIN = `{
  const v8 = process.getBuiltinModule('v8');
  const profiler = new v8.GCProfiler();
  profiler.start();
  globalThis.benchAllocations = { profiler, first: v8.getHeapStatistics().used_heap_size };
}`;
/** Nothing but code and its parts lies in these spaces. */
const CODE = `process.getBuiltinModule('v8').getHeapSpaceStatistics()
  .filter(({ space_name: name }) => /^(code|trusted)_/.test(name))
  .reduce((sum, { space_used_size: size }) => sum + size, 0)`;
const END = `(() => {
  const { profiler, first } = globalThis.benchAllocations;
  const last = process.getBuiltinModule('v8').getHeapStatistics().used_heap_size;
  const collections = profiler.stop().statistics.map(({ beforeGC, afterGC }) => ({
    before: beforeGC.heapStatistics.usedHeapSize,
    after: afterGC.heapStatistics.usedHeapSize,
  }));
  return { first, collections, last };
})()`;

async function evaluate(ask: Ask, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await ask('Runtime.evaluate', { expression, returnByValue: true });
  if (exceptionDetails !== undefined)
    throw new Error(`the thread could not be asked: ${JSON.stringify(exceptionDetails)}`);
  return (result as { readonly value?: unknown }).value;
}

async function writeSnapshot(talk: Conversation, path: string): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600 });
  talk.told = (method, { chunk }) => {
    if (method === 'HeapProfiler.addHeapSnapshotChunk') file.write(String(chunk));
  };
  try {
    await talk.ask('HeapProfiler.collectGarbage');
    await talk.ask('HeapProfiler.takeHeapSnapshot', { reportProgress: false }, SNAPSHOT_PATIENCE_MS);
  } finally {
    talk.told = undefined;
    await new Promise((closed) => file.end(closed));
  }
}

async function measure(name: string, ask: Ask): Promise<ThreadMemory> {
  // Twice: what the first one's finalizers let go is taken by the second.
  await ask('HeapProfiler.collectGarbage');
  await ask('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await ask('Runtime.getHeapUsage');
  const code = Number(await evaluate(ask, CODE));
  return { name, heap: Number(usedSize) - code, code, buffers: Number(backingStorageSize ?? 0) };
}
