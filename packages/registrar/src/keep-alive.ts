import type { Clock, Random } from '@vats/kernel';
import { type Flow, formatHostPort, KEEP_ALIVE, type RequestDraft, type SipUri } from '@vats/sip';
import type { UnreachableReason } from './binding.ts';
import { Deadlines } from './deadlines.ts';
import type { RegistrarLimits } from './limits.ts';
import type { Registration } from './registration.ts';

/** Carries pings as client transactions: what the registrar needs of the transaction layer. */
export interface PingSender {
  send(draft: RequestDraft, flow: Flow, user: PingUser): { readonly isRepeated: boolean };
}

export interface PingUser {
  onResponse(): void;
  onTimeout(): void;
  onTransportError(): void;
}

export interface KeepAliveOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: RegistrarLimits;
  readonly sender: PingSender;
  readonly userAgent: string;
  /** What we call ourselves on a flow. */
  readonly sentBy: (flow: Flow) => { readonly host: string; readonly port: number };
  /** The phone answered a ping. @param roundTrip in ms; undefined for a ping that went out more than once */
  readonly answered: (registration: Registration, roundTrip: number | undefined) => void;
  /** As many pings in a row as the limits say went unanswered, or a phone keeps its own flow alive no more. */
  readonly silent: (registration: Registration, why: UnreachableReason) => void;
}

/** What is known of one phone's answers over one flow. */
interface Watch {
  readonly flow: Flow;
  /**
   * 'ask': an OPTIONS keeps the NAT's mapping and tells whether the phone is there; of a connection it is asked as well,
   * because octets that a NAT swallows go unnoticed for a quarter of an hour. 'hold': a double CRLF keeps a connection
   * without a NAT in between from falling to an idle limit, ours or a firewall's; its end is told by TCP. 'listen': the phone
   * keeps the flow alive itself (RFC 5626 §4.4); only when it is late it is asked, once, before it counts as gone.
   */
  readonly kind: 'ask' | 'hold' | 'listen';
  readonly interval: number;
  /** A phone that never answers OPTIONS is not taken for dead: it may just not know the method. */
  everAnswered: boolean;
  awaiting: boolean;
  missed: number;
  /** Of the clock's `monotonic()`. */
  heardAt: number;
}

/** Keeps the flows of bindings alive, and finds out which phones are there. Any response to a ping is a sign of life. */
export class KeepAlive {
  readonly #options: KeepAliveOptions;
  readonly #ticks: Deadlines<Registration>;
  readonly #watches = new Map<Registration, Watch>();

  constructor(options: KeepAliveOptions) {
    this.#options = options;
    this.#ticks = new Deadlines(options.clock, (registration) => this.#tick(registration));
  }

  /**
   * Begins, goes on or stops, as the registration's flow and Contact demand. The first ping falls at random within the
   * interval, so that phones that registered together after a power cut are not pinged together for ever.
   */
  watch(registration: Registration): void {
    const { flow } = registration;
    const kind = registration.keepsFlow
      ? 'listen'
      : registration.behindNat
        ? 'ask'
        : flow?.reliable
          ? 'hold'
          : undefined;
    if (flow === undefined || kind === undefined) {
      this.forget(registration);
      return;
    }
    const before = this.#watches.get(registration);
    if (before?.flow.id === flow.id && before.kind === kind) return;
    const { clock, random, limits } = this.#options;
    const now = clock.monotonic();
    const interval = intervalOf(kind, flow, limits);
    this.#watches.set(registration, {
      ...{ flow, kind, interval, everAnswered: false, awaiting: false, missed: 0, heardAt: now },
    });
    this.#ticks.set(registration, now + (kind === 'listen' ? interval : 1 + random.below(interval)));
  }

  forget(registration: Registration): void {
    this.#watches.delete(registration);
    this.#ticks.delete(registration);
  }

  /** The phone spoke by itself: what was not answered before does not count any more. */
  heard(registration: Registration): void {
    const watch = this.#watches.get(registration);
    if (watch === undefined) return;
    // One that was given up is listened to again.
    if (watch.missed > 0 && watch.kind === 'listen') this.#tickIn(registration, watch.interval);
    watch.awaiting = false;
    watch.missed = 0;
    watch.heardAt = this.#options.clock.monotonic();
  }

  clear(): void {
    this.#watches.clear();
    this.#ticks.clear();
  }

  #tick(registration: Registration): void {
    const watch = this.#watches.get(registration);
    if (watch === undefined) return;
    if (watch.kind === 'listen') return void this.#listen(registration, watch);
    const { limits } = this.#options;
    this.#tickIn(registration, watch.interval);
    if (watch.kind === 'hold') {
      watch.flow.send(KEEP_ALIVE);
      return;
    }
    if (watch.awaiting && watch.everAnswered && ++watch.missed === limits.pingMisses) {
      this.#options.silent(registration, 'ping-unanswered');
    }
    watch.awaiting = true;
    this.#ask(registration, watch);
  }

  /** The time by which the phone should have been heard, or the grace behind it, may be over. */
  #listen(registration: Registration, watch: Watch): void {
    const { clock, limits } = this.#options;
    const left = watch.heardAt + watch.interval - clock.monotonic();
    if (left > 0) return void this.#tickIn(registration, left);
    if (!watch.awaiting) {
      watch.awaiting = true;
      this.#tickIn(registration, limits.flowGrace);
      this.#ask(registration, watch);
    } else {
      watch.missed++;
      this.#options.silent(registration, 'keep-alive-stopped');
    }
  }

  #tickIn(registration: Registration, milliseconds: number): void {
    this.#ticks.set(registration, this.#options.clock.monotonic() + milliseconds);
  }

  #ask(registration: Registration, watch: Watch): void {
    const { clock, sender } = this.#options;
    const sentAt = clock.monotonic();
    const ping = sender.send(this.#draft(registration, watch.flow), watch.flow, {
      onResponse: () => {
        // An answer over a flow that the phone has left since says nothing about the new one.
        if (this.#watches.get(registration) !== watch) return;
        watch.everAnswered = true;
        this.heard(registration);
        this.#options.answered(registration, ping.isRepeated ? undefined : clock.monotonic() - sentAt);
      },
      // The next tick counts what stayed unanswered, sooner than the transaction gives up.
      onTimeout: () => {},
      onTransportError: () => {},
    });
  }

  #draft({ binding, uri }: Registration, flow: Flow): RequestDraft {
    const { random, userAgent, sentBy } = this.#options;
    const { host, port } = sentBy(flow);
    return {
      method: 'OPTIONS',
      uri: requestUriFor(uri),
      headers: [
        ...binding.path.map((hop) => ['Route', hop] as const),
        ['From', `<sip:${formatHostPort(host, port)}>;tag=${random.token(10)}`],
        ['To', `<${requestUriFor(uri)}>`],
        ['Call-ID', random.token(22)],
        ['CSeq', '1 OPTIONS'],
        ['Accept', 'application/sdp'],
        ['User-Agent', userAgent],
      ],
    };
  }
}

/** Seconds within which a phone that keeps its flow alive itself is to be heard (RFC 5626 §5.4). */
export function flowTimerOf({ reliable }: Flow, { flowTimer }: RegistrarLimits): number {
  return reliable ? flowTimer.connection : flowTimer.datagram;
}

function intervalOf(kind: Watch['kind'], flow: Flow, limits: RegistrarLimits): number {
  if (kind === 'listen') return flowTimerOf(flow, limits) * 1000;
  return kind === 'ask' ? limits.pingInterval : limits.holdInterval;
}

/**
 * The Request-URI for a Contact: as the phone gave it, less what a Request-URI may not hold (RFC 3261 §19.1.1). Headers
 * in a Contact would else let a phone write Route or Authorization into our requests.
 */
export function requestUriFor(contact: SipUri): string {
  if (contact.headersText === '' && !contact.params.has('method')) return contact.toString();
  return contact.with({ headers: [], params: contact.params.without('method') }).toString();
}
