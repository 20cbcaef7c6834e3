import {
  type Cancel,
  type Clock,
  type Endpoint,
  formatEndpoint,
  type Log,
  type Random,
  sameEndpoint,
} from '@vats/kernel';
import type { DnsQuestions } from './dns.ts';
import { type Located, type LookupFailure, literalEndpoint, locate, type Server, type ServerTarget } from './locate.ts';

/**
 * - `looking`: nothing has been found yet, the first look-up is under way
 * - `found`: the endpoints are those of the last look-up
 * - `none`: the DNS knows no server of this name
 * - `failed`: the last look-up failed, wholly or in part; endpoints of an earlier one are kept
 * - `closed`
 */
export type ServerListState = 'looking' | 'found' | 'none' | 'failed' | 'closed';

export interface ServerListParts {
  readonly clock: Clock;
  readonly dns: DnsQuestions;
  readonly random: Random;
  readonly log: Log;
  /** Look-ups that begin (1) and end (-1), for the ledger. */
  readonly count: (change: 1 | -1) => void;
  readonly closed: (list: ServerList) => void;
}

/** Milliseconds that an endpoint counts as failing unless said otherwise. */
const FAILING_MS = 60_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_MOST_MS = 300_000;
/** A server that the DNS knows nothing of may be there soon. */
const NONE_MS = 60_000;
const TTL_LEAST_MS = 1_000;
const TTL_MOST_MS = 86_400_000;

/**
 * The servers of one target, for whoever must decide at once where a request goes: what was found last, asked for again
 * in the background when its time is over. Made by `Locator.follow`.
 */
export class ServerList {
  readonly target: ServerTarget;
  /** Told when the endpoints or their order changed; not for failing marks, nor before `follow` has returned. */
  onChange: () => void;
  readonly #parts: ServerListParts;
  #state: ServerListState = 'looking';
  #found: readonly Server[] = [];
  #fingerprint: string | undefined;
  #failure: LookupFailure | undefined;
  /** By endpoint, until when (of the clock's `monotonic()`); only endpoints of the list are in them. */
  readonly #failing = new Map<string, number>();
  readonly #refusing = new Map<string, number>();
  readonly #marks: readonly Map<string, number>[] = [this.#failing, this.#refusing];
  #failures = 0;
  #stopTimer: Cancel = () => {};
  #isAsking = false;

  constructor(target: ServerTarget, parts: ServerListParts, onChange: () => void) {
    this.target = target;
    this.#parts = parts;
    this.onChange = onChange;
    const literal = literalEndpoint(target);
    if (literal === undefined) this.refresh();
    else {
      this.#found = [literal];
      this.#state = 'found';
    }
  }

  get state(): ServerListState {
    return this.#state;
  }

  /** Of the last look-up; undefined when it was complete. */
  get failure(): LookupFailure | undefined {
    return this.#failure;
  }

  /** In the order in which they are to be tried now: those that failed lately come last (RFC 3263 §4.3). */
  get endpoints(): readonly Server[] {
    const now = this.#parts.clock.monotonic();
    for (const marks of this.#marks) for (const [text, until] of marks) if (until <= now) marks.delete(text);
    if (this.#marks.every(({ size }) => size === 0)) return this.#found;
    const fails = (endpoint: Endpoint): boolean => this.isFailing(endpoint);
    return [...this.#found.filter((each) => !fails(each)), ...this.#found.filter(fails)];
  }

  /** Whether it failed lately. */
  isFailing(endpoint: Endpoint): boolean {
    const text = formatEndpoint(endpoint);
    const now = this.#parts.clock.monotonic();
    return this.#marks.some((marks) => (marks.get(text) ?? 0) > now);
  }

  /** Whether requests to this target may be answered from here. */
  has(endpoint: Endpoint): boolean {
    return this.#found.some((each) => sameEndpoint(each, endpoint));
  }

  /** No answer came from there, or 503: the next requests start with another one. Other endpoints are ignored. */
  markFailing(endpoint: Endpoint, milliseconds = FAILING_MS): void {
    if (this.has(endpoint)) this.#failing.set(formatEndpoint(endpoint), this.#parts.clock.monotonic() + milliseconds);
  }

  /** It answers again; what `markRefusing` says of it stays. */
  markWorking(endpoint: Endpoint): void {
    this.#failing.delete(formatEndpoint(endpoint));
  }

  /** It failed at what it is there for, as a gateway with no free line does, and may well answer everything else. */
  markRefusing(endpoint: Endpoint, milliseconds = FAILING_MS): void {
    if (this.has(endpoint)) this.#refusing.set(formatEndpoint(endpoint), this.#parts.clock.monotonic() + milliseconds);
  }

  /** It does what it is there for: nothing is held against it any more. */
  markServing(endpoint: Endpoint): void {
    for (const marks of this.#marks) marks.delete(formatEndpoint(endpoint));
  }

  /** Asks the DNS now, unless it is being asked; an IP literal needs no asking. */
  refresh(): void {
    if (this.#isAsking || this.#state === 'closed' || literalEndpoint(this.target) !== undefined) return;
    this.#stopTimer();
    this.#isAsking = true;
    this.#parts.count(1);
    const { dns, random } = this.#parts;
    locate(this.target, dns, random).then(
      (located) => this.#onLocated(located),
      // Questions never reject; one that does is a failure like any other.
      () => this.#onLocated({ ok: false, code: 'EUNKNOWN', question: this.target.host }),
    );
  }

  /** Asks no more and tells no more. The endpoints are gone. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#found = [];
    for (const marks of this.#marks) marks.clear();
    this.#stopTimer();
    this.#parts.closed(this);
  }

  #onLocated(located: Located): void {
    this.#isAsking = false;
    this.#parts.count(-1);
    if (this.#state === 'closed') return;
    if (!located.ok) {
      this.#state = 'failed';
      this.#failure = { code: located.code, question: located.question };
      this.#askAgainIn(this.#backOff());
      return;
    }
    this.#failure = located.failure;
    // The time comes first: whoever is told may well close the list.
    if (located.failure !== undefined) this.#state = 'failed';
    else this.#state = located.endpoints.length === 0 ? 'none' : 'found';
    this.#askAgainIn(this.#timeOf(located));
    this.#take(located);
  }

  #take({ endpoints, fingerprint, failure }: Located & { ok: true }): void {
    const print = failure === undefined ? fingerprint : `in part ${fingerprint}`;
    // The same records, drawn anew: a registration need not move for that.
    if (print === this.#fingerprint) return;
    this.#fingerprint = print;
    const before = this.#found;
    // Of what could not be asked for, what was known before is better than nothing.
    const kept =
      failure === undefined ? [] : before.filter((each) => !endpoints.some((one) => sameEndpoint(one, each)));
    this.#found = [...endpoints, ...kept];
    const there = new Set(this.#found.map(formatEndpoint));
    for (const marks of this.#marks) for (const text of marks.keys()) if (!there.has(text)) marks.delete(text);
    const changed = before.length !== this.#found.length || before.some((each, at) => !isSame(each, this.#found[at]!));
    if (!changed) return;
    try {
      this.onChange();
    } catch (error) {
      this.#parts.log.error('locate.user-failed', { host: this.target.host, error });
    }
  }

  /** Milliseconds until the next look-up after one that brought something. */
  #timeOf({ endpoints, ttl, failure }: Located & { ok: true }): number {
    const holds = Math.min(Math.max((ttl ?? Number.POSITIVE_INFINITY) * 1000, TTL_LEAST_MS), TTL_MOST_MS);
    if (failure !== undefined) return Math.min(holds, this.#backOff());
    this.#failures = 0;
    return endpoints.length === 0 ? Math.min(holds, NONE_MS) : holds;
  }

  #backOff(): number {
    return Math.min(RETRY_FIRST_MS * 2 ** this.#failures++, RETRY_MOST_MS);
  }

  #askAgainIn(milliseconds: number): void {
    this.#stopTimer = this.#parts.clock.after(milliseconds, () => this.refresh());
  }
}

function isSame(one: Server, other: Server): boolean {
  return one.transport === other.transport && sameEndpoint(one, other);
}
