import type { Cancel, Clock } from '@vats/kernel';
import { type Flow, KEEP_ALIVE } from '@vats/sip';

/** Below the shortest life of a mapping that routers give UDP (RFC 4787 §4.3 asks for 2 min, many take 30 s). */
const INTERVAL_MS = 25_000;

/** Keeps one flow of ours open through a NAT or firewall on our side: a double CRLF now and then (RFC 5626 §3.5.1). */
export class FlowHold {
  readonly #clock: Clock;
  #flow: Flow | undefined;
  #stop: Cancel = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** This flow from now on, and no other; undefined: none. */
  keep(flow: Flow | undefined): void {
    if (flow !== undefined && this.#flow?.id === flow.id && this.#flow.open) return;
    this.#stop();
    this.#flow = flow;
    if (flow !== undefined) this.#wait();
  }

  #wait(): void {
    this.#stop = this.#clock.after(INTERVAL_MS, () => {
      if (this.#flow?.open !== true) return;
      this.#flow.send(KEEP_ALIVE);
      this.#wait();
    });
  }
}
