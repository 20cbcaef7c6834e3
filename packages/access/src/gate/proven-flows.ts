import type { Clock } from '@vats/kernel';

const FLOWS_REMEMBERED = 100_000;

/**
 * The far ends (address and port) that showed good credentials lately: they are let past limits that strangers meet, so
 * that a flood from the same address keeps no phone out. Only who knows a password gets in here.
 */
export class ProvenFlows {
  readonly #clock: Clock;
  /** Monotonic ms until which each is proven, by address and port. */
  readonly #ports = new Map<string, Map<number, number>>();
  #size = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Held, those whose time is over and that nobody asked for since included. */
  get size(): number {
    return this.#size;
  }

  /** For `lifetime` ms from now, or as long as an earlier proof holds if that is longer. */
  prove(address: string, port: number, lifetime: number): void {
    const until = this.#clock.monotonic() + lifetime;
    let ports = this.#ports.get(address);
    if (ports === undefined) {
      if (this.#size >= FLOWS_REMEMBERED) this.#makeRoom();
      ports = new Map();
      this.#ports.set(address, ports);
    }
    const before = ports.get(port);
    if (before === undefined) this.#size++;
    if (before === undefined || before < until) ports.set(port, until);
  }

  has(address: string, port: number): boolean {
    const ports = this.#ports.get(address);
    const until = ports?.get(port);
    if (ports === undefined || until === undefined) return false;
    if (until > this.#clock.monotonic()) return true;
    this.#drop(address, ports, port);
    return false;
  }

  forget(address: string): void {
    const ports = this.#ports.get(address);
    if (ports === undefined) return;
    this.#size -= ports.size;
    this.#ports.delete(address);
  }

  /** Those whose time is over go first; when that is not enough, whoever came first. */
  #makeRoom(): void {
    const now = this.#clock.monotonic();
    for (const [address, ports] of this.#ports) {
      for (const [port, until] of ports) if (until <= now) this.#drop(address, ports, port);
    }
    while (this.#size >= FLOWS_REMEMBERED) {
      const oldest = this.#ports.keys().next();
      if (oldest.done === true) return;
      this.forget(oldest.value);
    }
  }

  #drop(address: string, ports: Map<number, number>, port: number): void {
    if (!ports.delete(port)) return;
    this.#size--;
    if (ports.size === 0) this.#ports.delete(address);
  }
}
