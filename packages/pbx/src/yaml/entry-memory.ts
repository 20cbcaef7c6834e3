/** What knows entries of lists from an earlier reading, by their text. */
export interface EntryMemory<File> {
  /** Told what the file says outside its lists, before it is asked. */
  begin(head: File): void;
  /** The name under which it would know the text of an entry or of a run of them; undefined for a list of which it knows nothing. */
  nameOf(list: string, text: string): string | undefined;
  find(name: string): object | undefined;
  /** An entry that was read and found good. */
  note(name: string, entry: object): void;
  /** The entries of a run, if all of them are known. */
  findRun(name: string): readonly object[] | undefined;
  /** A run that was read and found good, and its entries' names. */
  noteRun(name: string, entries: readonly string[]): void;
}
