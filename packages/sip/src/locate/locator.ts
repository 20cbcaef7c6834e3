import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import { CountedClock } from '../transport/index.ts';
import type { DnsQuestions } from './dns.ts';
import type { ServerTarget } from './locate.ts';
import { ServerList, type ServerListParts } from './server-list.ts';

export interface LocatorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly dns: DnsQuestions;
}

/**
 * Makes the lists of servers and counts them.
 *
 * @example
 * const locator = new Locator({ clock, random, log, ledger, dns: new NodeDns({ clock, ledger }) });
 * const servers = locator.follow({ host: 'sip.operator.example', transport: 'udp' }, () => register());
 * servers.endpoints[0]   // undefined until the first answer has come
 */
export class Locator {
  readonly #lists = new Set<ServerList>();
  readonly #parts: ServerListParts;
  #lookups = 0;

  constructor(options: LocatorOptions) {
    const { random, log, ledger, dns } = options;
    const clock = new CountedClock(options.clock);
    this.#parts = {
      clock,
      dns,
      random,
      log,
      count: (change) => {
        this.#lookups += change;
      },
      closed: (list) => void this.#lists.delete(list),
    };
    ledger.enrol('server lists', () => this.#lists.size);
    ledger.enrol('server look-ups', () => this.#lookups);
    ledger.enrol('server list timers', () => clock.waiting);
  }

  /** Follows a target until the list is closed. An IP literal is there at once; `onChange` is never told of one. */
  follow(target: ServerTarget, onChange: () => void = () => {}): ServerList {
    const list = new ServerList(target, this.#parts, onChange);
    this.#lists.add(list);
    return list;
  }

  /** Closes every list. */
  close(): void {
    for (const list of [...this.#lists]) list.close();
  }
}
