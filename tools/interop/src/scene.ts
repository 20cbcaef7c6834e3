import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One run's directory and everything that lives in it: processes, captures, namespaces. `close` ends them in the
 * opposite order of their making, each even when another one fails.
 */
export class Scene {
  readonly directory: string;
  /** Addresses of the switches in it: what leaves them is ours to answer for. */
  readonly ours = new Set<string>();
  readonly #owned: { what: string; end: () => unknown }[] = [];
  readonly #judges: (() => Promise<void>)[] = [];

  constructor(name: string) {
    const root = process.env.VATS_INTEROP_DIR ?? tmpdir();
    mkdirSync(root, { recursive: true });
    // Short: a data directory below holds a Unix socket, whose path has to fit into 107 octets.
    this.directory = mkdtempSync(join(root, `vats-${name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 32)}-`));
  }

  /** A path inside the scene's directory; its folder exists. */
  path(...parts: string[]): string {
    const path = join(this.directory, ...parts);
    mkdirSync(join(path, '..'), { recursive: true });
    return path;
  }

  /** A folder inside the scene's directory; it exists. */
  folder(...parts: string[]): string {
    const path = join(this.directory, ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** `end` is called by `close`. */
  own(what: string, end: () => unknown): void {
    this.#owned.push({ what, end });
  }

  /** `judge` is asked when the scenario's steps are over, and throws what it finds wrong. */
  judgedBy(judge: () => Promise<void>): void {
    this.#judges.push(judge);
  }

  /** Asks those who judge the scenario as a whole. Throws what the first of them finds wrong. */
  async judged(): Promise<void> {
    for (const judge of this.#judges.splice(0)) await judge();
  }

  /** Ends everything; the directory goes too, unless `keep`. Throws what could not be ended. */
  async close({ keep = false }: { keep?: boolean } = {}): Promise<void> {
    const faults: Error[] = [];
    for (const { what, end } of this.#owned.splice(0).reverse()) {
      try {
        await end();
      } catch (fault) {
        faults.push(new Error(`${what} did not end well`, { cause: fault }));
      }
    }
    if (!keep) rmSync(this.directory, { recursive: true, force: true });
    if (faults.length > 0) throw new AggregateError(faults, faults.map((fault) => fault.message).join('; '));
  }
}
