import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { within } from './deadline.ts';
import { Heard } from './heard.ts';
import type { Scene } from './scene.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Name of the log file in the scene's directory, without `.log`. */
  readonly name: string;
  /** How long a polite signal is given before SIGKILL. */
  readonly patience?: number;
  /** The signal that asks politely; SIGTERM when absent. */
  readonly goodbye?: NodeJS.Signals;
}

/** A process of ours: its lines can be awaited, its output is kept in the scene, and it ends with the scene. */
export class Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Lines of standard output and standard error as they came. */
  readonly lines = new Heard<string>((line) => JSON.stringify(line.slice(0, 200)));
  /** Everything said, for a verdict after the end. */
  readonly output: string[] = [];
  /** Told each line as it comes, from when it is set. */
  onLine: (line: string) => void = () => {};
  readonly #process: ChildProcess;
  readonly #patience: number;
  readonly #goodbye: NodeJS.Signals;
  #exit: Exit | undefined;

  /** Starts `command`; rejects when it can't be started at all. */
  static async start(
    scene: Scene,
    command: string,
    args: readonly (string | number)[],
    options: ChildOptions,
  ): Promise<Child> {
    const log = createWriteStream(scene.path(`${options.name}.log`), { flags: 'a' });
    const text = args.map(String);
    log.write(`$ ${[command, ...text].join(' ')}\n`);
    const started = spawn(command, text, {
      cwd: options.cwd ?? scene.directory,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      started.once('spawn', resolve);
      started.once('error', (cause) => reject(new Error(`${command} does not start`, { cause })));
    });
    const child = new Child(started, log, options);
    scene.own(`process ${child.name} (${child.pid})`, () => child.stop());
    return child;
  }

  private constructor(started: ChildProcess, log: NodeJS.WritableStream, options: ChildOptions) {
    this.#process = started;
    this.name = options.name;
    this.pid = started.pid as number;
    this.#patience = options.patience ?? 3_000;
    this.#goodbye = options.goodbye ?? 'SIGTERM';
    // A process may end between our deciding to write and the write: EPIPE then says what `exited` says.
    started.stdin?.on('error', () => {});
    for (const stream of [started.stdout, started.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        this.output.push(line);
        this.onLine(line);
        this.lines.push(line);
      });
    }
    this.exited = new Promise((resolve) => {
      started.once('close', (code, signal) => {
        this.#exit = { code, signal };
        log.end(`# ended: ${signal ?? code}\n`);
        this.lines.end(
          new Error(`${this.name} ended (${signal ?? code}); it said: ${this.output.slice(-3).join(' | ')}`),
        );
        resolve(this.#exit);
      });
    });
  }

  /** How it ended; undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** The first line not yet taken that matches. */
  async line(pattern: RegExp, milliseconds = 5_000): Promise<RegExpMatchArray> {
    const line = await this.lines.next(`line ${pattern} of ${this.name}`, (text) => pattern.test(text), milliseconds);
    return line.match(pattern) as RegExpMatchArray;
  }

  write(text: string): void {
    this.#process.stdin?.write(text);
  }

  closeInput(): void {
    this.#process.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#process.kill(signal);
  }

  /** Waits for the end by itself. */
  finished(milliseconds: number): Promise<Exit> {
    return within(this.exited, milliseconds, `end of ${this.name}`, () => this.output.at(-1) ?? 'nothing');
  }

  /** Asks politely, then kills. */
  async stop(): Promise<Exit> {
    if (this.#exit) return this.#exit;
    this.signal(this.#goodbye);
    // A process that a test has stopped with SIGSTOP hears its signal only when it goes on.
    this.signal('SIGCONT');
    try {
      return await this.finished(this.#patience);
    } catch {
      return await this.kill();
    }
  }

  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return await this.exited;
  }
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** Runs a command to its end and gives what it said; for tools that answer at once. Never rejects for an exit code. */
export async function run(
  command: string,
  args: readonly (string | number)[],
  options: { cwd?: string; env?: Record<string, string>; input?: string; milliseconds?: number } = {},
): Promise<Ran> {
  const milliseconds = options.milliseconds ?? 15_000;
  const began = performance.now();
  const child = spawn(command, args.map(String), {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
  });
  const parts: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  child.stdout.on('data', (part: Buffer) => parts.stdout.push(part));
  child.stderr.on('data', (part: Buffer) => parts.stderr.push(part));
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', (cause) => reject(new Error(`${command} does not start`, { cause })));
  });
  try {
    const code = await within(ended, milliseconds, `end of ${command} ${args.join(' ')}`);
    const [stdout, stderr] = [Buffer.concat(parts.stdout), Buffer.concat(parts.stderr)].map((all) =>
      all.toString('utf8'),
    );
    return { code, stdout: stdout ?? '', stderr: stderr ?? '', milliseconds: performance.now() - began };
  } finally {
    child.kill('SIGKILL');
  }
}

/** As `run`, for octets on standard output; throws when the command fails. */
export async function octets(command: string, args: readonly (string | number)[]): Promise<Buffer> {
  const child = spawn(command, args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const code = await within(
    new Promise<number | null>((resolve, reject) => {
      child.once('close', resolve);
      child.once('error', reject);
    }),
    60_000,
    `end of ${command}`,
  );
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed (${code}): ${said.trim()}`);
  return Buffer.concat(parts);
}
