import type { DialogOwner } from './context.ts';
import type { Dialog } from './dialog.ts';

/**
 * The dialogs, by what finds them (RFC 3261 §12). The local tag alone tells nearly all of them apart, for it is ours and
 * random; only the forks of one INVITE share theirs, and stand in a row.
 */
export class DialogTable {
  readonly #first = new Map<string, Dialog>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find(callId: string, localTag: string, remoteTag: string): DialogOwner | undefined {
    let dialog = this.#first.get(localTag);
    while (dialog !== undefined && !(dialog.remoteTag === remoteTag && dialog.callId === callId)) dialog = dialog.next;
    return dialog?.owner;
  }

  *owners(): Iterable<DialogOwner> {
    for (const first of this.#first.values()) {
      for (let dialog: Dialog | undefined = first; dialog !== undefined; dialog = dialog.next) {
        if (dialog.owner !== undefined) yield dialog.owner;
      }
    }
  }

  /** Puts the owner's dialog in, or takes it over from its owner before. */
  set(owner: DialogOwner): void {
    const { dialog } = owner;
    if (dialog.owner === undefined) {
      dialog.next = this.#first.get(dialog.localTag);
      this.#first.set(dialog.localTag, dialog);
      this.#size++;
    }
    dialog.owner = owner;
  }

  delete(dialog: Dialog): void {
    if (dialog.owner === undefined) return;
    dialog.owner = undefined;
    this.#size--;
    const { localTag, next } = dialog;
    dialog.next = undefined;
    let before = this.#first.get(localTag);
    if (before !== dialog) {
      while (before !== undefined && before.next !== dialog) before = before.next;
      if (before !== undefined) before.next = next;
    } else if (next === undefined) this.#first.delete(localTag);
    else this.#first.set(localTag, next);
  }
}
