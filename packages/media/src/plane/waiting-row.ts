/** What may stand in a row; in one at a time. */
export interface Waiting<Each> {
  /** The one behind it. */
  next: Each | undefined;
}

/** Some that wait one behind another. Nothing is made for one to stand in it, however many come and go. */
export class WaitingRow<Each extends Waiting<Each>> {
  size = 0;
  #first: Each | undefined;
  #last: Each | undefined;

  add(one: Each): void {
    if (this.#last === undefined) this.#first = one;
    else this.#last.next = one;
    this.#last = one;
    this.size++;
  }

  /** The first, which leaves; the row must not be empty. */
  take(): Each {
    const first = this.#first!;
    this.#first = first.next;
    if (first.next === undefined) this.#last = undefined;
    first.next = undefined;
    this.size--;
    return first;
  }

  /** All stand in another row from now on, before those who do already. */
  goBefore(row: WaitingRow<Each>): void {
    if (row === this || this.#last === undefined) return;
    this.#last.next = row.#first;
    row.#first = this.#first;
    row.#last ??= this.#last;
    row.size += this.size;
    this.#first = this.#last = undefined;
    this.size = 0;
  }
}
