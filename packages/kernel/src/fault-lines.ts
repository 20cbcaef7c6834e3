import type { Clock } from './clock.ts';
import { LineBudget } from './line-budget.ts';
import type { Log, LogFields } from './log.ts';

/**
 * Writes the log lines of our own faults, of which one message a stranger sends again and again may be the cause: one a second for each
 * place in the code, some twenty a second in all; how many are missing is told as by every `LineBudget`.
 */
export class FaultLines {
  readonly #log: Log;
  readonly #lines: LineBudget;

  constructor(clock: Clock, log: Log) {
    this.#log = log;
    this.#lines = new LineBudget(clock, log);
  }

  /**
   * @param error or its stack, where it was thrown in another thread
   * @param fields what beside it is worth knowing
   */
  tell(event: string, error: unknown, fields: LogFields = {}): void {
    if (!this.#lines.allows(`${event} ${placeOf(error)}`)) return;
    this.#log.error(event, { ...fields, error: error instanceof Error ? error.stack : String(error) });
  }
}

/** Where it was thrown, as far as it says; what it says itself may hold a stranger's words. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? error.stack : String(error);
  return (
    stack
      ?.split('\n')
      .find((line) => /^\s+at /.test(line))
      ?.trim() ?? ''
  );
}
