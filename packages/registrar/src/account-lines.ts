/** Does its work now or later, and calls `leave` once when it is through. */
export type Turn = (leave: () => void) => void;

/**
 * Order within one account: what comes while an earlier REGISTER is on its way to the disk stands in line, so that each
 * is judged on the bindings that its predecessor left, and 200s go out in the order of the requests.
 */
export class AccountLines {
  readonly #lines = new Map<string, Turn[]>();

  /** Turns begun or waiting. */
  get size(): number {
    let turns = 0;
    for (const line of this.#lines.values()) turns += line.length;
    return turns;
  }

  /** How many are begun or waiting for this account. */
  length(account: string): number {
    return this.#lines.get(account)?.length ?? 0;
  }

  /** Begins the turn now, or when those before it have left. */
  enter(account: string, turn: Turn): void {
    const line = this.#lines.get(account);
    if (line !== undefined) {
      line.push(turn);
      return;
    }
    this.#lines.set(account, [turn]);
    this.#begin(account, turn);
  }

  #begin(account: string, turn: Turn): void {
    let left = false;
    turn(() => {
      if (left) return;
      left = true;
      this.#next(account);
    });
  }

  #next(account: string): void {
    const line = this.#lines.get(account);
    line?.shift();
    const next = line?.[0];
    if (next === undefined) this.#lines.delete(account);
    else this.#begin(account, next);
  }
}
