import type { Steps } from '@vats/kernel';
import type { TableRow } from '../csv/table-format.ts';
import { TableProblems } from '../csv/table-problems.ts';
import { readingTable } from '../csv/table-reader.ts';
import type { Checked, Problem } from '../problems/problem.ts';
import { disjointRanges, type NumberRange } from './disjoint-ranges.ts';
import type { RegisteredPlace, RegisterFile, RegisterTable } from './number-register.ts';
import { REGISTER_FORMAT, type RegisterLine } from './register-columns.ts';
import { registerText } from './register-text.ts';

/** A file of the register, read from the disk. */
export interface RegisterSource {
  /** As the operator named it: for problems; nothing is opened. */
  readonly name: string;
  readonly octets: Uint8Array;
}

export interface ReadRegister {
  readonly table: RegisterTable;
  readonly files: readonly RegisterFile[];
}

/** The whole of Russia is half a million; what is far beyond is no register. */
const MOST_RANGES = 2_000_000;
const NUMBERS_OF_A_CODE = 10_000_000;

interface PlacedRange extends NumberRange {
  readonly file: number;
  readonly line: number;
}

/**
 * Reads the numbering register as the regulator publishes it: some files, `;` between cells, UTF-8 or windows-1251, with or without a header.
 * Everything that is wrong is told at once, with file, line and remedy; then there is no register. What is there twice, or overlaps, is
 * warned of.
 */
export function* readingRegister(sources: readonly RegisterSource[]): Steps<Checked<ReadRegister>> {
  const reader = new RegisterReader();
  for (const source of sources) yield* reader.read(source);
  return yield* reader.outcome();
}

class RegisterReader {
  readonly #problems: TableProblems[] = [];
  readonly #files: { name: string; lines: number }[] = [];
  readonly #ranges: PlacedRange[] = [];
  readonly #places = new Interned<RegisteredPlace>();
  readonly #operators = new Interned<string>();
  #isTooLong = false;

  *read({ name, octets }: RegisterSource): Steps<void> {
    const problems = new TableProblems(name);
    this.#problems.push(problems);
    const file = { name, lines: 0 };
    this.#files.push(file);
    const text = registerText(octets);
    if (text === undefined) {
      problems.report('error', 0, 0, '', 'the file is neither in UTF-8 nor in windows-1251', 'save it as "CSV UTF-8"');
      return;
    }
    yield* readingTable(text, REGISTER_FORMAT, problems, (row) => {
      file.lines++;
      this.#enter(row, this.#files.length - 1, problems);
    });
  }

  #enter({ line, values, columnOf }: TableRow<RegisterLine>, file: number, problems: TableProblems): void {
    const { code, from, to, capacity, operator = '', region = '', territory = '' } = values;
    if (code === undefined || from === undefined || to === undefined) return;
    if (from > to) {
      const message = `the range ends at ${to}, before its beginning ${from}`;
      problems.report('error', line, columnOf('to'), 'to', message, 'write the smaller end first');
      return;
    }
    if (capacity !== undefined && capacity !== to - from + 1) {
      const message = `the range has ${to - from + 1} numbers, not ${capacity}`;
      problems.report(
        'warning',
        line,
        columnOf('capacity'),
        'capacity',
        message,
        'its ends are taken, not its capacity',
      );
    }
    if (this.#ranges.length === MOST_RANGES) {
      if (this.#isTooLong) return;
      this.#isTooLong = true;
      const remedy = 'import the files of the register only';
      problems.report('error', line, 1, '', `there are more than ${MOST_RANGES} ranges`, remedy);
      return;
    }
    const base = Number(code) * NUMBERS_OF_A_CODE;
    this.#ranges.push({
      first: base + from,
      last: base + to,
      place: this.#places.of(`${region}\n${territory}`, () => ({ region, ...(territory !== '' && { territory }) })),
      operator: this.#operators.of(operator, () => operator),
      file,
      line,
    });
  }

  *outcome(): Steps<Checked<ReadRegister>> {
    if (this.#problems.some(({ failed }) => failed)) {
      return { ok: false, problems: this.#told() };
    }
    const ranges = yield* disjointRanges(this.#ranges, (under, over) => this.#reportOverlap(under, over));
    const table = {
      first: Float64Array.from(ranges, ({ first }) => first),
      last: Float64Array.from(ranges, ({ last }) => last),
      place: Uint32Array.from(ranges, ({ place }) => place),
      operator: Uint32Array.from(ranges, ({ operator }) => operator),
      places: this.#places.all,
      operators: this.#operators.all,
    };
    return { ok: true, value: { table, files: this.#files }, warnings: this.#told() };
  }

  /** What was found in every file, in their order. */
  #told(): Problem[] {
    return this.#problems.flatMap((problems) => {
      const outcome = problems.outcome(() => undefined);
      return outcome.ok ? outcome.warnings : outcome.problems;
    });
  }

  #reportOverlap(under: PlacedRange, over: PlacedRange): void {
    const place = `${this.#files[under.file]!.name}:${under.line}`;
    const isSame = under.place === over.place && under.operator === over.operator;
    const isAll = under.first === over.first && under.last === over.last;
    const numbers = `+7${over.first} to +7${Math.min(under.last, over.last)}`;
    const [message, remedy] =
      isSame && isAll
        ? [`the range is in ${place} already`, 'keep one of the two lines']
        : isSame
          ? [`${numbers} are in ${place} already`, 'they count once']
          : [`${numbers} are in ${place} too, of another operator or region`, 'this line is believed'];
    this.#problems[over.file]!.report('warning', over.line, 1, '', message, remedy);
  }
}

/** Values that are there many times, once, by position. */
class Interned<T> {
  readonly all: T[] = [];
  readonly #positions = new Map<string, number>();

  of(key: string, make: () => T): number {
    let position = this.#positions.get(key);
    if (position === undefined) {
      position = this.all.push(make()) - 1;
      this.#positions.set(key, position);
    }
    return position;
  }
}
