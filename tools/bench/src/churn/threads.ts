import { eventually, within } from '@vats/interop';

/** What one thread of a Node process holds right after a collection, in octets. */
export interface ThreadMemory {
  /** `main`, or the worker's name; several may have the same. */
  readonly name: string;
  /** JavaScript objects. */
  readonly heap: number;
  /** Array buffers outside the heap: packets, tables, wasm memory. */
  readonly buffers: number;
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

type Result = Readonly<Record<string, unknown>>;
type Ask = (method: string, params?: object) => Promise<Result>;

/** One conversation in the inspector's protocol: questions with numbers, answers with the same ones. */
class Conversation {
  readonly #send: (text: string) => void;
  readonly #waiting = new Map<
    number,
    { resolve: (result: Answer['result'] & object) => void; reject: (e: Error) => void }
  >();
  #asked = 0;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  readonly ask: Ask = (method, params = {}) => {
    const id = ++this.#asked;
    const answer = new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send(JSON.stringify({ id, method, params }));
    });
    return within(answer, PATIENCE_MS, `answer to ${method}`).finally(() => this.#waiting.delete(id));
  };

  hear(answer: Answer): void {
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

async function measure(name: string, ask: Ask): Promise<ThreadMemory> {
  // Twice: what the first one's finalizers let go is taken by the second.
  await ask('HeapProfiler.collectGarbage');
  await ask('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await ask('Runtime.getHeapUsage');
  return { name, heap: Number(usedSize), buffers: Number(backingStorageSize ?? 0) };
}
