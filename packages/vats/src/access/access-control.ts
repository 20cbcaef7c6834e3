import { isDeepStrictEqual } from 'node:util';
import {
  BanBook,
  Failures,
  type FarEnd,
  Fence,
  Gate,
  type GateEvent,
  KeyRates,
  PlaceBook,
  StrangerRates,
  sourceKey,
  userKey,
} from '@vats/access';
import type { CallManager } from '@vats/calls';
import { type Cancel, type Clock, type Endpoint, type Ledger, type Log, NetworkSet, type Random } from '@vats/kernel';
import { type Device, type Directory, setting } from '@vats/pbx';
import type { Registrar, RegistrarEvent } from '@vats/registrar';
import { type DialogLayer, looksNew, type TransportLayer } from '@vats/sip';
import type { Store } from '@vats/store';
import { loggedName } from '../logged-name.ts';
import type { Settings } from '../settings/index.ts';
import type { AccessEvent } from './access-event.ts';
import type { CountryTable } from './country-table.ts';

export interface AccessControlParts {
  readonly settings: Settings['access'];
  readonly table: CountryTable;
  readonly store: Pick<Store, 'bans' | 'places'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly vouchesFor: (octets: Buffer, address: string) => boolean;
  readonly onEvent: (event: AccessEvent) => void;
}

/** Those who were let in, and whom a change may shut out again. */
export interface LetIn {
  readonly registrar: Pick<Registrar, 'registrations' | 'remove'>;
  readonly calls: Pick<CallManager, 'snapshots' | 'hangUp'>;
  readonly dialogs: Pick<DialogLayer, 'giveUpOn'>;
  readonly transport: Pick<TransportLayer, 'dropFlows'>;
  readonly directory: () => Directory;
  /** Whether a trunk's server is there: its answers are heard wherever that is. */
  readonly isTrunkAt: (address: string) => boolean;
}

const HOUSEKEEPING_MS = 60_000;

/** What may come at once after a rest is so many times what may come in a second: all phones of an office, after its router came back. */
const KNOWN_AT_ONCE = 5;

function knownRate({ known }: Settings['access']['rate']): { perKey: number; burst: number } {
  return { perKey: known, burst: Math.max(1, KNOWN_AT_ONCE * known) };
}

/** The gate with all that it needs, and what happens when its rules change. */
export class AccessControl {
  readonly gate: Gate;
  readonly table: CountryTable;
  readonly #parts: AccessControlParts;
  readonly #proxies: ReadonlySet<string>;
  readonly #failures: Failures;
  readonly #rates: StrangerRates;
  readonly #knownRates: KeyRates;
  /** What domains are called, by id. */
  #names: ReadonlyMap<string, string> = new Map();
  #settings: Settings['access'];
  #nextSweep: Cancel | undefined;

  constructor(parts: AccessControlParts) {
    const { settings, table, store, clock, random, log, ledger, vouchesFor } = parts;
    this.#parts = parts;
    this.table = table;
    this.#settings = settings;
    this.#proxies = new Set(Object.keys(settings.proxies));
    const trusted = NetworkSet.of(settings.trusted);
    const onEvent = (event: AccessEvent): void => this.#tell(event);
    const { countries } = table;
    const bans = new BanBook({
      clock,
      random,
      log,
      store: store.bans,
      trusted,
      duration: settings.ban.for,
      longest: settings.ban.longest,
      onEvent: (event) => onEvent({ ban: event.ban, type: event.type === 'expired' ? 'ban-expired' : event.type }),
    });
    const failures = new Failures({
      clock,
      bans,
      failures: settings.ban.failures,
      within: settings.ban.within,
      nearness: (user, address) => {
        const { domain, login } = accountOf(user);
        return this.gate.places.nearness(domain, login, address);
      },
      onGuessed: (user) => onEvent({ type: 'guessed', ...accountOf(user) }),
    });
    this.#failures = failures;
    this.#rates = new StrangerRates({ clock, ...settings.rate });
    this.#knownRates = new KeyRates({ clock, ...knownRate(settings.rate) });
    this.gate = new Gate({
      clock,
      log,
      ledger,
      fence: new Fence(countries),
      bans,
      failures,
      rates: this.#rates,
      knownRates: this.#knownRates,
      looksNew,
      places: new PlaceBook({
        clock,
        log,
        store: store.places,
        countries,
        onNewPlace: (event) => onEvent({ type: 'new-place', ...event }),
      }),
      proxies: this.#proxies,
      refusal: settings.refuse,
      vouchesFor,
      onEvent: (event: GateEvent) => onEvent(event),
    });
  }

  /** Entries of the tables whose keys strangers choose: bounded, and gone some time after an attack. */
  get remembered() {
    return {
      sources: this.#rates.size,
      known: this.#knownRates.size,
      failures: this.#failures.size,
      good: this.gate.bans.good.size,
    };
  }

  /** What those get whom a policy shuts out. */
  get refusal() {
    return this.#settings.refuse;
  }

  /** Whether somebody at this address has shown who they are, or need not: what strangers may not hold on to, they may. */
  isKnown(address: string): boolean {
    return this.gate.bans.good.anyGood(sourceKey(address)) || this.#needShowNothing(address);
  }

  /** As `isKnown`, of this very far end: somebody else at a phone's address is not the phone. */
  isProven(farEnd: FarEnd): boolean {
    return this.gate.isProven(farEnd) || this.#needShowNothing(farEnd.address);
  }

  /** Brings back bans and places of an earlier process. */
  async load(): Promise<void> {
    const { bans, places } = this.gate;
    await bans.load();
    await places.load();
    // A restart must not make strangers of an office's phones.
    for (const { domain, login, address, lastSeen } of places.all()) {
      bans.good.good(address, userKey(domain, login), lastSeen);
    }
    this.#keepHouse();
  }

  /** A phone registered, or an earlier process's registration was brought back. */
  noteRegistration(event: RegistrarEvent): void {
    if (event.type !== 'registered' && event.type !== 'refreshed') return;
    const { domain, login, client, flow, expiresAt } = event.binding;
    const lifetime = expiresAt - this.#parts.clock.now();
    this.gate.registered(client ?? { ...flow.observed, transport: flow.transport }, domain, login, lifetime);
  }

  /** Puts the model's policies in force. */
  usePolicies(directory: Directory): void {
    const domains = new Map(directory.model.domains.map((domain) => [domain.id, setting(domain, 'access')] as const));
    this.gate.usePolicies({ machine: this.#settings.policy, domains });
    this.gate.places.keepOnly(new Set(domains.keys()));
    this.#names = new Map(directory.model.domains.map(({ id, name }) => [id, name]));
  }

  /**
   * Puts the settings in force that were read anew, all but the proxies; the domains' policies come with the model. Limits that are
   * as they were go on counting. @throws GeoDatabaseError, with all as it was
   */
  useSettings(settings: Settings['access']): void {
    this.#changeTable(() => this.table.reload(settings.geo));
    const { gate } = this;
    const { policy, refuse, trusted, ban, rate } = settings;
    gate.usePolicies({ ...gate.fence.policies, machine: policy });
    gate.refuseBy(refuse);
    gate.bans.trust(NetworkSet.of(trusted));
    gate.bans.useTimes({ duration: ban.for, longest: ban.longest });
    this.#failures.use(ban);
    if (!isDeepStrictEqual(rate, this.#settings.rate)) {
      this.#rates.use(rate);
      this.#knownRates.use(knownRate(rate));
    }
    this.#settings = settings;
  }

  /** Puts another country table in force; whoever was let in is to be looked at by `sweep`. @throws GeoDatabaseError, with all as it was */
  installTable(file: string): void {
    this.#changeTable(() => this.table.install(file, this.#parts.clock.now()));
  }

  /** Ends bindings, connections and calls of those who may not come any more. Call it when policies or the table changed. */
  sweep({ registrar, calls, dialogs, transport, directory, isTrunkAt }: LetIn): void {
    const { log } = this.#parts;
    const now = directory();
    this.gate.fence.judgeAnew();
    for (const { binding } of registrar.registrations()) {
      const { domain, login, id, client, flow } = binding;
      if (this.admitsBinding((client ?? flow.observed).address, now, domain, login)) continue;
      registrar.remove(domain, login, id, 'policy').catch((error: unknown) => {
        log.error('registrar.not-removed', { login, error });
      });
    }
    for (const call of calls.snapshots()) {
      const domain = now.model.domains.find(({ name }) => name === call.domain);
      const unwelcome = call.legs.some(
        ({ observed, client, party }) =>
          // A trunk's end of a call is where its servers are, and no policy of ours says where that may be.
          (party.login !== undefined || !isTrunkAt(observed.address) || this.#isBannedByHand(observed.address)) &&
          !this.admitsBinding(client ?? observed.address, now, domain?.id ?? '', party.login),
      );
      if (unwelcome) calls.hangUp(call.id, 'shut-out');
    }
    const isUnheard = ({ address }: Endpoint): boolean =>
      !this.#proxies.has(address) &&
      ((!this.gate.fence.admitsSource(address) && !isTrunkAt(address)) || this.#isBannedByHand(address));
    // They have been sent their BYE; its answer would be left unread, and it would be repeated for half a minute.
    dialogs.giveUpOn(isUnheard);
    const dropped = transport.dropFlows(isUnheard);
    if (dropped > 0) log.info('access.connections-dropped', { connections: dropped });
  }

  /** Whether requests of an account, and to it, may still go there. */
  admitsBinding(address: string, directory: Directory, domainId: string, login: string | undefined): boolean {
    const domain = directory.domainById(domainId);
    const device: Device | undefined =
      domain === undefined || login === undefined ? undefined : directory.findDevice(domain, login)?.device;
    return this.gate.stillWelcome(address, domainId, login, device?.access);
  }

  async close(): Promise<void> {
    this.#nextSweep?.();
    await this.gate.places.close();
    await this.gate.bans.close();
  }

  /** Bans whose time is over are told, and what attacks left behind is forgotten. */
  #keepHouse(): void {
    this.#nextSweep = this.#parts.clock.after(HOUSEKEEPING_MS, () => {
      this.gate.sweep();
      this.gate.bans.sweep();
      this.gate.bans.good.sweep();
      this.#failures.sweep();
      this.#rates.sweep();
      this.#knownRates.sweep();
      this.#keepHouse();
    });
  }

  #changeTable(change: () => void): void {
    const before = this.table.description;
    change();
    const now = this.table.description;
    if (!isDeepStrictEqual(before, now)) this.#parts.log.info('access.country-table', { ...now });
  }

  #isBannedByHand(address: string): boolean {
    return this.gate.bans.isBanned(address)?.by === 'operator';
  }

  #needShowNothing(address: string): boolean {
    return this.#proxies.has(address) || this.gate.bans.isTrusted(address);
  }

  #nameOf(domain: string): string | undefined {
    return this.#names.get(domain);
  }

  #tell(event: AccessEvent): void {
    const { log } = this.#parts;
    switch (event.type) {
      case 'banned':
      case 'unbanned':
      case 'ban-expired': {
        const { id, network, user, until, offence, by, reason } = event.ban;
        const account = user === undefined ? undefined : accountOf(user);
        const whose = account && { domain: this.#nameOf(account.domain), login: loggedName(account.login) };
        const fields = { id, network, ...whose, until, offence, by, reason };
        log[event.type === 'banned' ? 'warn' : 'info'](`access.${event.type}`, fields);
        break;
      }
      case 'new-place': {
        const { login, address, country } = event.place;
        const fields = { domain: this.#nameOf(event.place.domain), login, address, country };
        log[event.newCountry ? 'warn' : 'info']('account.new-place', fields);
        break;
      }
      case 'guessed':
        log.warn('account.guessed', { domain: this.#nameOf(event.domain), login: loggedName(event.login) });
        break;
      case 'barred': {
        const { login, address, verdict } = event;
        log.warn('account.password-known-elsewhere', {
          domain: this.#nameOf(event.domain),
          login,
          address,
          rule: verdict?.rule,
          country: verdict?.country,
        });
        break;
      }
    }
    this.#parts.onEvent(event);
  }
}

/** The account that a `userKey` is of; the login of `UNPROVEN` is itself. */
export function accountOf(user: string): { readonly domain: string; readonly login: string } {
  const at = user.indexOf('\n');
  return { domain: user.slice(0, Math.max(0, at)), login: user.slice(at + 1) };
}
