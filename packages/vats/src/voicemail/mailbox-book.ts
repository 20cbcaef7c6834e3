import type { MailboxEntry, VoiceMessage } from '@vats/pbx';

/** What is known of one mailbox, in memory. */
export interface KeptBox {
  entry: MailboxEntry;
  /** The ones that count, in the order in which they were left. */
  messages: readonly VoiceMessage[];
  /** Messages that are being left: each takes the place of one. */
  readonly drafts: Set<string>;
}

/** All mailboxes that have anything of their own, by domain and extension; bounded by their limits and by what is on disk. */
export class MailboxBook {
  readonly #boxes = new Map<string, KeptBox>();

  /** As it lies on disk. */
  static of(messages: readonly VoiceMessage[], boxes: readonly MailboxEntry[]): MailboxBook {
    const book = new MailboxBook();
    for (const entry of boxes) book.box(entry.domain, entry.box).entry = entry;
    for (const message of messages) if (message.state !== 'recording') book.put(message);
    return book;
  }

  /** Messages that count. */
  get size(): number {
    let size = 0;
    for (const { messages } of this.#boxes.values()) size += messages.length;
    return size;
  }

  /** Messages that are being left. */
  get drafts(): number {
    let size = 0;
    for (const { drafts } of this.#boxes.values()) size += drafts.size;
    return size;
  }

  find(domain: string, box: string): KeptBox | undefined {
    return this.#boxes.get(keyOf(domain, box));
  }

  /** Made where there is none yet. */
  box(domain: string, box: string): KeptBox {
    const key = keyOf(domain, box);
    const known = this.#boxes.get(key);
    if (known !== undefined) return known;
    const made: KeptBox = { entry: { domain, box }, messages: [], drafts: new Set() };
    this.#boxes.set(key, made);
    return made;
  }

  all(): IterableIterator<KeptBox> {
    return this.#boxes.values();
  }

  message(id: string): VoiceMessage | undefined {
    for (const { messages } of this.#boxes.values()) {
      const found = messages.find((message) => message.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Enters a message or changes the one of that id. */
  put(message: VoiceMessage): void {
    const box = this.box(message.domain, message.box);
    const others = box.messages.filter(({ id }) => id !== message.id);
    box.messages = [...others, message].sort(
      (one, other) => one.takenAt - other.takenAt || (one.id < other.id ? -1 : 1),
    );
  }

  remove({ domain, box: name, id }: VoiceMessage): void {
    const box = this.box(domain, name);
    box.messages = box.messages.filter((message) => message.id !== id);
  }
}

function keyOf(domain: string, box: string): string {
  return `${domain}\n${box}`;
}
