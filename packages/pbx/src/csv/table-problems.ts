import { type Checked, type Problem, sortProblems } from '../problems/problem.ts';

/** Problems told; what is beyond is counted. */
const MOST_PROBLEMS = 50;

/** What is wrong with a table, as much of it as a person reads. */
export class TableProblems {
  readonly #file: string;
  readonly #told: Problem[] = [];
  #untold = 0;
  #failed = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Whether there is an error among them. */
  get failed(): boolean {
    return this.#failed;
  }

  /** @param line 0 for the file as a whole */
  report(
    severity: Problem['severity'],
    line: number,
    column: number,
    path: string,
    message: string,
    remedy: string,
  ): void {
    this.add({ severity, file: this.#file, line, column, path, message, remedy });
  }

  add(problem: Problem): void {
    const isFirstError = problem.severity === 'error' && !this.#failed;
    if (problem.severity === 'error') this.#failed = true;
    if (this.#told.length < MOST_PROBLEMS || isFirstError) this.#told.push(problem);
    else this.#untold++;
  }

  /** `make` is asked only for a table without errors. */
  outcome<T>(make: () => T): Checked<T> {
    const problems = sortProblems(this.#told);
    if (this.#untold > 0) {
      const message = `${this.#untold} more problems are not shown`;
      const severity = this.#failed ? 'error' : 'warning';
      problems.push({ severity, file: this.#file, line: 0, column: 0, path: '', message });
    }
    return this.#failed ? { ok: false, problems } : { ok: true, value: make(), warnings: problems };
  }
}
