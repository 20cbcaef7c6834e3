import { Ledger, NetworkSet } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { BanBook } from '../bans/ban-book.ts';
import { Failures } from '../bans/failures.ts';
import type { FarEnd } from '../gate/far-end.ts';
import { Fence } from '../gate/fence.ts';
import { Gate, type GateEvent, type GateParts } from '../gate/gate.ts';
import { PlaceBook } from '../places/place-book.ts';
import type { Policy } from '../policy/policy.ts';
import { KeyRates } from '../rates/key-rates.ts';
import { StrangerRates } from '../rates/stranger-rates.ts';
import { MemoryBanStore } from './memory-ban-store.ts';
import { MemoryPlaceStore } from './memory-place-store.ts';

export const RU = '192.0.2.1';
export const DE = '198.51.100.1';
export const PROXY = '203.0.113.5';
const COUNTRIES: Readonly<Record<string, string>> = { [RU]: 'RU', '192.0.2.2': 'RU', [DE]: 'DE', [PROXY]: 'RU' };
export const FAILURES = 3;
export const HOUR_MS = 3_600_000;
export const WORDS = Buffer.from('REGISTER');
/** What belongs to a dialog. */
export const GOES_ON = Buffer.from('BYE');
/** What the digest would say yes to. */
export const VOUCHED = Buffer.from('REGISTER with a nonce of ours');

export const at = (address: string, port = 5060, transport = 'udp'): FarEnd => ({ address, port, transport });

interface GuardOptions {
  readonly machine?: Policy;
  readonly domains?: Readonly<Record<string, Policy>>;
  readonly trusted?: readonly string[];
  readonly refusal?: GateParts['refusal'];
  readonly perSource?: number;
  readonly burst?: number;
  readonly total?: number;
  /** New requests of a known address at once. */
  readonly known?: number;
}

/** A gate with all that it asks, small limits, and three countries. */
export function guard(options: GuardOptions = {}) {
  const { machine = { mode: 'any' }, domains = {}, trusted = [], refusal = 'silence' } = options;
  const { perSource = 1, burst = 2, total = 100, known = 100 } = options;
  const clock = new FakeClock();
  const log = new MemoryLog();
  const ledger = new Ledger();
  const events: GateEvent[] = [];
  const countries = { countryOf: (address: string) => COUNTRIES[address] };
  const fence = new Fence(countries);
  const bans = new BanBook({
    clock,
    random: new SeededRandom(),
    log,
    store: new MemoryBanStore(),
    trusted: NetworkSet.of(trusted),
    duration: HOUR_MS,
    longest: HOUR_MS,
    onEvent: () => {},
  });
  const places = new PlaceBook({ clock, log, store: new MemoryPlaceStore(), countries, onNewPlace: () => {} });
  const asked: string[] = [];
  const gate = new Gate({
    clock,
    log,
    ledger,
    fence,
    bans,
    failures: new Failures({ clock, bans, failures: FAILURES, within: HOUR_MS }),
    rates: new StrangerRates({ clock, perSource, burst, total }),
    knownRates: new KeyRates({ clock, perKey: known, burst: known }),
    looksNew: (octets) => !octets.equals(GOES_ON),
    places,
    proxies: new Set([PROXY]),
    refusal,
    vouchesFor: (octets, address) => {
      asked.push(address);
      return octets.equals(VOUCHED);
    },
    onEvent: (event) => events.push(event),
  });
  gate.usePolicies({ machine, domains: new Map(Object.entries(domains)) });
  const admits = (address: string, octets: Buffer | undefined = WORDS, port = 5060): boolean =>
    gate.admit(at(address, port), octets);
  const connects = (address: string, port = 5060): boolean => gate.admit(at(address, port), undefined);
  const ban = (network: string, by: 'switch' | 'operator' = 'switch') =>
    bans.add({ network }, { by, reason: 'test', for: HOUR_MS });
  return { gate, clock, log, ledger, bans, places, events, asked, admits, connects, ban };
}
