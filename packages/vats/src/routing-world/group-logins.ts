import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Log } from '@vats/kernel';
import { z } from 'zod';

const fileContent = z.strictObject({
  /** Domain id, group and extension of each. */
  loggedIn: z.array(z.tuple([z.string(), z.string(), z.string()])),
});

export interface GroupLoginsOptions {
  /** Keeps them over a restart; without it they are forgotten. */
  readonly file?: string;
  readonly log: Log;
}

/** Which members take part in the groups that ask for it. A change is on disk before it is answered: nobody is to be logged out by a restart. */
export class GroupLogins {
  readonly #file: string | undefined;
  readonly #members = new Map<string, readonly [domain: string, group: string, extension: string]>();

  /** A file that cannot be read is said in the log, and everybody is logged out. */
  constructor({ file, log }: GroupLoginsOptions) {
    this.#file = file;
    if (file === undefined) return;
    try {
      const { loggedIn } = fileContent.parse(JSON.parse(readFileSync(file, 'utf8')));
      for (const entry of loggedIn) this.#members.set(keyOf(...entry), entry);
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
    const after = new Map(this.#members);
    if (loggedIn) after.set(key, [domain, group, extension]);
    else after.delete(key);
    this.#write([...after.values()]);
    if (loggedIn) this.#members.set(key, [domain, group, extension]);
    else this.#members.delete(key);
    return true;
  }

  #write(loggedIn: readonly (readonly [string, string, string])[]): void {
    if (this.#file === undefined) return;
    const next = `${this.#file}.new`;
    writeFileSync(next, JSON.stringify({ loggedIn }), { mode: 0o600 });
    renameSync(next, this.#file);
  }
}

function keyOf(domain: string, group: string, extension: string): string {
  return `${domain}\n${group}\n${extension}`;
}
