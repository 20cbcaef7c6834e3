import type { DnsAnswer, DnsQuestions, NaptrRecord, SrvRecord } from '../dns.ts';

/**
 * A DNS that says what a test wrote into it, in a later microtask. A name that is not in it has no record; one in
 * `failing` cannot be asked for.
 *
 * @example
 * dns.records.set('A sip.operator.example', ['192.0.2.1']);
 */
export class FakeDns implements DnsQuestions {
  /** By type and name: 'A host', 'AAAA host', 'SRV _sip._udp.host', 'NAPTR host'. */
  readonly records = new Map<string, readonly (string | SrvRecord | NaptrRecord)[]>();
  /** The same keys, and the code that the question fails with. */
  readonly failing = new Map<string, string>();
  /** Of every answer, in seconds. */
  ttl = 300;
  /** Every question so far. */
  readonly asked: string[] = [];
  #held: (() => void)[] | undefined;

  naptr(name: string): Promise<DnsAnswer<NaptrRecord>> {
    return this.#answer<NaptrRecord>(`NAPTR ${name}`);
  }

  srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    return this.#answer<SrvRecord>(`SRV ${name}`);
  }

  a(name: string): Promise<DnsAnswer<string>> {
    return this.#answer<string>(`A ${name}`);
  }

  aaaa(name: string): Promise<DnsAnswer<string>> {
    return this.#answer<string>(`AAAA ${name}`);
  }

  /** From now on answers wait for `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Gives the answers that wait, and those to come at once again. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const give of held) give();
  }

  /** Until every answer that is due has been taken in. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  async #answer<T extends string | SrvRecord | NaptrRecord>(question: string): Promise<DnsAnswer<T>> {
    this.asked.push(question);
    if (this.#held !== undefined) await new Promise<void>((give) => this.#held?.push(give));
    const code = this.failing.get(question);
    if (code !== undefined) return { ok: false, code };
    return { ok: true, records: (this.records.get(question) ?? []) as unknown as readonly T[], ttl: this.ttl };
  }
}
