/** A second signal within this time is the same Ctrl-C arriving by another way (terminal and npm), not an impatient person. */
const SAME_SIGNAL_MS = 500;

/** SIGTERM and SIGINT as a person or supervisor means them. They are caught from the beginning, also while the switch starts. */
export class StopSignals {
  readonly #come: NodeJS.Signals[] = [];
  #waiting: ((signal: NodeJS.Signals) => void)[] = [];
  #lastAt: number | undefined;

  constructor() {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#note(signal));
  }

  /** Resolves with the next signal that is not an echo of the one before. */
  next(): Promise<NodeJS.Signals> {
    const come = this.#come.shift();
    if (come !== undefined) return Promise.resolve(come);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #note(signal: NodeJS.Signals): void {
    const now = performance.now();
    const echo = this.#lastAt !== undefined && now - this.#lastAt < SAME_SIGNAL_MS;
    this.#lastAt ??= now;
    if (echo) return;
    this.#lastAt = now;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#come.push(signal);
    else waiting(signal);
  }
}
