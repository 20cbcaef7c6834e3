import type { Flow, FlowTarget } from '@vats/sip';
import type { UnreachableReason } from './binding.ts';
import { flowTimerOf, KeepAlive, requestUriFor } from './keep-alive.ts';
import type { RegistrarLimits } from './limits.ts';
import type { BindingTarget, RegistrarOptions } from './registrar-options.ts';
import type { Registration } from './registration.ts';
import { RegistrationBook } from './registration-book.ts';
import { proxyOf } from './way-by-path.ts';

/**
 * Which phones can be reached, and how: the registrations with their flows, what pings and closed connections tell of them,
 * and one event for each real change of it.
 */
export class Presence {
  readonly book: RegistrationBook;
  readonly #options: RegistrarOptions;
  readonly #keepAlive: KeepAlive;
  readonly #limits: RegistrarLimits;
  readonly #isProxy: (address: string) => boolean;

  constructor(options: RegistrarOptions, limits: RegistrarLimits) {
    const { clock, random, transactions, transport, userAgent = 'VATS' } = options;
    this.#options = options;
    this.#limits = limits;
    this.#isProxy = options.isProxy ?? (() => false);
    this.book = new RegistrationBook((registration) => this.#flowLost(registration));
    this.#keepAlive = new KeepAlive({
      clock,
      random,
      limits,
      sender: transactions,
      userAgent,
      sentBy: (flow) => transport.sentBy(flow),
      answered: (registration, roundTrip) => {
        if (roundTrip !== undefined) registration.roundTrip = roundTrip;
        this.#lives(registration);
      },
      silent: (registration, why) => this.#unreachable(registration, why),
    });
  }

  /** The phone registered over this flow just now. */
  arrive(registration: Registration, flow: Flow): void {
    this.book.attach(registration, flow);
    this.#keepAlive.watch(registration);
    if (registration.alive) this.#heard(registration);
  }

  /**
   * The registration is one of an earlier process. A datagram's way back is known by its two ends; a connection is gone
   * with the process that held it.
   */
  restore(registration: Registration): void {
    const { transport, id } = registration.binding.flow;
    const { clock } = this.#options;
    const flow = transport === 'udp' ? this.#options.transport.flowById(id) : undefined;
    if (flow === undefined && this.#proxyOf(registration) !== undefined) return;
    if (flow === undefined) {
      const reason = transport === 'udp' ? 'listener-gone' : 'restarted';
      registration.reachability = { reachable: false, since: clock.now(), reason };
      return;
    }
    this.book.attach(registration, flow);
    this.#keepAlive.watch(registration);
  }

  leave(registration: Registration): void {
    this.book.delete(registration);
    this.#keepAlive.forget(registration);
  }

  /** Any message from the far end of a flow shows that its phones are there. */
  heardOver(flow: Flow): void {
    for (const registration of this.book.over(flow)) this.#heard(registration);
  }

  /** Others may send one as they like, and may be silent as well: of them it says nothing. */
  keptAlive(flow: Flow): void {
    for (const registration of this.book.over(flow)) if (registration.keepsFlow) this.#heard(registration);
  }

  /** Seconds within which a phone that keeps its flow alive itself is to be heard over this one. */
  flowTimer(flow: Flow): number {
    return flowTimerOf(flow, this.#limits);
  }

  target({ binding, flow, reachability, uri }: Registration): BindingTarget {
    if (!reachability.reachable) return { binding, unreachable: reachability.reason };
    const proxy = flow === undefined ? proxyOf(binding, this.#isProxy) : undefined;
    const way = flow ?? (proxy && this.#options.transport.flowTo(proxy));
    if (way === undefined) return { binding, unreachable: 'connection-closed' };
    return { binding, requestUri: requestUriFor(uri), flow: way };
  }

  /** Whether a request to the phone has a way, as far as it is known. */
  isReachable(registration: Registration): boolean {
    const { flow, reachability } = registration;
    return reachability.reachable && (flow !== undefined || this.#proxyOf(registration) !== undefined);
  }

  close(): void {
    this.#keepAlive.clear();
    this.book.clear();
  }

  #heard(registration: Registration): void {
    this.#keepAlive.heard(registration);
    this.#lives(registration);
  }

  #flowLost(registration: Registration): void {
    this.#keepAlive.forget(registration);
    if (this.#proxyOf(registration) !== undefined) return;
    const connection = registration.binding.flow.transport !== 'udp';
    this.#unreachable(registration, connection ? 'connection-closed' : 'listener-gone');
  }

  #proxyOf({ binding }: Registration): FlowTarget | undefined {
    return proxyOf(binding, this.#isProxy);
  }

  #unreachable(registration: Registration, reason: UnreachableReason): void {
    if (!registration.reachability.reachable) return;
    registration.reachability = { reachable: false, since: this.#options.clock.now(), reason };
    this.#options.onEvent({ type: 'unreachable', binding: registration.binding, reason });
  }

  /** The phone was heard over the flow of its binding. */
  #lives(registration: Registration): void {
    const now = this.#options.clock.now();
    registration.lastSeen = now;
    if (registration.reachability.reachable) return;
    registration.reachability = { reachable: true, since: now };
    this.#options.onEvent({ type: 'reachable', binding: registration.binding });
  }
}
