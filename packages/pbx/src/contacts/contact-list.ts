import type { Contact } from './contact.ts';

/**
 * The contacts of a domain in little memory: some hundred octets each, where an object with three texts takes twice that. A number is
 * kept as a number (15 digits are exact), what is known of it as one text.
 */
export class ContactList {
  readonly #known = new Map<number, string>();

  get size(): number {
    return this.#known.size;
  }

  put({ number, name = '', extension = '' }: Contact): void {
    this.#known.set(keyOf(number), `${extension} ${name}`);
  }

  remove(number: string): void {
    this.#known.delete(keyOf(number));
  }

  clear(): void {
    this.#known.clear();
  }

  find(number: string): Contact | undefined {
    // Only what begins with a plus is E.164: an extension has digits of its own.
    if (!/^\+\d{1,15}$/.test(number)) return undefined;
    const key = keyOf(number);
    const known = this.#known.get(key);
    return known === undefined ? undefined : contactOf(key, known);
  }

  *[Symbol.iterator](): Iterator<Contact> {
    for (const [key, known] of this.#known) yield contactOf(key, known);
  }
}

function keyOf(number: string): number {
  return Number(number.slice(1));
}

function contactOf(key: number, known: string): Contact {
  const space = known.indexOf(' ');
  const [extension, name] = [known.slice(0, space), known.slice(space + 1)];
  return { number: `+${key}`, ...(name !== '' && { name }), ...(extension !== '' && { extension }) };
}
