import type { Endpoint } from '@vats/kernel';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { MemoryNetwork } from '@vats/sip/testing';
import { ladder } from './ladder.ts';
import type { PhoneSettings } from './phone/phone-settings.ts';
import { VirtualPhone } from './phone/virtual-phone.ts';

/** How long, in ms of the fake clock, whoever expects a message waits for it: more than any delay that scenarios order. */
const PATIENCE_MS = 400;

export type StagePhone = Omit<PhoneSettings, 'clock' | 'random' | 'network'>;

/** A scenario went otherwise than it says; the message holds the ladder of what went over the wire. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** A fake clock, a network in memory, and the phones on it. */
export class Stage {
  readonly clock = new FakeClock();
  readonly random = new SeededRandom(20_261_123);
  readonly network: MemoryNetwork;
  readonly phones: VirtualPhone[] = [];
  readonly #names = new Map<string, string>();

  constructor(options: { readonly latency?: number } = {}) {
    this.network = new MemoryNetwork(this.clock, options);
  }

  /** Puts a phone on the network, at an address that is its alone. */
  async phone(settings: StagePhone): Promise<VirtualPhone> {
    const { clock, random } = this;
    const network = this.network.host(settings.local.address);
    const phone = new VirtualPhone({ ...settings, clock, random, network });
    await phone.wire.plugIn();
    this.phones.push(phone);
    this.name(settings.local.address, settings.name);
    return phone;
  }

  /** What ladders call an address. */
  name(address: string, name: string): void {
    this.#names.set(address, name);
  }

  ladder(): string {
    return ladder(this.network.wire, (endpoint: Endpoint) => this.#names.get(endpoint.address));
  }

  /** Lets everything happen that needs no time. */
  settle(): void {
    this.clock.advance(0);
  }

  /** Lets time pass, `milliseconds` of it, for what runs on the clock alone. */
  passes(milliseconds: number): void {
    this.clock.advance(milliseconds);
  }

  /** Lets time pass until `happened`, but no longer than patience lasts; answers whether it did. */
  until(happened: () => boolean, patience = PATIENCE_MS): boolean {
    this.settle();
    const deadline = this.clock.monotonic() + patience;
    while (!happened()) {
      const next = this.clock.next;
      const left = deadline - this.clock.monotonic();
      if (next === undefined || next > left) return false;
      this.clock.advance(next);
    }
    return true;
  }

  /** As `until`, for what waits for promises (the store's) as well. */
  async eventually(happened: () => boolean, turns = 100): Promise<boolean> {
    const deadline = this.clock.monotonic() + PATIENCE_MS;
    for (let turn = 0; turn < turns && !happened(); turn++) {
      // A whole turn of the event loop: promises of workers and files need more than microtasks.
      await new Promise((resolve) => setImmediate(resolve));
      this.until(happened, Math.min(20, deadline - this.clock.monotonic()));
    }
    return happened();
  }

  fail(what: string): never {
    throw new ScenarioError(`${what}\n\n${this.ladder()}\n`);
  }

  async close(): Promise<void> {
    for (const phone of this.phones) await phone.wire.unplug();
    this.settle();
  }
}
