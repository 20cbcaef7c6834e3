import type { Cancel, Clock } from '@vats/kernel';

/** What makes sound at a steady pace: `turn` is called once every 20 ms. */
export interface Paced {
  turn(): void;
  /** So many turns before the next one will never come: the time that they were for is over. */
  missed(turns: number): void;
  /** A turn threw: it gets no more of them. */
  fail(detail: string): void;
}

/** Of one turn. */
export const TURN_MS = 20;
/**
 * Turns are spread over so many moments, so that a thousand players don't keep the thread for themselves at once. The distance of two is
 * that of a busy worker's wake-ups, so that they need none of their own.
 */
const PHASES = 10;
const PHASE_MS = TURN_MS / PHASES;
/** While there are fewer than this in a moment, no other is opened: each costs the thread a wake-up. */
const ENOUGH_FOR_A_PHASE = 32;
/** Turns that are made up for after the thread was kept from its work; what is missed beyond is left out. */
const MOST_LATE_TURNS = 5;
/**
 * Timers count in whole milliseconds of a time that may have been looked up one ago. One that fires as much too early has come for
 * the moment that is due, rather than for nothing.
 */
const TIMER_STEP_MS = 1;

interface Phase {
  readonly members: Set<Paced>;
  /** When its next turn is due. */
  due: number;
}

/**
 * Gives all players of a thread their turns from one timer, on a grid of 20 ms by the clock: a timer that fires late is followed by
 * a shorter one, so nothing drifts. After a stop of the thread up to five turns are made up for at once, so that listeners' jitter
 * buffers, which emptied meanwhile, fill again. More would overflow them: turns that are later than that are `missed`, and the
 * players' sound goes on behind a gap as long, in time with the clock.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #phases: readonly Phase[];
  readonly #phaseOf = new Map<Paced, Phase>();
  #cancel: Cancel | undefined;
  #scheduledFor = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#phases = Array.from({ length: PHASES }, () => ({ members: new Set<Paced>(), due: 0 }));
  }

  /** Players that get turns now. */
  get size(): number {
    return this.#phaseOf.size;
  }

  /** Its first turn comes within 20 ms, never from inside this call. */
  add(player: Paced): void {
    if (this.#phaseOf.has(player)) return;
    const phase = this.#emptiest();
    if (phase.members.size === 0) phase.due = this.#nextOnGrid(this.#phases.indexOf(phase));
    phase.members.add(player);
    this.#phaseOf.set(player, phase);
    this.#schedule();
  }

  remove(player: Paced): void {
    this.#phaseOf.get(player)?.members.delete(player);
    this.#phaseOf.delete(player);
    if (this.#phaseOf.size === 0) this.close();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #emptiest(): Phase {
    let best: Phase | undefined;
    for (const phase of this.#phases) {
      const { size } = phase.members;
      if (size > 0 && size < ENOUGH_FOR_A_PHASE) return phase;
      if (best === undefined || size < best.members.size) best = phase;
    }
    return best!;
  }

  /** The grid is the clock's own: all phases keep their distance from one another. */
  #nextOnGrid(index: number): number {
    const offset = index * PHASE_MS;
    return (Math.floor((this.#clock.monotonic() - offset) / TURN_MS) + 1) * TURN_MS + offset;
  }

  #schedule(): void {
    let due = Number.POSITIVE_INFINITY;
    for (const phase of this.#phases) if (phase.members.size > 0) due = Math.min(due, phase.due);
    if (due === Number.POSITIVE_INFINITY || (this.#cancel !== undefined && this.#scheduledFor <= due)) return;
    this.#cancel?.();
    this.#scheduledFor = due;
    this.#cancel = this.#clock.after(Math.max(0, due - this.#clock.monotonic()), () => {
      this.#cancel = undefined;
      this.#serve(due);
      this.#schedule();
    });
  }

  #serve(scheduledFor: number): void {
    const now = this.#clock.monotonic();
    const served = now >= scheduledFor - TIMER_STEP_MS ? Math.max(now, scheduledFor) : now;
    for (const phase of this.#phases) {
      if (phase.members.size === 0 || phase.due > served) continue;
      const late = Math.floor((served - phase.due) / TURN_MS) + 1;
      phase.due += late * TURN_MS;
      if (late > MOST_LATE_TURNS) this.#each(phase, (player) => player.missed(late - MOST_LATE_TURNS));
      for (let turn = 0; turn < Math.min(late, MOST_LATE_TURNS); turn++) this.#each(phase, TURN);
    }
  }

  #each(phase: Phase, act: (player: Paced) => void): void {
    for (const player of phase.members) {
      try {
        act(player);
      } catch (error) {
        this.remove(player);
        player.fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
    }
  }
}

const TURN = (player: Paced): void => player.turn();
