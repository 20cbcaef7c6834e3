import type { Random } from '@vats/kernel';
import type { BlockCoverage } from './coverage.ts';
import { type Material, mutated } from './mutate.ts';
import { SeenBlocks } from './seen-blocks.ts';
import { shrunk } from './shrink.ts';
import type { Target } from './target.ts';

const LONGEST = 4_096;
/** Inputs between two looks at the coverage: so many at first, and twice as many after each look that told nothing new. */
const BATCH = 64;
const LARGEST_BATCH = 1_024;
/** Different faults after which there is nothing to be learnt any more. */
const FAULTS_LIMIT = 20;

/** An input that broke what must hold. */
export interface Fault {
  /** The error's message. */
  readonly what: string;
  /** As short as it could be made. */
  readonly octets: Buffer;
  /** Executions until it was found. */
  readonly after: number;
}

/** Where a look at what ran is taken. */
export type Coverage = Pick<BlockCoverage, 'take'>;

export interface FuzzOptions {
  readonly target: Target;
  readonly random: Random;
  /** Inputs from disk. */
  readonly corpus: readonly Buffer[];
  /** Undefined: inputs are changed blindly, and none is kept. */
  readonly coverage: Coverage | undefined;
  /** Ends with the first fault. */
  readonly stopsAtFault?: boolean;
}

export interface FuzzReport {
  readonly executions: number;
  readonly faults: readonly Fault[];
  /** Those of the corpus and those that were found: each runs something that no earlier one did. */
  readonly kept: readonly Buffer[];
  /** Characters of the watched source that ran. */
  readonly covered: number;
}

/**
 * Changes inputs by chance and keeps each that makes something run that never ran before, so that the next step needs one more lucky
 * change and not all of them at once. With the same target, corpus and random numbers it does the same again.
 */
export class Fuzzer {
  readonly #options: FuzzOptions;
  readonly #seen = new SeenBlocks();
  readonly #faults = new Map<string, Fault>();
  /** What changes begin with. */
  readonly #pool: Buffer[] = [];
  #executions = 0;
  #batchSize = BATCH;

  constructor(options: FuzzOptions) {
    this.#options = options;
  }

  /** @param runs executions, those of the corpus included */
  run(runs: number): FuzzReport {
    const { corpus, coverage, target, stopsAtFault = false } = this.#options;
    coverage?.take();
    const begun = [...target.seeds.map((seed) => Buffer.from(seed as string, 'latin1')), ...corpus];
    if (begun.length === 0) begun.push(Buffer.alloc(0));
    for (const octets of begun) this.#runOne(octets);
    while (this.#executions < runs && this.#faults.size < (stopsAtFault ? 1 : FAULTS_LIMIT)) {
      this.#batch(Math.min(this.#batchSize, runs - this.#executions));
    }
    return {
      executions: this.#executions,
      faults: [...this.#faults.values()],
      kept: this.#pool,
      covered: this.#seen.size,
    };
  }

  /** Inputs to begin with are all changed, even when they are much like one another; without guidance no others ever are. */
  #runOne(octets: Buffer): void {
    const { coverage } = this.#options;
    this.#execute(octets);
    const grows = coverage === undefined || this.#seen.note(coverage.take());
    if (grows || this.#pool.length === 0) this.#pool.push(octets);
  }

  #batch(size: number): void {
    const { coverage } = this.#options;
    const inputs: Buffer[] = [];
    for (let i = 0; i < size; i++) {
      const input = this.#input();
      this.#execute(input);
      inputs.push(input);
    }
    if (coverage === undefined) return;
    const ran = coverage.take();
    if (this.#seen.additions(ran) === 0) {
      this.#batchSize = Math.min(LARGEST_BATCH, 2 * this.#batchSize);
      return;
    }
    this.#batchSize = BATCH;
    this.#keepNew(inputs, coverage);
    // What none of them runs by itself hangs on what ran before it: looked for again it would cost a search in every batch.
    this.#seen.note(ran);
  }

  /** Of inputs that run something new together, keeps those that do by themselves. */
  #keepNew(inputs: readonly Buffer[], coverage: Coverage): void {
    if (inputs.length === 1) {
      this.#attempt(inputs[0]!);
      if (this.#seen.note(coverage.take())) this.#pool.push(inputs[0]!);
      return;
    }
    const half = inputs.length >> 1;
    for (const part of [inputs.slice(0, half), inputs.slice(half)]) {
      if (part.length === 1 || this.#runsNew(part, coverage)) this.#keepNew(part, coverage);
    }
  }

  #runsNew(inputs: readonly Buffer[], coverage: Coverage): boolean {
    for (const input of inputs) this.#attempt(input);
    return this.#seen.additions(coverage.take()) > 0;
  }

  #input(): Buffer {
    const { random, target } = this.#options;
    const { words, longest = LONGEST } = target;
    const material: Material = { random, words, longest, other: this.#chosen() };
    return mutated(this.#chosen(), material);
  }

  /** Half of the time one of those that were found last: they lead where nobody has been. */
  #chosen(): Buffer {
    const { random } = this.#options;
    const { length } = this.#pool;
    const recent = random.below(2) === 0 ? Math.min(length, 16) : length;
    return this.#pool[length - 1 - random.below(recent)]!;
  }

  #execute(octets: Buffer): void {
    this.#executions++;
    const what = this.#attempt(octets);
    if (what === undefined || this.#faults.has(kindOf(what))) return;
    const short = shrunk(octets, (candidate) => {
      const again = this.#attempt(candidate);
      return again !== undefined && kindOf(again) === kindOf(what);
    });
    this.#faults.set(kindOf(what), { what, octets: short, after: this.#executions });
  }

  /** What went wrong, if anything did. */
  #attempt(octets: Buffer): string | undefined {
    try {
      this.#options.target.run(octets);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** Faults that differ in what they quote alone are one. */
function kindOf(what: string): string {
  return what.replace(/["'`].*|\d+/gs, '#');
}
