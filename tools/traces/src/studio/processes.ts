import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A program that the studio runs, with what it has printed so far. */
export interface Running {
  readonly process: ChildProcess;
  /** Everything it wrote to its standard output and error. */
  output(): string;
  /** Types a line into it. */
  type(line: string): void;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const PATIENCE_MS = 20_000;
const GRACE_MS = 3_000;

/**
 * The programs of one scene. Each is stopped by its own process id when the scene ends, the newest first, so that a
 * phone leaves before the server that it talks to.
 */
export class Processes {
  readonly scratch: string;
  readonly #running: { name: string; running: Running }[] = [];

  constructor(scratch: string) {
    this.scratch = scratch;
    mkdirSync(scratch, { recursive: true });
  }

  run(name: string, program: string, args: readonly string[], options: RunOptions = {}): Running {
    const child = spawn(program, args, {
      cwd: options.cwd ?? this.scratch,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // a group of its own, so that its workers go with it
    });
    const kill = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {} // the whole group is gone: what was wanted
    };
    const exit = (): void => kill('SIGKILL');
    process.once('exit', exit);
    // At once: once the group is empty, its number may become somebody else's.
    child.once('exit', () => kill('SIGKILL'));
    const log = createWriteStream(join(this.scratch, `${name}.log`));
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString('latin1');
      log.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.stdin.on('error', () => {}); // a program that left early closes its input; its exit is what we look at
    let ended = false;
    const end = new Promise<void>((resolve) => {
      child.on('close', () => {
        ended = true;
        process.off('exit', exit);
        log.end();
        resolve();
      });
      child.on('error', (error) => {
        output += `${program}: ${error.message}\n`;
        ended = true;
        resolve();
      });
    });
    const running: Running = {
      process: child,
      output: () => output,
      type: (line) => child.stdin.write(`${line}\n`),
      stop: async (signal = 'SIGTERM') => {
        if (ended) return;
        child.kill(signal);
        await Promise.race([end, pause(GRACE_MS)]);
        if (!ended) kill('SIGKILL');
        await end;
      },
    };
    this.#running.push({ name, running });
    return running;
  }

  /** Runs a program to its end; throws with what it printed when it failed and `mayFail` is not set. */
  async finish(
    name: string,
    program: string,
    args: readonly string[],
    options: RunOptions & { mayFail?: boolean } = {},
  ) {
    const running = this.run(name, program, args, options);
    running.process.stdin?.end();
    const code = await new Promise<number | null>((resolve) => running.process.on('close', resolve));
    if (code !== 0 && options.mayFail !== true) throw new Error(`${name} ended with ${code}:\n${running.output()}`);
    return running.output();
  }

  async stopAll(): Promise<void> {
    for (const { running } of this.#running.reverse()) await running.stop();
    this.#running.length = 0;
  }
}

/** Waits until `seen` is true; says what it waited for when it never is. */
export async function until(
  what: string,
  seen: () => boolean | Promise<boolean>,
  patience = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + patience;
  while (!(await seen())) {
    if (performance.now() > end) throw new Error(`waited ${patience} ms in vain for: ${what}`);
    await pause(50);
  }
}

export { pause };
