import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Log } from '@vats/kernel';
import { z } from 'zod';

/** An employee takes no calls of groups for now. */
export interface Pause {
  /** In the employee's words. */
  readonly reason?: string;
  /** Wall time, ms. */
  readonly since: number;
}

const fileContent = z.strictObject({
  /** Domain id, group and extension of each. */
  loggedIn: z.array(z.tuple([z.string(), z.string(), z.string()])),
  paused: z
    .array(
      z.strictObject({
        domain: z.string(),
        extension: z.string(),
        reason: z.string().exactOptional(),
        since: z.number(),
      }),
    )
    .exactOptional(),
});

type Login = readonly [domain: string, group: string, extension: string];
type Paused = Pause & { readonly domain: string; readonly extension: string };

export interface GroupLoginsOptions {
  /** Keeps them over a restart; without it they are forgotten. */
  readonly file?: string;
  readonly log: Log;
  /** Told of every change. */
  readonly onChange?: () => void;
}

/** Who there is. Domains are `Domain.id`. */
export interface Present {
  isThere(domain: string, extension: string): boolean;
  isMember(domain: string, group: string, extension: string): boolean;
}

/**
 * Which members take part in the groups that ask for it, and who has a pause from all groups. A change is on disk before it is answered:
 * nobody is to be logged out by a restart.
 */
export class GroupLogins {
  readonly #file: string | undefined;
  readonly #log: Log;
  readonly #onChange: () => void;
  #members: ReadonlyMap<string, Login> = new Map();
  #paused: ReadonlyMap<string, Paused> = new Map();

  /** A file that cannot be read is said in the log, and everybody is logged out. */
  constructor({ file, log, onChange = () => {} }: GroupLoginsOptions) {
    this.#file = file;
    this.#log = log;
    this.#onChange = onChange;
    if (file === undefined) return;
    try {
      const { loggedIn, paused = [] } = fileContent.parse(JSON.parse(readFileSync(file, 'utf8')));
      this.#members = new Map(loggedIn.map((entry) => [keyOf(...entry), entry]));
      this.#paused = new Map(paused.map((entry) => [keyOf(entry.domain, entry.extension), entry]));
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return;
      const remedy = 'members log in again: vats group login GROUP EXTENSION';
      log.error('groups.logins-not-read', { file, error: String(error), remedy });
    }
  }

  /** @param domain `Domain.id` */
  has(domain: string, group: string, extension: string): boolean {
    return this.#members.has(keyOf(domain, group, extension));
  }

  /** @returns false when it was so already. @throws the file system's error, with all as it was */
  set(domain: string, group: string, extension: string, loggedIn: boolean): boolean {
    const key = keyOf(domain, group, extension);
    if (this.#members.has(key) === loggedIn) return false;
    this.#write(changed(this.#members, key, loggedIn ? [domain, group, extension] : undefined), this.#paused);
    return true;
  }

  /** @param domain `Domain.id` */
  pauseOf(domain: string, extension: string): Pause | undefined {
    return this.#paused.get(keyOf(domain, extension));
  }

  /**
   * Begins a pause, gives a running one another reason, or ends it.
   *
   * @param pause undefined ends it
   * @returns false when there was none to end. @throws the file system's error, with all as it was
   */
  setPause(domain: string, extension: string, pause: Pause | undefined): boolean {
    const key = keyOf(domain, extension);
    if (pause === undefined && !this.#paused.has(key)) return false;
    this.#write(this.#members, changed(this.#paused, key, pause && { domain, extension, ...pause }));
    return true;
  }

  /** Forgets who is gone: whoever has the extension after them begins anew. That counts also if it can't be written, which the log says. */
  keepOnly({ isThere, isMember }: Present): void {
    const members = kept(this.#members, (login) => isMember(...login));
    const paused = kept(this.#paused, ({ domain, extension }) => isThere(domain, extension));
    if (members.size === this.#members.size && paused.size === this.#paused.size) return;
    try {
      this.#save(members, paused);
    } catch (error) {
      this.#log.error('groups.logins-not-written', { file: this.#file, error: String(error) });
    }
    this.#become(members, paused);
  }

  #write(members: ReadonlyMap<string, Login>, paused: ReadonlyMap<string, Paused>): void {
    this.#save(members, paused);
    this.#become(members, paused);
  }

  #save(members: ReadonlyMap<string, Login>, paused: ReadonlyMap<string, Paused>): void {
    if (this.#file === undefined) return;
    const next = `${this.#file}.new`;
    const pauses = paused.size === 0 ? {} : { paused: [...paused.values()] };
    writeFileSync(next, JSON.stringify({ loggedIn: [...members.values()], ...pauses }), { mode: 0o600 });
    renameSync(next, this.#file);
  }

  #become(members: ReadonlyMap<string, Login>, paused: ReadonlyMap<string, Paused>): void {
    this.#members = members;
    this.#paused = paused;
    this.#onChange();
  }
}

function kept<T>(map: ReadonlyMap<string, T>, stays: (value: T) => boolean): ReadonlyMap<string, T> {
  return new Map([...map].filter(([, value]) => stays(value)));
}

function changed<T>(map: ReadonlyMap<string, T>, key: string, value: T | undefined): ReadonlyMap<string, T> {
  const after = new Map(map);
  if (value === undefined) after.delete(key);
  else after.set(key, value);
  return after;
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\n');
}
