/**
 * Counts what is alive: timers, transactions, dialogs, ports, files, calls. Each owner enrols how it counts its own;
 * `vats status` shows the numbers and a test asks that nothing is left over.
 */
export class Ledger {
  readonly #counts = new Map<string, () => number>();

  /** Enrols `count` under `name`. Several owners may share a name: their numbers are added. */
  enrol(name: string, count: () => number): void {
    const before = this.#counts.get(name);
    this.#counts.set(name, before === undefined ? count : () => before() + count());
  }

  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].map(([name, count]) => [name, count()]));
  }

  /** Names and numbers of what is not zero, as 'dialogs: 2', `except` left out; [] is what a test wants to see. */
  leftovers(except: readonly string[] = []): string[] {
    return Object.entries(this.counts())
      .filter(([name, count]) => count !== 0 && !except.includes(name))
      .map(([name, count]) => `${name}: ${count}`);
  }
}
