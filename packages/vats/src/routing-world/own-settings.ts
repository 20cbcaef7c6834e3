import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Log } from '@vats/kernel';
import { changedOwn, type OwnChange, type OwnSettings } from '@vats/pbx';
import { z } from 'zod';

const fileContent = z.strictObject({
  employees: z.array(
    z.strictObject({
      /** `Domain.id`. */
      domain: z.string(),
      extension: z.string(),
      own: z.strictObject({
        dnd: z.boolean().exactOptional(),
        always: z.string().exactOptional(),
        busy: z.string().exactOptional(),
        noAnswer: z.string().exactOptional(),
      }),
    }),
  ),
});

export interface OwnSettingsOptions {
  /** Keeps them over a restart; without it they are forgotten. */
  readonly file?: string;
  readonly log: Log;
  /** Told whose are others now. @param domain `Domain.id` */
  readonly onChange?: (domain: string, extension: string) => void;
}

type Kept = ReadonlyMap<string, ReadonlyMap<string, OwnSettings>>;

/**
 * What employees have set by phone, beside the PBX file: an apply leaves it as it is. A change is on disk before it is answered. Keys are
 * employees of the model, and go with them.
 */
export class OwnSettingsKeeper {
  readonly #file: string | undefined;
  readonly #log: Log;
  readonly #onChange: (domain: string, extension: string) => void;
  /** By domain, then by extension; a domain of whom nobody has set anything is not there. */
  #kept: Kept = new Map();

  /** A file that cannot be read is said in the log, and all is as the PBX file says. */
  constructor({ file, log, onChange = () => {} }: OwnSettingsOptions) {
    this.#file = file;
    this.#log = log;
    this.#onChange = onChange;
    if (file === undefined) return;
    try {
      const { employees } = fileContent.parse(JSON.parse(readFileSync(file, 'utf8')));
      for (const { domain, extension, own } of employees) this.#kept = changed(this.#kept, domain, extension, own);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return;
      const remedy = 'employees set them again by phone: vats codes';
      log.error('own-settings.not-read', { file, error: String(error), remedy });
    }
  }

  /** @param domain `Domain.id` */
  of(domain: string, extension: string): OwnSettings | undefined {
    return this.#kept.get(domain)?.get(extension);
  }

  /** @throws the file system's error, with all as it was */
  set(domain: string, extension: string, change: OwnChange): void {
    this.#put(domain, extension, changedOwn(this.of(domain, extension), change));
  }

  /** All is as the PBX file says. @returns false when it was so. @throws the file system's error, with all as it was */
  reset(domain: string, extension: string): boolean {
    if (this.of(domain, extension) === undefined) return false;
    this.#put(domain, extension, undefined);
    return true;
  }

  /** Who is gone from the model leaves nothing to whoever has the extension next. @param isThere by `Domain.id` and extension */
  keepOnly(isThere: (domain: string, extension: string) => boolean): void {
    let after = this.#kept;
    for (const [domain, employees] of this.#kept)
      for (const extension of employees.keys())
        if (!isThere(domain, extension)) after = changed(after, domain, extension, undefined);
    if (after === this.#kept) return;
    try {
      this.#write(after);
    } catch (error) {
      this.#log.error('own-settings.not-saved', { action: 'forget', error: String(error) });
      // Here they are gone in any case; the next change writes so.
      this.#kept = after;
    }
  }

  #put(domain: string, extension: string, own: OwnSettings | undefined): void {
    this.#write(changed(this.#kept, domain, extension, own));
    this.#onChange(domain, extension);
  }

  #write(kept: Kept): void {
    if (this.#file !== undefined) {
      const employees = [...kept].flatMap(([domain, each]) =>
        [...each].map(([extension, own]) => ({ domain, extension, own })),
      );
      const next = `${this.#file}.new`;
      writeFileSync(next, JSON.stringify({ employees }), { mode: 0o600 });
      renameSync(next, this.#file);
    }
    this.#kept = kept;
  }
}

function changed(kept: Kept, domain: string, extension: string, own: OwnSettings | undefined): Kept {
  const employees = new Map(kept.get(domain));
  if (own === undefined) employees.delete(extension);
  else employees.set(extension, own);
  const after = new Map(kept);
  if (employees.size === 0) after.delete(domain);
  else after.set(domain, employees);
  return after;
}
