import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import type { Domain, Trunk } from '@vats/pbx';
import {
  CountedClock,
  type DnsQuestions,
  Locator,
  type TransactionLayer,
  type TransportLayer,
  type TransportName,
} from '@vats/sip';
import { instanceIdOf } from './instance-id.ts';
import { answerText } from './line-answer.ts';
import type { TrunkEvent } from './line-events.ts';
import { LineIndex } from './line-index.ts';
import type { LineStatus } from './line-status.ts';
import { familiesOf } from './own-families.ts';
import { haveOneBinding, isSameLine } from './same-line.ts';
import { TrunkLine, type TrunkLineParts } from './trunk-line.ts';
import { targetOf } from './trunk-peer.ts';
import { type TrunkTest, testTrunk } from './trunk-test.ts';

export interface TrunkLinesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly dns: DnsQuestions;
  readonly transactions: Pick<TransactionLayer, 'send'>;
  readonly transport: Pick<TransportLayer, 'flowTo' | 'sentBy' | 'listeners' | 'dropFlows'>;
  /** Makes the names of instances; what comes of one key stays the same through restarts. */
  readonly instanceKey?: Buffer;
  readonly userAgent?: string;
  readonly onEvent?: (event: TrunkEvent) => void;
}

const INSTANCE_KEY_OCTETS = 32;

/** Peers that do not answer keep a stop waiting no longer than this. */
const FAREWELL_MS = 2_000;

/**
 * The trunks of all domains as they run: registers them and keeps them registered, watches them, and finds the one that a
 * request came by.
 *
 * @example
 * lines.use(model.domains);
 * lines.of(domain.id, 'itsp')?.target()   // { transport: 'udp', endpoint: { address: '192.0.2.1', port: 5060 } }
 */
export class TrunkLines {
  readonly #options: TrunkLinesOptions;
  readonly #clock: CountedClock;
  readonly #locator: Locator;
  readonly #parts: TrunkLineParts;
  readonly #index: LineIndex;
  /** By domain's id and trunk's name, in the model's order. */
  #lines = new Map<string, TrunkLine>();
  /** Removed ones that still take their leave. */
  readonly #leaving = new Set<TrunkLine>();
  #isIndexed = false;
  #closed = false;
  #onLeft: () => void = () => {};

  constructor(options: TrunkLinesOptions) {
    const { random, log, ledger, dns, transactions, transport, userAgent = 'VATS' } = options;
    this.#options = options;
    const clock = new CountedClock(options.clock);
    this.#clock = clock;
    this.#locator = new Locator({ clock: options.clock, random, log, ledger, dns });
    this.#index = new LineIndex(clock, log);
    const onEvent = (event: TrunkEvent): void => this.#tell(event);
    const onAddresses = (): void => {
      this.#isIndexed = false;
    };
    const locator = this.#locator;
    const key = options.instanceKey ?? random.bytes(INSTANCE_KEY_OCTETS);
    const instanceOf = (domain: string, trunk: string) => instanceIdOf(key, domain, trunk);
    this.#parts = { clock, random, locator, transactions, transport, userAgent, instanceOf, onEvent, onAddresses };
    ledger.enrol('trunks taking leave', () => this.#leaving.size);
    ledger.enrol('trunk timers', () => clock.waiting);
  }

  /**
   * Makes the lines those of this model. New ones start, removed ones take their leave, one whose password or allow list
   * changed goes on with it, and unchanged ones notice nothing.
   */
  use(domains: readonly Pick<Domain, 'id' | 'name' | 'trunks'>[]): void {
    if (this.#closed) return;
    const before = this.#lines;
    const after = new Map<string, TrunkLine>();
    const fresh: TrunkLine[] = [];
    for (const domain of domains) {
      for (const trunk of domain.trunks) {
        const key = keyOf(domain.id, trunk.name);
        const old = before.get(key);
        const isKept = old !== undefined && old.domainName === domain.name && isSameLine(old.trunk, trunk);
        const line = isKept ? old : new TrunkLine(domain, trunk, this.#wayOf(trunk), this.#parts);
        if (isKept) before.delete(key);
        else fresh.push(line);
        after.set(key, line);
        if (isKept && old.trunk !== trunk) line.use(trunk);
      }
    }
    this.#lines = after;
    this.#isIndexed = false;
    for (const [key, line] of before) this.#end(line, after.get(key)?.trunk);
    for (const line of fresh) this.#start(line);
  }

  /** @param domain the domain's id */
  of(domain: string, name: string): TrunkLine | undefined {
    return this.#lines.get(keyOf(domain, name));
  }

  all(): readonly TrunkLine[] {
    return [...this.#lines.values()];
  }

  statuses(): readonly LineStatus[] {
    return this.all().map((line) => line.status());
  }

  /**
   * The line that a request outside a dialog belongs to.
   * @param address where it was observed to come from
   * @param user of its Request-URI, escapes undone
   * @param domain id of the domain that it speaks of: decides between trunks at one address
   * @param calls whether it calls a number of this line; asked of lines whose `recognise` is `address`
   * @param transport by which it came
   */
  recognise(
    address: string,
    user: string | undefined,
    domain?: string,
    calls: (line: TrunkLine) => boolean = () => false,
    transport: TransportName = 'udp',
  ): TrunkLine | undefined {
    return this.#indexed.find(address, user, domain, calls, transport);
  }

  /** The line that this would have been a call of, had it named the Contact of the registration: for a hint to whoever set it up. */
  missed(address: string, calls: (line: TrunkLine) => boolean): TrunkLine | undefined {
    return this.isOfTrunk(address) ? this.#indexed.missed(address, calls) : undefined;
  }

  /**
   * Whether some trunk is there: a server of its, whose datagrams may be answers to us, or an address of its operator's own
   * network (`allow`, where that is no more than 65,536 sources).
   */
  isOfTrunk(address: string): boolean {
    return this.#lines.size > 0 && this.#indexed.isOfTrunk(address);
  }

  /** Whether one trunk has both addresses: a call that began at one may go on at the other. */
  areOfOne(one: string, other: string): boolean {
    if (!this.isOfTrunk(one) || !this.isOfTrunk(other)) return false;
    for (const { addresses } of this.#lines.values()) if (addresses.has(one) && addresses.has(other)) return true;
    return false;
  }

  /** Tries a trunk step by step, beside its registration, which notices nothing. */
  test(line: TrunkLine): Promise<TrunkTest> {
    const { dns, transactions, transport } = this.#options;
    const { random, userAgent } = this.#parts;
    return testTrunk(line, { clock: this.#clock, random, dns, transactions, transport, userAgent });
  }

  /** Takes our bindings away and ends everything; resolves when that is done, or after two seconds. Idempotent. */
  close(): Promise<void> {
    this.#closed = true;
    for (const line of this.#lines.values()) this.#end(line, undefined);
    this.#lines.clear();
    this.#isIndexed = false;
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        this.#onLeft = () => {};
        // Whoever did not answer by now is not waited for.
        this.#leaving.clear();
        this.#locator.close();
        resolve();
      };
      const stop = this.#clock.after(FAREWELL_MS, end);
      this.#onLeft = () => {
        if (this.#leaving.size === 0) end();
      };
      this.#onLeft();
    });
  }

  get #indexed(): LineIndex {
    if (!this.#isIndexed) {
      this.#isIndexed = true;
      this.#index.build(this.#lines.values());
    }
    return this.#index;
  }

  #wayOf(trunk: Trunk): ReturnType<typeof targetOf> {
    return targetOf(trunk, (transport) => familiesOf(this.#options.transport.listeners, transport));
  }

  #start(line: TrunkLine): void {
    const { log } = this.#options;
    const fields = { domain: line.domainName, trunk: line.name };
    if (!line.way.ok) log.warn('trunk.not-served', { ...fields, why: line.way.why });
    try {
      line.start();
    } catch (error) {
      // A bug of ours costs one trunk.
      log.error('trunk.not-started', { ...fields, error: String(error) });
    }
  }

  #end(line: TrunkLine, next: Trunk | undefined): void {
    this.#leaving.add(line);
    const unregister = next === undefined || !haveOneBinding(line.trunk, next);
    line.end(unregister, () => {
      this.#leaving.delete(line);
      this.#onLeft();
    });
  }

  #tell(event: TrunkEvent): void {
    const { log, onEvent } = this.#options;
    const { answer } = event;
    const isGood = event.type === 'trunk.registered' || event.type === 'trunk.up';
    log[isGood ? 'info' : 'warn'](event.type, {
      domain: event.domainName,
      trunk: event.trunk,
      ...(answer !== undefined && { answer: answerText(answer), endpoint: answer.endpoint }),
    });
    try {
      onEvent?.(event);
    } catch (error) {
      log.error('trunk.user-failed', { event: event.type, error: String(error) });
    }
  }
}

function keyOf(domain: string, name: string): string {
  return `${domain}\n${name}`;
}
