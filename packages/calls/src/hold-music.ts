import { setting } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { Leg } from './leg.ts';
import type { SaidEnd, Sound } from './speaker.ts';

/** Out of silence, music at full strength is a shock. */
const FADE_IN_MS = 300;

/**
 * Music for whoever is on hold: a side that still listens while the other wants to hear nothing of it. Where the side that holds
 * sends music of its own, that one is heard.
 */
export class HoldMusic {
  readonly #call: Pick<CallContext, 'origin' | 'parts' | 'speaker' | 'log' | 'emit'>;
  /** Who can't hear any until this hold is over: a re-INVITE need not try it anew. */
  readonly #silent = new Set<Leg>();

  constructor(call: Pick<CallContext, 'origin' | 'parts' | 'speaker' | 'log' | 'emit'>) {
    this.#call = call;
  }

  /** Whether whoever is on hold hears music from us. */
  get on(): boolean {
    return this.#file !== undefined;
  }

  /** What two legs that are joined want of each other may have changed. */
  review(a: Leg, b: Leg): void {
    this.#reviewOne(a, b);
    this.#reviewOne(b, a);
  }

  #reviewOne(heard: Leg, holder: Leg): void {
    const { speaker } = this.#call;
    speaker.changed(heard);
    const saying = speaker.saying(heard);
    const isMusic = saying?.yields === true;
    if (holder.sdp.media().receives || !heard.sdp.media().receives) {
      if (isMusic) speaker.hush(heard);
      this.#silent.delete(heard);
      return;
    }
    const file = this.#file;
    // Something else that is being said to this side comes first.
    if (file === undefined || saying !== undefined || this.#silent.has(heard)) return;
    const music: Sound = { items: [{ file }], times: 0, fadeInMs: FADE_IN_MS, yields: true };
    speaker.say(heard, music, (end) => this.#ended(heard, end));
  }

  #ended(heard: Leg, { why, detail }: SaidEnd): void {
    if (why !== 'failed' && why !== 'no-codec') return;
    this.#silent.add(heard);
    const about = { prompt: setting(this.#call.origin.domain, 'holdMusic'), leg: heard.name };
    const fault = why === 'failed' ? ('unreadable' as const) : why;
    const more = detail === undefined ? {} : { detail };
    this.#call.log.warn('music.failed', { ...about, why: fault, ...more });
    this.#call.emit({ type: 'prompt.failed', ...about, why: fault, ...more });
  }

  get #file(): string | undefined {
    const { origin, parts } = this.#call;
    return parts.music?.(origin.domain);
  }
}
