import type { CallContext } from './call-context.ts';
import type { Leg } from './leg.ts';
import type { RecordingTerms } from './parts.ts';
import { BEEP, type SaidEnd, type Sound } from './speaker.ts';

/** The built-in prompt, and the name by which a domain puts its own in place. */
export const ANNOUNCEMENT = 'call-is-recorded';

/**
 * What both sides of a call hear before it is recorded: that it is, or a beep. They hear it at the same time and not each other, so
 * that nobody speaks to somebody who can't hear it. Where the announcement can't be played there is the beep.
 */
export class RecordingNotice {
  readonly #call: Pick<CallContext, 'origin' | 'parts' | 'log' | 'emit' | 'speaker'>;
  readonly #kind: NonNullable<RecordingTerms['announce']>;
  readonly #then: () => void;
  /** Who still hears it. */
  readonly #hearing: Set<Leg>;

  /** @param then called once, when all have heard it */
  constructor(
    call: Pick<CallContext, 'origin' | 'parts' | 'log' | 'emit' | 'speaker'>,
    legs: readonly Leg[],
    kind: NonNullable<RecordingTerms['announce']>,
    then: () => void,
  ) {
    this.#call = call;
    this.#kind = kind;
    this.#then = then;
    this.#hearing = new Set(legs);
  }

  begin(): void {
    const { parts, origin, speaker } = this.#call;
    const file = this.#kind === 'beep' ? undefined : parts.prompt?.(origin.domain, ANNOUNCEMENT);
    const sound: Sound = file === undefined ? BEEP : { items: [{ file }] };
    if (this.#kind !== 'beep' && file === undefined) this.#call.log.warn('prompt.failed', { prompt: ANNOUNCEMENT });
    for (const leg of [...this.#hearing]) speaker.say(leg, sound, (end) => this.#ended(leg, end, sound === BEEP));
  }

  /** Nobody need hear it any more. */
  cancel(): void {
    for (const leg of this.#hearing) this.#call.speaker.hush(leg);
    this.#hearing.clear();
  }

  #ended(leg: Leg, { why, detail }: SaidEnd, isBeep: boolean): void {
    if (!this.#hearing.has(leg)) return;
    if (why === 'failed') {
      const about = { prompt: isBeep ? 'beep' : ANNOUNCEMENT, leg: leg.name, why: 'unreadable' as const };
      const more = detail === undefined ? {} : { detail };
      this.#call.log.warn('prompt.failed', { ...about, ...more });
      this.#call.emit({ type: 'prompt.failed', ...about, ...more });
      if (!isBeep) {
        this.#call.speaker.say(leg, BEEP, (end) => this.#ended(leg, end, true));
        return;
      }
    }
    this.#hearing.delete(leg);
    if (this.#hearing.size === 0) this.#then();
  }
}
