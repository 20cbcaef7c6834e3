import { type Clock, ExpiringMap } from '@vats/kernel';

const SUBJECTS_REMEMBERED = 50_000;
const DAY_MS = 86_400_000;
/** How long after its last ban ended a subject's offences count on. */
const REMEMBERED_MS = 7 * DAY_MS;

/** How many bans each subject has had, counted until 7 days after the last one ended. Times are wall times in ms. */
export class Offences {
  readonly #clock: Clock;
  readonly #counts: ExpiringMap<string, number>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#counts = new ExpiringMap({ clock, limit: SUBJECTS_REMEMBERED, lifetime: REMEMBERED_MS });
  }

  /** The offences up to now, 0 for a subject without any. */
  of(subject: string): number {
    return this.#counts.get(subject) ?? 0;
  }

  /** A subject's `offence`th ban, which ends or ended at `until`. */
  note(subject: string, offence: number, until: number): void {
    const lifetime = until + REMEMBERED_MS - this.#clock.now();
    if (lifetime > 0 && offence >= this.of(subject)) this.#counts.set(subject, offence, lifetime);
  }

  /** The ban was a mistake. */
  forget(subject: string): void {
    this.#counts.delete(subject);
  }

  sweep(): void {
    this.#counts.sweep();
  }
}

/** How long the `offence`th ban is: twice as long as the one before, up to `longest`. All in ms. */
export function banTime(first: number, offence: number, longest: number): number {
  return Math.min(longest, first * 2 ** (offence - 1));
}
