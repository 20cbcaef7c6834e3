import type { Cancel, Clock, Random } from '@vats/kernel';
import { type Flow, KEEP_ALIVE, type SipResponse } from '@vats/sip';

/** Below the shortest life of a mapping that routers give UDP (RFC 4787 §4.3 asks for 2 min, many take 30 s). */
const INTERVAL_MS = 25_000;
/** What a Flow-Timer may ask for; less would have us send without end, more would not hold any NAT open. */
const [TIMER_LEAST_S, TIMER_MOST_S] = [10, 3_600];
/** A pong that takes longer is none (RFC 5626 §4.4.1). */
const PONG_MS = 10_000;

/** What was agreed on about keeping a flow open. */
export interface Hold {
  /** Seconds after which the peer takes the flow for dead (RFC 5626 §5.4); undefined where it did not say. */
  readonly flowTimer: number | undefined;
  /** The peer has promised to answer pings on a connection: it speaks RFC 5626. */
  readonly isAnswered: boolean;
}

/** What a 2xx to our REGISTER says of it. */
export function holdOf(response: SipResponse): Hold {
  const text = response.value('Flow-Timer')?.trim() ?? '';
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const isAnswered = response.require.some((tag) => tag.toLowerCase() === 'outbound');
  return {
    flowTimer: seconds === 0 ? undefined : Math.min(Math.max(seconds, TIMER_LEAST_S), TIMER_MOST_S),
    isAnswered,
  };
}

/**
 * Keeps one flow of ours open through a NAT or firewall on our side: a double CRLF now and then, within what the peer's Flow-Timer
 * allows (RFC 5626 §4.4.1). Tells when a connection's peer that promised to answer does not.
 */
export class FlowHold {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #failed: (flow: Flow) => void;
  #flow: Flow | undefined;
  #hold: Hold = { flowTimer: undefined, isAnswered: false };
  #stop: Cancel = () => {};
  #stopPong: Cancel = () => {};

  constructor(clock: Clock, random: Random, failed: (flow: Flow) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#failed = failed;
  }

  /** This flow from now on, and no other; undefined: none. */
  keep(flow: Flow | undefined, hold: Hold = { flowTimer: undefined, isAnswered: false }): void {
    const isSame = flow !== undefined && this.#flow?.id === flow.id && this.#flow.open;
    const isAlike = hold.flowTimer === this.#hold.flowTimer;
    this.#hold = hold;
    if (isSame && isAlike) return;
    this.#stop();
    this.#stopPong();
    this.#flow = flow;
    if (flow !== undefined) this.#wait();
  }

  /** Between 80 and 100 % of the Flow-Timer, at random, so that clients do not come all at once. */
  #interval(): number {
    const { flowTimer } = this.#hold;
    if (flowTimer === undefined) return INTERVAL_MS;
    return flowTimer * 800 + this.#random.below(flowTimer * 200);
  }

  #wait(): void {
    this.#stop = this.#clock.after(this.#interval(), () => {
      const flow = this.#flow;
      if (flow?.open !== true) return;
      flow.send(KEEP_ALIVE);
      if (this.#hold.isAnswered && flow.pongsDue !== undefined) this.#awaitPong(flow);
      this.#wait();
    });
  }

  #awaitPong(flow: Flow): void {
    this.#stopPong();
    this.#stopPong = this.#clock.after(PONG_MS, () => {
      if (this.#flow === flow && flow.open && (flow.pongsDue ?? 0) > 0) this.#failed(flow);
    });
  }
}
