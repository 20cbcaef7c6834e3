import type { Log } from '@vats/kernel';
import { limitText, type RefusedLimit } from '@vats/pbx';
import type { CallOrigin } from './call-context.ts';
import type { CallEnded, CallEvent, Party, UnstampedEvent } from './call-event.ts';
import type { CallSnapshot } from './call-snapshot.ts';
import { FAILURES, type FailureCode } from './failures.ts';
import type { CallsParts } from './parts.ts';

/** Events that an operator's log shows; the others are there at the debug level. */
const TOLD_TO_OPERATORS: ReadonlySet<CallEvent['type']> = new Set(['call.started', 'call.answered']);

/** How a call ended. */
export interface Ending {
  readonly failure: FailureCode;
  /** What the caller was told, where nobody answered. */
  readonly status: number;
  /** The caller gave up because another place took the call. */
  readonly elsewhere: boolean;
}

/** What became of the call's sound, once nothing of it can change any more. */
export interface FinalMedia {
  readonly recording: CallEnded['recording'];
  readonly counts: CallEnded['media'];
}

/** What a call tells: its events in order, each stamped, and its lines in the log. It remembers what the last event has to say. */
export class CallTelling {
  readonly #id: string;
  readonly #origin: CallOrigin;
  readonly #parts: Pick<CallsParts, 'clock' | 'emit'>;
  readonly #log: Log;
  readonly #startedAt: number;
  #seq = 0;
  /** The limit that was reached last. */
  #limit: RefusedLimit | undefined;
  /** Who answered first. */
  #answered: { readonly at: number; readonly by: NonNullable<CallEnded['answeredBy']> } | undefined;

  /** With whom whoever is in the caller's place talks now, and who has sent the other side on. */
  #with: Party | undefined;
  #transferor: Party | undefined;

  constructor(id: string, origin: CallOrigin, parts: Pick<CallsParts, 'clock' | 'emit'>, log: Log) {
    this.#id = id;
    this.#origin = origin;
    this.#parts = parts;
    this.#log = log;
    this.#startedAt = parts.clock.now();
  }

  /** Wall times in ms, who answered, and who is talked with now. */
  get course(): Pick<CallSnapshot, 'startedAt' | 'answeredAt' | 'answeredBy' | 'talksWith'> {
    const answered = this.#answered;
    const talksWith = this.#with;
    return {
      startedAt: this.#startedAt,
      ...(answered !== undefined && { answeredAt: answered.at, answeredBy: answered.by }),
      ...(talksWith !== undefined && { talksWith }),
    };
  }

  emit(event: UnstampedEvent): void {
    const at = this.#parts.clock.now();
    if (event.type === 'call.answered') {
      this.#answered ??= { at, by: event.party };
      this.#with = event.party;
    } else if (event.type === 'transfer.started') {
      this.#with = undefined;
      this.#transferor = event.byParty;
    } else if (event.type === 'transfer.failed' && event.returned) this.#with = this.#transferor;
    else if (event.type === 'limit.reached') this.#limit = limitOf(event);
    this.#tell(event);
    // Whoever makes an event makes it for this call alone: it is stamped as it is, not copied.
    this.#parts.emit(Object.assign(event, { call: this.#id, seq: ++this.#seq, at }) as CallEvent);
  }

  /** The terminal event. */
  end({ failure, status, elsewhere }: Ending, media: FinalMedia): void {
    const { domain, party, dialled } = this.#origin;
    const now = this.#parts.clock.now();
    const answered = this.#answered;
    const ended: { -readonly [K in keyof CallEnded]: CallEnded[K] } = {
      type: 'call.ended',
      domain: domain.name,
      failure,
      status: answered === undefined ? status : 200,
      from: party,
      dialled,
      startedAt: this.#startedAt,
      durationMs: now - this.#startedAt,
      talkMs: answered === undefined ? 0 : now - answered.at,
    };
    if (answered !== undefined) {
      ended.answeredAt = answered.at;
      ended.answeredBy = answered.by;
    }
    if (elsewhere) ended.elsewhere = true;
    if (failure === 'limit-reached' && this.#limit !== undefined) ended.limit = this.#limit;
    if (media.recording !== undefined) ended.recording = media.recording;
    if (media.counts !== undefined) ended.media = media.counts;
    this.emit(ended);
    this.#tellEnd(ended);
  }

  /** The end of a call has a line of its own. */
  #tell(event: UnstampedEvent): void {
    const level = TOLD_TO_OPERATORS.has(event.type) ? 'info' : 'debug';
    if (event.type === 'call.ended' || !this.#log.writes(level)) return;
    const { type, ...rest } = event;
    this.#log[level](type, rest);
  }

  #tellEnd({ failure, from, dialled, status, talkMs, recording, limit }: CallEnded): void {
    const level = FAILURES[failure].log;
    if (!this.#log.writes(level)) return;
    const file = recording === undefined ? {} : { recording: recording.path };
    const by = limit === undefined ? {} : { limit: limitText(limit) };
    // Most calls end because somebody hangs up, which is no failure: FAILURES has every end of a call.
    this.#log[level]('call.ended', { from: from.number, to: dialled, ended: failure, status, talkMs, ...by, ...file });
  }
}

/** The limit alone, without what was being called. */
function limitOf({ kind, key, calls, limit, used, of }: RefusedLimit): RefusedLimit {
  const amounts = { ...(used !== undefined && { used }), ...(of !== undefined && { of }) };
  return { kind, ...(key !== undefined && { key }), calls, limit, ...amounts };
}
