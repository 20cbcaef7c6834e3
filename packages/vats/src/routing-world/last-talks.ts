import { type Clock, ExpiringMap } from '@vats/kernel';
import { type LastConversation, type LastTalk, normaliseNumber } from '@vats/pbx';
import type { Conversation } from '../participants/participant.ts';

/** Numbers outside that are remembered; beyond them the one that spoke longest ago is forgotten. */
const NUMBERS_KEPT = 200_000;
/** The longest window that a known employee may have. */
const KEPT_MS = 365 * 86_400_000;

interface Kept {
  readonly in?: LastTalk;
  readonly out?: LastTalk;
}

/** Who of ours spoke last with each number outside, one conversation of each direction. */
export class LastTalks {
  readonly #numbers: ExpiringMap<string, Kept>;

  constructor(clock: Clock) {
    this.#numbers = new ExpiringMap({ clock, limit: NUMBERS_KEPT, lifetime: KEPT_MS });
  }

  note({ domain, from, by, endedAt }: Conversation): void {
    if (from.extension === undefined && by.extension !== undefined) {
      this.#keep(domain, from.number, { extension: by.extension, endedAt, direction: 'in' });
    } else if (from.extension !== undefined && by.extension === undefined) {
      this.#keep(domain, by.number, { extension: from.extension, endedAt, direction: 'out' });
    }
  }

  restore({ domain, number, extension, endedAt, direction }: LastConversation): void {
    this.#keep(domain, number, { extension, endedAt, direction });
  }

  /** Newest first. @param number as `normaliseNumber` writes it */
  of(domain: string, number: string): readonly LastTalk[] {
    const { in: inbound, out: outbound } = this.#numbers.get(keyOf(domain, number)) ?? {};
    if (inbound === undefined || outbound === undefined)
      return [inbound ?? outbound].filter((talk) => talk !== undefined);
    return inbound.endedAt >= outbound.endedAt ? [inbound, outbound] : [outbound, inbound];
  }

  #keep(domain: string, written: string, talk: LastTalk): void {
    const { kind, number } = normaliseNumber(written);
    if (kind !== 'e164') return;
    const key = keyOf(domain, number);
    const kept = this.#numbers.get(key) ?? {};
    const earlier = kept[talk.direction];
    if (earlier !== undefined && earlier.endedAt > talk.endedAt) return;
    this.#numbers.set(key, { ...kept, [talk.direction]: talk });
  }
}

function keyOf(domain: string, number: string): string {
  return `${domain}\n${number}`;
}
