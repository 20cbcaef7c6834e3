import type { Cancel, Clock, Log } from '@vats/kernel';
import type { MailboxEntry, VoiceMessage } from '@vats/pbx';
import type { Store } from '@vats/store';

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

interface Write {
  readonly write: () => Promise<void>;
  readonly saved: () => void;
}

/**
 * Writes of mailboxes, each after the one before it that is of the same thing. One that fails is tried again until the store takes it:
 * what waits is bounded by what mailboxes hold.
 */
export class SavedAtLast {
  readonly #store: Store['voicemail'];
  readonly #clock: Clock;
  readonly #log: Log;
  /** By what they are of; the first is under way, or waits for its next try. */
  readonly #queues = new Map<string, Write[]>();
  readonly #timers = new Set<Cancel>();
  #underWay = new Set<Promise<void>>();
  #failing = false;
  #closed = false;

  constructor({ store, clock, log }: { store: Pick<Store, 'voicemail'>; clock: Clock; log: Log }) {
    this.#store = store.voicemail;
    this.#clock = clock;
    this.#log = log;
  }

  get size(): number {
    return this.#queues.size;
  }

  /** @param saved called once it is on disk */
  message(message: VoiceMessage, saved: () => void = () => {}): void {
    this.#add(message.id, { write: () => this.#store.put(message), saved });
  }

  removed(id: string): void {
    this.#add(id, { write: () => this.#store.remove([id]), saved: () => {} });
  }

  box(entry: MailboxEntry): void {
    this.#add(`${entry.domain} ${entry.box}`, { write: () => this.#store.putBox(entry), saved: () => {} });
  }

  /** What the store has not taken by then is lost. */
  async close(): Promise<void> {
    while (this.#underWay.size > 0 && !this.#failing) await Promise.allSettled(this.#underWay);
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #add(key: string, write: Write): void {
    const queue = this.#queues.get(key) ?? [];
    queue.push(write);
    if (queue.length > 1) return;
    this.#queues.set(key, queue);
    this.#begin(key, queue, FIRST_MS);
  }

  #begin(key: string, queue: Write[], wait: number): void {
    const [first] = queue;
    if (first === undefined) {
      this.#queues.delete(key);
      return;
    }
    const work: Promise<void> = first.write().then(
      () => {
        this.#failing = false;
        queue.shift();
        first.saved();
        this.#begin(key, queue, FIRST_MS);
      },
      (error: unknown) => this.#failed(key, queue, wait, error),
    );
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  #failed(key: string, queue: Write[], wait: number, error: unknown): void {
    if (!this.#failing) this.#log.error('voicemail.not-saved', { error: String(error), remedy: 'it is tried again' });
    this.#failing = true;
    if (this.#closed) return;
    const cancel = this.#clock.after(wait, () => {
      this.#timers.delete(cancel);
      this.#begin(key, queue, Math.min(2 * wait, LONGEST_MS));
    });
    this.#timers.add(cancel);
  }
}
