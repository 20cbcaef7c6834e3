/** `3:abc,` — how baresip's ctrl_tcp frames its JSON (the length counts octets). */
export function netstring(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${body.length}:`), body, Buffer.from(',')]);
}

/** Cuts a stream into netstrings, wherever the stream was cut. */
export class NetstringReader {
  #held: Buffer = Buffer.alloc(0);
  readonly #told: (text: string) => void;

  constructor(told: (text: string) => void) {
    this.#told = told;
  }

  push(part: Buffer): void {
    this.#held = Buffer.concat([this.#held, part]);
    for (;;) {
      const colon = this.#held.indexOf(0x3a);
      if (colon < 0) return;
      const length = Number(this.#held.subarray(0, colon).toString('latin1'));
      if (!Number.isSafeInteger(length)) throw new Error('not a netstring');
      const end = colon + 1 + length;
      if (this.#held.length < end + 1) return;
      const body = this.#held.subarray(colon + 1, end).toString('utf8');
      this.#held = this.#held.subarray(end + 1);
      this.#told(body);
    }
  }
}
