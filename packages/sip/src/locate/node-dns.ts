import { Resolver } from 'node:dns/promises';
import type { Clock, Ledger } from '@vats/kernel';
import type { DnsAnswer, DnsQuestions, NaptrRecord, SrvRecord } from './dns.ts';

export interface NodeDnsOptions {
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Name servers, as '127.0.0.1:5353'; those of the system unless given. */
  readonly servers?: readonly string[];
  /** Milliseconds that one question may take; 8,000 unless given. */
  readonly timeLimit?: number;
}

const TIME_LIMIT_MS = 8_000;
/** Each name server has so long, and is asked twice: a dead one must not use the whole limit up. */
const PATIENCE = { timeout: 1_500, tries: 2 };

/** Seconds: for what Node tells no TTL of (NAPTR, SRV, and that there is nothing), and the bounds for what it does tell. */
const TTL_DEFAULT = 300;
const TTL_LEAST = 30;
const TTL_MOST = 3_600;

/** The DNS knows the name or the type not: an answer (RFC 2308 §2). All else is a failure. */
const NOTHING_THERE = new Set(['ENODATA', 'ENOTFOUND']);

/** A name that no name server needs to be asked for (RFC 6761 §6.3). */
const LOOPBACK = { a: '127.0.0.1', aaaa: '::1' } as const;

/** Asks the system's name servers; what stands in a hosts file is not looked at, `localhost` is known. */
export class NodeDns implements DnsQuestions {
  readonly #options: NodeDnsOptions;
  #open = 0;

  constructor(options: NodeDnsOptions) {
    this.#options = options;
    options.ledger.enrol('dns questions', () => this.#open);
  }

  async naptr(name: string): Promise<DnsAnswer<NaptrRecord>> {
    return this.#ask(async (resolver) => ({ records: await resolver.resolveNaptr(name), ttls: [] }));
  }

  async srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    return this.#ask(async (resolver) => {
      const found = await resolver.resolveSrv(name);
      const records = found.map(({ priority, weight, port, name: target }) => ({ priority, weight, port, target }));
      // Some versions of c-ares give the root as an empty name.
      return { records: records.map((each) => ({ ...each, target: each.target || '.' })), ttls: [] };
    });
  }

  async a(name: string): Promise<DnsAnswer<string>> {
    if (isLoopback(name)) return { ok: true, records: [LOOPBACK.a], ttl: TTL_MOST };
    return this.#ask(async (resolver) => addresses(await resolver.resolve4(name, { ttl: true })));
  }

  async aaaa(name: string): Promise<DnsAnswer<string>> {
    if (isLoopback(name)) return { ok: true, records: [LOOPBACK.aaaa], ttl: TTL_MOST };
    return this.#ask(async (resolver) => addresses(await resolver.resolve6(name, { ttl: true })));
  }

  /** A resolver for each question: only so can one be given up without the others. */
  async #ask<T>(question: (resolver: Resolver) => Promise<Found<T>>): Promise<DnsAnswer<T>> {
    const { clock, servers, timeLimit = TIME_LIMIT_MS } = this.#options;
    const resolver = new Resolver(PATIENCE);
    if (servers !== undefined) resolver.setServers([...servers]);
    let late = false;
    const stop = clock.after(timeLimit, () => {
      late = true;
      resolver.cancel();
    });
    this.#open++;
    try {
      const { records, ttls } = await question(resolver);
      return { ok: true, records, ttl: bounded(ttls) };
    } catch (error) {
      const code = late ? 'ETIMEOUT' : codeOf(error);
      return NOTHING_THERE.has(code) ? { ok: true, records: [], ttl: TTL_DEFAULT } : { ok: false, code };
    } finally {
      this.#open--;
      stop();
    }
  }
}

interface Found<T> {
  readonly records: readonly T[];
  readonly ttls: readonly number[];
}

function addresses(found: readonly { readonly address: string; readonly ttl: number }[]): Found<string> {
  return { records: found.map(({ address }) => address), ttls: found.map(({ ttl }) => ttl) };
}

function bounded(ttls: readonly number[]): number {
  return ttls.length === 0 ? TTL_DEFAULT : Math.min(TTL_MOST, Math.max(TTL_LEAST, Math.min(...ttls)));
}

function isLoopback(name: string): boolean {
  return /^localhost\.?$/i.test(name);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'EUNKNOWN';
}
