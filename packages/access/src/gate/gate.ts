import { type Clock, ExpiringMap, type Ledger, LineBudget, type Log } from '@vats/kernel';
import type { BanBook } from '../bans/ban-book.ts';
import type { Failures } from '../bans/failures.ts';
import type { NewPlace, PlaceBook } from '../places/place-book.ts';
import type { Policy, Verdict } from '../policy/policy.ts';
import type { KeyRates } from '../rates/key-rates.ts';
import { sourceKey } from '../rates/source-key.ts';
import type { StrangerRates } from '../rates/stranger-rates.ts';
import type { FarEnd } from './far-end.ts';
import type { Fence, FencePolicies, Judgement, Scope } from './fence.ts';
import { ProvenFlows } from './proven-flows.ts';
import { type StrangerLosses, Strangers } from './strangers.ts';

/** What a source that the geofence shuts out gets: nothing at all, or a 403 that says so. */
export type Refusal = 'silence' | '403';

/** What becomes of a request that was read. */
export type Treatment = 'welcome' | 'silence' | 'forbidden';

/** What the gate counts from the start on; each number only rises. */
export interface GateCounters extends StrangerLosses {
  /** Messages and connections from where nobody may come. */
  fenced: number;
  /** New requests and connections of known addresses beyond their bound: judged as a stranger's, or over a connection not heard. */
  overKnown: number;
  /** Messages and connections of those who are banned. */
  banned: number;
  /** Requests that name a well-known scanner as their User-Agent. */
  scanners: number;
  /** Requests that a policy which is only tried out would have refused. */
  wouldRefuse: number;
  /** Right passwords from where the account may not be used. */
  barred: number;
}

/** Something that an operator, or a program of theirs, wants to hear of. Bans have events of their own. */
export type GateEvent =
  | ({ readonly type: 'new-place' } & NewPlace)
  /** A right password came from where the account may not be used: it is known to somebody there. */
  | {
      readonly type: 'barred';
      readonly domain: string;
      readonly login: string;
      readonly address: string;
      readonly verdict: Verdict | undefined;
    };

export interface GateParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly fence: Fence;
  readonly bans: BanBook;
  readonly failures: Failures;
  readonly rates: StrangerRates;
  /** What is new of each address that is known, by its way: datagrams, which may be forged; new connections; each connection that is up. */
  readonly knownRates: KeyRates;
  readonly places: PlaceBook;
  /** Addresses of proxies, whose messages are judged by the client address that they give. */
  readonly proxies: ReadonlySet<string>;
  readonly refusal: Refusal;
  /** Whether unread octets carry a nonce that we made for this source lately: looked at only when there is too much to read. */
  readonly vouchesFor: (octets: Buffer, address: string) => boolean;
  /** Whether unread octets begin something new. */
  readonly looksNew: (octets: Buffer) => boolean;
  readonly onEvent: (event: GateEvent) => void;
}

/** A phone that goes on trying is told of once in a while, not each time. */
const BARRED_TOLD_MS = 3_600_000;
const BARRED_REMEMBERED = 10_000;
/** How long a far end stays proven when no registration says how long. */
const PROVEN_MS = 3_600_000;

/**
 * Decides who is heard. Twice: before a message is read, by its source alone, so that a flood costs microseconds; and when it
 * was read, by whom it speaks to and for whom a proxy speaks. What it lets through may still be anybody: passwords are
 * judged elsewhere, and their outcome is told to it.
 *
 * In this order: geofence; trusted networks; bans; limits. A far end that showed good credentials lately is past limits of strangers, and
 * past what the switch itself shut out: it is guesses of others at the same address that did it. What an operator shuts out is.
 */
export class Gate {
  readonly counters: GateCounters = {
    fenced: 0,
    overKnown: 0,
    banned: 0,
    overRate: 0,
    overTotal: 0,
    scanners: 0,
    wouldRefuse: 0,
    barred: 0,
  };
  readonly fence: Fence;
  readonly bans: BanBook;
  readonly places: PlaceBook;
  readonly #parts: GateParts;
  readonly #proven: ProvenFlows;
  readonly #strangers: Strangers;
  /** Where right passwords came from that may not be used there, as far as it was told. */
  readonly #barred: ExpiringMap<string, true>;
  readonly #lines: LineBudget;
  #refusal: Refusal;

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#refusal = parts.refusal;
    this.fence = parts.fence;
    this.bans = parts.bans;
    this.places = parts.places;
    this.#proven = new ProvenFlows({ clock: parts.clock });
    this.#strangers = new Strangers({
      clock: parts.clock,
      rates: parts.rates,
      good: parts.bans.good,
      vouchesFor: parts.vouchesFor,
      losses: this.counters,
      onRush: () => parts.log.warn('access.rush', { strangers: parts.rates.counters.ok }),
    });
    this.#barred = new ExpiringMap({ clock: parts.clock, limit: BARRED_REMEMBERED, lifetime: BARRED_TOLD_MS });
    this.#lines = new LineBudget(parts.clock, parts.log);
    parts.ledger.enrol('access timers', () => parts.places.waiting);
  }

  /** From now on these policies hold; whoever was let in by others is to be looked at by `stillWelcome`. */
  usePolicies(policies: FencePolicies): void {
    this.fence.use(policies);
  }

  /** From now on whoever the geofence shuts out gets this. */
  refuseBy(refusal: Refusal): void {
    this.#refusal = refusal;
  }

  /**
   * Whether a message from there is read, or a connection accepted (without `octets`). False is silence: nothing is
   * answered, the connection is reset. When we are `behind`, strangers are left unread, so that phones are not lost among them.
   */
  admit(farEnd: FarEnd, octets: Buffer | undefined, behind = false): boolean {
    const { address } = farEnd;
    // A proxy's messages are read first, for its client's address is in them.
    if (this.#parts.proxies.has(address)) return true;
    if (!this.fence.admitsSource(address)) {
      this.#noteFenced(address);
      if (this.#refusal === 'silence') {
        this.counters.fenced++;
        return false;
      }
      // The 403 is an answer like others, so that its sender may have only so many.
      if (octets === undefined) return this.#strangers.maySpeak(address);
      return this.#strangers.mayBeRead(address, octets, behind);
    }
    if (this.isTrusted(address)) return true;
    const proven = this.#proven.has(farEnd);
    if (this.#isShutOut(address, proven)) return false;
    if (octets === undefined) return this.#mayConnect(farEnd);
    return proven ? this.admitKnown(farEnd, octets, behind) : this.#strangers.mayBeRead(address, octets, behind);
  }

  /**
   * As `admit`, of who is known: a proven far end, or a trunk. Whatever goes on is read, and as much that is new as nobody honest
   * sends. Datagrams above that are held to the rates of strangers, since somebody may forge their address, and so are new connections;
   * of a connection that is up, whose far end nobody can forge, they are not heard.
   */
  admitKnown(farEnd: FarEnd, octets: Buffer | undefined, behind: boolean): boolean {
    const { address, port, transport } = farEnd;
    if (octets === undefined) return this.#isWithinKnown(farEnd, 'connections') || this.#strangers.maySpeak(address);
    if (!this.#parts.looksNew(octets)) return true;
    if (transport !== 'udp') return this.#isWithinKnown(farEnd, `${transport} ${port}`);
    return this.#isWithinKnown(farEnd, 'udp') || this.#strangers.mayBeRead(address, octets, behind);
  }

  /**
   * Judges a request outside a dialog that was read. `viaProxy` when its far end is what a known proxy says: then nothing
   * has been judged by it before.
   */
  receive(farEnd: FarEnd, domain: string | undefined, viaProxy: boolean): Treatment {
    const { address } = farEnd;
    const judgement = this.fence.judge(address, domain);
    this.#noteDryRun(address, judgement);
    if (!judgement.admitted) {
      this.counters.fenced++;
      this.#noteFenced(address, domain);
      return this.#refusal === 'silence' ? 'silence' : 'forbidden';
    }
    if (!viaProxy || this.isTrusted(address)) return 'welcome';
    const proven = this.#proven.has(farEnd);
    if (this.#isShutOut(address, proven)) return 'silence';
    const isHeard = (proven && this.#isWithinKnown(farEnd, 'by a proxy')) || this.#strangers.maySpeak(address);
    return isHeard ? 'welcome' : 'silence';
  }

  /** Whether a known proxy that speaks for nobody is answered: wherever it is itself, but only so often. */
  answersPing(address: string): boolean {
    return this.isTrusted(address) || this.#strangers.maySpeak(address);
  }

  /** Never banned and never limited; the geofence does apply. */
  isTrusted(address: string): boolean {
    return this.bans.isTrusted(address);
  }

  /** Whether this very far end showed good credentials lately. */
  isProven(farEnd: FarEnd): boolean {
    return this.#proven.has(farEnd);
  }

  /**
   * As whom this far end counts: the account that is proven there, if it is one alone. All of one address where several are count as one,
   * or two accounts that share each of many ports would be as many; who is not proven counts by itself.
   */
  nameOf(farEnd: FarEnd): string {
    const { address, port, transport } = farEnd;
    const account = this.#proven.accountAt(farEnd);
    if (account !== undefined) return account;
    return this.#proven.has(farEnd) ? `${sourceKey(address)} shared` : `${address} ${port} ${transport}`;
  }

  /** Whether a ban ends what this far end has open. It is asked of every connection when one began, and counts nothing. */
  isBanned(farEnd: FarEnd): boolean {
    const { address } = farEnd;
    if (this.#parts.proxies.has(address)) return false;
    const ban = this.bans.isBanned(address);
    return ban !== undefined && (ban.by === 'operator' || !this.#proven.has(farEnd));
  }

  /** A scanner that gives its name. Nobody is banned for it: over UDP its source may be forged. */
  noteScanner(): void {
    this.counters.scanners++;
  }

  /**
   * Whether credentials for this account are judged when they come from that far end, under a nonce that proves it. Ask only when
   * about to judge. An account that is proven there is past what the switch shut out and past the guesses of others.
   */
  mayGuess(farEnd: FarEnd, domain: string, username: string): boolean {
    const { address } = farEnd;
    if (this.isTrusted(address)) return true;
    const user = userKey(domain, username);
    const proven = this.#proven.proves(farEnd, user);
    const ban = this.bans.isUserBanned(address, user);
    if (ban === undefined || (proven && ban.by === 'switch')) {
      if (proven || !this.#parts.failures.isGuessed(user, address)) return true;
    }
    this.counters.banned++;
    return false;
  }

  /** Whether an account may be used from there, by its own policy. Its domain's was judged by `receive`. */
  admitsDevice(address: string, domain: string, policy: Policy): boolean {
    const judgement = this.fence.judge(address, domain, policy);
    this.#noteDryRun(address, judgement, 'device');
    return judgement.admitted;
  }

  /** Good credentials came from this far end. */
  proved(farEnd: FarEnd, domain: string, login: string): void {
    const { address } = farEnd;
    const user = userKey(domain, login);
    // Who was proven already, or is trusted, took nothing from the limits.
    if (!this.#proven.has(farEnd) && !this.isTrusted(address)) this.#parts.rates.giveBack(address);
    this.#proven.prove(farEnd, user, PROVEN_MS);
    this.#parts.failures.good(address, user);
    this.places.note(domain, login, address);
  }

  /** A phone is registered from this far end for so many ms to come. */
  registered(farEnd: FarEnd, domain: string, login: string, lifetime: number): void {
    const user = userKey(domain, login);
    this.#proven.prove(farEnd, user, Math.max(PROVEN_MS, lifetime));
    this.#parts.failures.good(farEnd.address, user);
  }

  /**
   * Credentials that were wrong came from this far end, under a nonce that proves its address; and its port if it was sent there
   * (`samePort`). Otherwise a neighbour who can forge the port of a phone could take its proof away.
   */
  failed(farEnd: FarEnd, domain: string, username: string, samePort: boolean): void {
    if (this.isTrusted(farEnd.address)) return;
    const { failures } = this.#parts;
    const user = userKey(domain, username);
    if (samePort) this.#proven.failed(farEnd, user, failures.patience);
    failures.failed(farEnd.address, user);
  }

  /** A right password came from where its account may not be used. It counts as a wrong one, or the count would tell. */
  barred(farEnd: FarEnd, domain: string, login: string, samePort: boolean, policy: Policy | undefined): void {
    const { address } = farEnd;
    this.counters.barred++;
    const where = `${address}\n${userKey(domain, login)}`;
    if (!this.#barred.has(where)) {
      this.#barred.set(where, true);
      const verdict = this.fence.judge(address, domain, policy).steps.at(-1)?.verdict;
      this.#parts.onEvent({ type: 'barred', domain, login, address, verdict });
    }
    this.failed(farEnd, domain, login, samePort);
  }

  /** Whether an account that was let in before may go on: after a change of policies, the country table or an operator's bans. */
  stillWelcome(address: string, domain: string, login: string | undefined, device: Policy | undefined): boolean {
    if (this.bans.isBanned(address)?.by === 'operator') return false;
    const byName = login === undefined ? undefined : this.bans.isUserBanned(address, userKey(domain, login));
    return byName?.by !== 'operator' && this.fence.judge(address, domain, device).admitted;
  }

  /** Forgets whose proof is over; to be called now and then. */
  sweep(): void {
    this.#proven.sweep();
    this.#barred.sweep();
  }

  /** A connection costs what a request does; who comes from where somebody is known has the bound of those. */
  #mayConnect(farEnd: FarEnd): boolean {
    const { address } = farEnd;
    const isKnown = this.bans.good.anyGood(sourceKey(address));
    return isKnown ? this.admitKnown(farEnd, undefined, false) : this.#strangers.maySpeak(address);
  }

  /** @param way each has a bound of its own, so that what comes one way from an address takes nothing from the others */
  #isWithinKnown({ address }: FarEnd, way: string): boolean {
    if (this.#parts.knownRates.take(`${sourceKey(address)} ${way}`)) return true;
    this.counters.overKnown++;
    if (this.#lines.allows(address)) this.#parts.log.warn('access.known-over-rate', { address });
    return false;
  }

  #isShutOut(address: string, proven: boolean): boolean {
    const ban = this.bans.isBanned(address);
    if (ban === undefined || (proven && ban.by === 'switch')) return false;
    this.counters.banned++;
    return true;
  }

  /** Whose phone stays silent wants to know why: which policy shut out which address. */
  #noteFenced(address: string, domain?: string): void {
    if (!this.#lines.allows(address)) return;
    const { machine, domains } = this.fence.policies;
    const [only = domain] = machine.mode === 'any' && domain === undefined ? domains.keys() : [domain];
    const refusing = this.fence.judge(address, only).steps.at(-1);
    if (refusing === undefined) return;
    const { rule, country, network } = refusing.verdict;
    this.#parts.log.info('access.refused', { address, policy: refusing.scope, rule, country, network });
  }

  /** Counts a request once, under the policy that is asked first. @param only when the others were told of before */
  #noteDryRun(address: string, { steps }: Judgement, only?: Scope): void {
    const refusing = steps.find(({ verdict, enforced }) => !verdict.admitted && !enforced);
    if (refusing === undefined || (only !== undefined && refusing.scope !== only)) return;
    this.counters.wouldRefuse++;
    if (!this.#lines.allows(address)) return;
    const { rule, country, network } = refusing.verdict;
    this.#parts.log.info('access.would-refuse', { address, policy: refusing.scope, rule, country, network });
  }
}

/** What bans and counts of failures know an account by; names that do not exist are treated alike. */
export function userKey(domain: string, username: string): string {
  return `${domain}\n${username}`;
}
