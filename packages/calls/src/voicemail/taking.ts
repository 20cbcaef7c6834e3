import type { CallContext } from '../call-context.ts';
import type { Draft } from './mailboxes.ts';
import type { SoloEnd } from './solo-recorder.ts';

/** What is kept of it. */
export interface Kept {
  readonly id: string;
  readonly durationMs: number;
  readonly urgent: boolean;
}

/**
 * What a caller records for a mailbox, as often as they like: the last recording that is long enough is the one that counts, until
 * another one is. Nothing is lost when they hang up while it runs.
 */
export class Taking {
  urgent = false;
  readonly #call: Pick<CallContext, 'solo'>;
  readonly #leastMs: number;
  /** To be recorded, or being recorded. */
  #draft: Draft | undefined;
  #recorded: { readonly draft: Draft; readonly durationMs: number } | undefined;
  #atLast: ((kept: Kept | undefined) => void) | undefined;

  /** @param leastMs what turns out to be shorter does not count */
  constructor(call: Pick<CallContext, 'solo'>, leastMs: number) {
    this.#call = call;
    this.#leastMs = leastMs;
  }

  /** What was recorded last, and is long enough. */
  get recorded(): Draft | undefined {
    return this.#recorded?.draft;
  }

  /** This will be recorded next. */
  hold(draft: Draft): void {
    this.#draft?.drop();
    this.#draft = draft;
  }

  /**
   * Records what is held, until it is stopped, is as long as it may become, or nothing was heard for `quietMs`.
   *
   * @param then told once, whether it is long enough, and why it ended
   * @returns false where nothing can be recorded
   */
  record(quietMs: number, then: (counts: boolean, why: SoloEnd['why']) => void): boolean {
    const draft = this.#draft;
    if (draft === undefined) return false;
    return this.#call.solo.begin(draft, quietMs, (end) => {
      const counts = this.#ended(draft, end);
      if (this.#atLast === undefined) then(counts, end.why);
      else this.#atLast(this.keep());
    });
  }

  stop(): void {
    this.#call.solo.stop('stopped');
  }

  /** The caller has had their say. */
  keep(): Kept | undefined {
    this.#draft?.drop();
    this.#draft = undefined;
    const recorded = this.#recorded;
    this.#recorded = undefined;
    if (recorded === undefined) return undefined;
    const { draft, durationMs } = recorded;
    const { urgent } = this;
    draft.keep({ durationMs, urgent });
    return { id: draft.id, durationMs, urgent };
  }

  /** Nothing of it is wanted. */
  forget(): void {
    this.#recorded?.draft.drop();
    this.#recorded = undefined;
    this.keep();
  }

  /** The caller has left: what there is counts. @param then told once, perhaps later, where a recording ends first */
  end(then: (kept: Kept | undefined) => void): void {
    if (this.#atLast !== undefined) return;
    this.#atLast = then;
    if (!this.#call.solo.runs) then(this.keep());
  }

  #ended(draft: Draft, { durationMs, why }: SoloEnd): boolean {
    this.#draft = undefined;
    if (why === 'failed' && durationMs === 0) {
      draft.leave();
      return false;
    }
    if (durationMs < this.#leastMs || durationMs === 0) {
      draft.drop();
      return false;
    }
    this.#recorded?.draft.drop();
    this.#recorded = { draft, durationMs };
    return true;
  }
}
