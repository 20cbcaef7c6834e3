import type { RunningTimer, TimerOwner, TimerQueues } from './timer-queues.ts';
import type { TimerName } from './timers.ts';

/**
 * What an event does: the state that follows (perhaps the same one), then the effects in their order. Sending comes last,
 * because it may fail at once, which is the next event.
 */
export type Move<State extends string, Effect extends string> = readonly [next: State, ...effects: Effect[]];

/**
 * A state machine as data, to be held against the RFC's figure. A timer runs while the machine is in a state that lists
 * it: it starts with the first such state, runs on through the next one if that lists it too, and ends with the last.
 * An event without a row is ignored. `terminated` is where every path ends.
 */
export type Machine<State extends string, Event extends string, Effect extends string, Timer extends TimerName> = {
  readonly [S in State]: Rules<State, Event, Effect, Timer>;
};

/** What happens in one state. */
interface Rules<State extends string, Event extends string, Effect extends string, Timer extends TimerName> {
  readonly timers: readonly Timer[];
  readonly on: { readonly [E in Event | Timer]?: Move<State, Effect> };
}

/**
 * Runs a machine: keeps its state and timers, and leaves the effects to whoever extends it. The state has changed and
 * its timers run before the first effect, so an effect may bring the next event.
 */
export abstract class MachineDriver<
  State extends string,
  Event extends string,
  Effect extends string,
  Timer extends TimerName,
> implements TimerOwner
{
  readonly #machine: Machine<State | 'terminated', Event, Effect, Timer>;
  readonly #queues: TimerQueues;
  #state: State | 'terminated';
  /** What the machine says of the state. */
  #rules: Rules<State | 'terminated', Event, Effect, Timer>;
  // No state has more than two timers.
  #one: RunningTimer | undefined = undefined;
  #other: RunningTimer | undefined = undefined;

  constructor(machine: Machine<State | 'terminated', Event, Effect, Timer>, queues: TimerQueues, first: State) {
    this.#machine = machine;
    this.#queues = queues;
    this.#state = first;
    this.#rules = machine[first];
  }

  get state(): State | 'terminated' {
    return this.#state;
  }

  onTimer(timer: RunningTimer): void {
    if (this.#one === timer) this.#one = undefined;
    else this.#other = undefined;
    this.handle(timer.name as Timer);
  }

  /** How long a timer runs in milliseconds: 0 means that it fires with the entry of its state, Infinity never. */
  protected abstract duration(timer: Timer): number;
  protected abstract perform(effect: Effect): void;
  /** The machine has terminated, and its last effects are done. */
  protected abstract ended(): void;

  /** True when the event means something in this state. */
  protected takes(event: Event): boolean {
    return this.#rules.on[event] !== undefined;
  }

  /** Starts the timers of the first state. */
  protected begin(): void {
    for (const name of this.#rules.timers) this.start(name, this.duration(name));
  }

  protected handle(event: Event | Timer): void {
    const move = this.#rules.on[event];
    if (move === undefined) return;
    const next = move[0];
    const due = next === this.#state ? undefined : this.#enter(next);
    for (let i = 1; i < move.length; i++) this.perform(move[i] as Effect);
    if (next === 'terminated') this.ended();
    if (due !== undefined && this.#state === next) this.handle(due);
  }

  /** Leaves for `terminated` without effects. */
  protected stop(): void {
    if (this.#state === 'terminated') return;
    this.#enter('terminated');
    this.ended();
  }

  /** Starts a timer, again if its event has just come. */
  protected start(name: Timer, milliseconds: number): void {
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    const timer = this.#queues.start(this, name, milliseconds);
    if (this.#one === undefined) this.#one = timer;
    else this.#other = timer;
  }

  /** Changes state and timers. Answers the timer that is due at once, if there is one. */
  #enter(next: State | 'terminated'): Timer | undefined {
    const before = this.#rules.timers;
    this.#state = next;
    this.#rules = this.#machine[next];
    const { timers } = this.#rules;
    this.#one = this.#stopUnless(timers, this.#one);
    this.#other = this.#stopUnless(timers, this.#other);
    let due: Timer | undefined;
    for (const name of timers) {
      if (before.includes(name)) continue;
      const duration = this.duration(name);
      if (duration === 0) due ??= name;
      else this.start(name, duration);
    }
    return due;
  }

  #stopUnless(listed: readonly Timer[], timer: RunningTimer | undefined): RunningTimer | undefined {
    if (timer === undefined || listed.includes(timer.name as Timer)) return timer;
    this.#queues.stop(timer);
    return undefined;
  }
}
