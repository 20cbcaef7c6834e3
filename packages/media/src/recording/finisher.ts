import type { Cancel, Clock } from '@vats/kernel';
import type { FinishedRecording } from './finish-recording.ts';

/** What crosses to the thread: a `FinishOrder`, its key in base64. */
export interface FinishTask {
  readonly path: string;
  readonly key?: string;
  readonly unconverted?: string;
}

export type FinishReport =
  | { readonly ok: true; readonly finished: FinishedRecording }
  /** `notEncoded`: its sound is good, and could not be put into its format. */
  | { readonly ok: false; readonly error: string; readonly notEncoded?: boolean };

/** The thread that finishes recordings: works on one task at a time and answers each with one report. */
export interface FinishLink {
  post(task: FinishTask): void;
  close(): void;
}

export type StartFinishing = (user: { report(report: FinishReport): void; died(detail: string): void }) => FinishLink;

/** Recordings that may wait; what comes when there are more is refused. */
const WAITING_AT_MOST = 10_000;
/** An idle thread is ended after so long. */
const IDLE_MS = 30_000;

interface Waiting extends FinishTask {
  readonly done: (report: FinishReport) => void;
}

/**
 * Finishes recordings one after the other, in a thread of low priority that is there only while there is something to do. A
 * thread that dies of a recording is given it once more, to be left in the format that it is in.
 */
export class Finisher {
  readonly #clock: Clock;
  readonly #start: StartFinishing;
  readonly #waiting: Waiting[] = [];
  readonly #idle: (() => void)[] = [];
  #link: FinishLink | undefined;
  #now: Waiting | undefined;
  #cancelIdle: Cancel | undefined;
  #closed = false;

  constructor(options: { clock: Clock; start: StartFinishing }) {
    this.#clock = options.clock;
    this.#start = options.start;
  }

  /** Recordings that are being finished or wait for it. */
  get size(): number {
    return this.#waiting.length + (this.#now === undefined ? 0 : 1);
  }

  /** Finishes one; `done` comes once, in a later turn. False when too many wait, or it is closed: then it never comes. */
  add(task: FinishTask, done: (report: FinishReport) => void): boolean {
    if (this.#closed || this.#waiting.length >= WAITING_AT_MOST) return false;
    this.#waiting.push({ ...task, done });
    this.#next();
    return true;
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /**
   * Takes no more, and ends the thread when what waits is done, or after so long: what is not finished then is at the next
   * start, from its journal.
   */
  async close(withinMs: number): Promise<void> {
    this.#closed = true;
    let cancel: Cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#clock.after(withinMs, resolve);
    });
    await Promise.race([this.idle(), late]);
    cancel();
    this.#waiting.length = 0;
    this.#now = undefined;
    this.#endThread();
  }

  #next(): void {
    if (this.#now !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve();
      if (!this.#closed && this.#link !== undefined) {
        this.#cancelIdle ??= this.#clock.after(IDLE_MS, () => this.#endThread());
      }
      return;
    }
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    this.#now = next;
    this.#link ??= this.#start({ report: (report) => this.#report(report), died: (detail) => this.#died(detail) });
    const { done: _, ...task } = next;
    this.#link.post(task);
  }

  #report(report: FinishReport): void {
    const done = this.#now?.done;
    this.#now = undefined;
    done?.(report);
    this.#next();
  }

  #died(detail: string): void {
    this.#link = undefined;
    const task = this.#now;
    if (task === undefined) return;
    if (task.unconverted === undefined) {
      this.#now = undefined;
      this.#waiting.unshift({ ...task, unconverted: `the encoder's thread died: ${detail}` });
      this.#next();
    } else {
      this.#report({ ok: false, error: detail });
    }
  }

  #endThread(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    this.#link?.close();
    this.#link = undefined;
  }
}
