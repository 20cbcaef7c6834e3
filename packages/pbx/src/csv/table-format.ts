/** A cell that is wrong: what is the matter, and what to write. */
export interface CellFault {
  readonly message: string;
  readonly remedy: string;
}

/** A column of a table. */
export interface TableColumn<Values, Key extends keyof Values = keyof Values> {
  readonly key: Key;
  /** What the header calls it, in small letters; the first is what we write ourselves, and what messages say. */
  readonly names: readonly string[];
  /** No line may leave it empty. */
  readonly required?: boolean;
  /** A cell that is not empty. */
  read(text: string): Values[Key] | CellFault;
}

/** What a kind of table looks like. */
export interface TableFormat<Values> {
  /** In the order of a file without header. */
  readonly columns: readonly TableColumn<Values>[];
  /** What a line of it is: 'rate'. */
  readonly row: string;
  /** Whether the first line is a row already; files without a header have the columns in our order. */
  isRow(cells: readonly string[]): boolean;
  /** A header to write. */
  readonly header: string;
  /** A line to write, for who has none. */
  readonly example: string;
  /** A cell that does not begin with a quote may have some in it: ПАО "МТС". Else they are a fault. */
  readonly looseQuotes?: boolean;
}

/** A line of a table. What is empty or has no column is not there. */
export interface TableRow<Values> {
  /** 1-based. */
  readonly line: number;
  readonly values: Partial<Values>;
  /** Where the cell begins, 1-based, in characters; 1 where there is no such column. */
  columnOf(key: keyof Values): number;
}

export function isCellFault(value: unknown): value is CellFault {
  return typeof value === 'object' && value !== null && 'message' in value && 'remedy' in value;
}

/** A column among others of its table, whatever it holds. */
export function tableColumn<Values, Key extends keyof Values>(column: TableColumn<Values, Key>): TableColumn<Values> {
  return column as unknown as TableColumn<Values>;
}
