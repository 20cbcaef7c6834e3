import { type Note, writeNote } from './note.ts';
import type { OutputFile, OutputFiles } from './output-file.ts';

/**
 * Notes of kinds that may come without end: a file of a long call stays small. A phone may change its law with each packet, or
 * come and go: that leaves who was recorded in its place.
 */
const CODECS_AT_MOST = 1_000;
const PARTIES_AT_MOST = 5_000;
const NOTES_AT_MOST = 5_000;

/**
 * Writes a recording's journal, line after line, one operation under way at a time. `note` costs no write: `flush` is to be
 * called a few times a second. A journal that can't be written is told once, and takes nothing more.
 */
export class JournalWriter {
  readonly #failed: (error: Error) => void;
  #file: OutputFile | undefined;
  #pending = '';
  #position = 0;
  #busy = true;
  #dead = false;
  #count = 0;
  #codecs = 0;
  #parties = 0;
  #leftOut = 0;
  #closed: (() => void) | undefined;

  constructor(options: { path: string; files: OutputFiles; failed: (error: Error) => void }) {
    this.#failed = options.failed;
    options.files.create(options.path, (made) => {
      this.#busy = false;
      if (made instanceof Error) this.#die(made);
      else this.#file = made;
      this.#next();
    });
  }

  note(note: Note): void {
    if (this.#dead) return;
    if (this.#hasRoomFor(note)) this.#pending += writeNote(note);
    else this.#leftOut++;
  }

  flush(): void {
    if (this.#pending !== '') this.#next();
  }

  /** Writes what is left, closes, and calls `closed` in a later turn; also when nothing could be written. */
  close(closed: () => void): void {
    if (this.#leftOut > 0) this.#pending += writeNote({ note: 'left-out', count: this.#leftOut });
    this.#closed = closed;
    this.#next();
  }

  #hasRoomFor({ note }: Note): boolean {
    switch (note) {
      case 'begun':
      case 'ended':
      case 'paused':
      case 'resumed':
        return true;
      case 'codec':
        return ++this.#codecs <= CODECS_AT_MOST;
      case 'from':
      case 'joined':
      case 'left':
        return ++this.#parties <= PARTIES_AT_MOST;
      default:
        return ++this.#count <= NOTES_AT_MOST;
    }
  }

  #next(): void {
    if (this.#busy) return;
    const file = this.#file;
    if (file !== undefined && this.#pending !== '' && !this.#dead) {
      const octets = Buffer.from(this.#pending);
      this.#pending = '';
      this.#busy = true;
      file.write(octets, this.#position, (error) => {
        this.#busy = false;
        if (error === undefined) this.#position += octets.length;
        else this.#die(error);
        this.#next();
      });
    } else if (this.#closed !== undefined) {
      const closed = this.#closed;
      this.#busy = true;
      this.#file = undefined;
      if (file === undefined) closed();
      else file.close(() => closed());
    }
  }

  #die(error: Error): void {
    this.#dead = true;
    this.#pending = '';
    this.#failed(error);
  }
}
