import { Session } from 'node:inspector';

/** A stretch of a function's source, and how often it ran since the last look. */
export interface CoveredRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** One function that ran: its first range is all of it, the others are blocks within, outer ones before inner ones. */
export interface CoveredFunction {
  readonly functionName: string;
  readonly ranges: readonly CoveredRange[];
}

export interface CoveredScript {
  readonly url: string;
  readonly functions: readonly CoveredFunction[];
}

/**
 * V8's precise block coverage of this thread (`Profiler` of the inspector's protocol). Only code that is loaded after `start` is told
 * block by block. A look costs about a millisecond, so inputs are run many at a time.
 */
export class BlockCoverage {
  readonly #session = new Session();
  readonly #isWatched: (url: string) => boolean;

  /** @param isWatched whether a script, by its URL, is of interest */
  constructor(isWatched: (url: string) => boolean) {
    this.#isWatched = isWatched;
  }

  start(): void {
    this.#session.connect();
    this.#ask('Profiler.enable');
    this.#ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What ran since the last look. */
  take(): CoveredScript[] {
    const { result } = this.#ask('Profiler.takePreciseCoverage') as { result: CoveredScript[] };
    return result.filter(({ url }) => this.#isWatched(url));
  }

  stop(): void {
    this.#session.disconnect();
  }

  /** A session with its own thread answers before `post` returns. */
  #ask(method: string, parameters?: object): unknown {
    let answer: unknown;
    this.#session.post(method, parameters, (failure, result) => {
      if (failure !== null) throw new Error(`${method}: ${failure.message}`);
      answer = result;
    });
    return answer;
  }
}
