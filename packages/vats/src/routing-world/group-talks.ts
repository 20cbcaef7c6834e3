import type { Conversation } from '../participants/participant.ts';

/** When members last spoke with whom their group brought them. Keys are groups and extensions that took part in calls. */
export class GroupTalks {
  readonly #ended = new Map<string, number>();

  note({ domain, group, by, endedAt }: Pick<Conversation, 'domain' | 'group' | 'by' | 'endedAt'>): void {
    if (group === undefined || by.extension === undefined) return;
    const key = keyOf(domain, group, by.extension);
    this.#ended.set(key, Math.max(endedAt, this.#ended.get(key) ?? 0));
  }

  /** Wall time; 0 where none is known. */
  of(domain: string, group: string, extension: string): number {
    return this.#ended.get(keyOf(domain, group, extension)) ?? 0;
  }
}

function keyOf(domain: string, group: string, extension: string): string {
  return `${domain}\n${group}\n${extension}`;
}
