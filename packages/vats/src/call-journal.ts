import { relative } from 'node:path';
import type { CallEvent } from '@vats/calls';
import type { Log } from '@vats/kernel';
import type { CallRecord, RecordingEntry } from '@vats/pbx';
import type { Store } from '@vats/store';

/** Events kept of one call; a call that makes more (a phone that holds and resumes all day) keeps its first ones and the end. */
const STORY_LIMIT = 500;

export interface CallJournalParts {
  readonly store: Pick<Store, 'history' | 'recordings'>;
  /** The data directory: recordings are listed relative to it, so that it can be moved. */
  readonly data: string;
  readonly log: Log;
  /** Told every event in order, the terminal one once it is on disk. */
  readonly onEvent: (event: CallEvent) => void;
}

/**
 * Keeps the stories of calls: gathers each call's events, writes the finished call and its recording to the store, and
 * passes everything on. A terminal event is a promise, so it waits for the disk; a disk that fails costs the record, is
 * said in the log, and holds up nobody.
 */
export class CallJournal {
  readonly #parts: CallJournalParts;
  readonly #stories = new Map<string, CallEvent[]>();
  readonly #writing = new Set<Promise<void>>();

  constructor(parts: CallJournalParts) {
    this.#parts = parts;
  }

  /** Terminal events that wait for the disk. */
  get waiting(): number {
    return this.#writing.size;
  }

  note(event: CallEvent): void {
    let story = this.#stories.get(event.call);
    if (story === undefined) {
      story = [];
      this.#stories.set(event.call, story);
    }
    if (story.length < STORY_LIMIT || event.type === 'call.ended') story.push(event);
    this.#noteRecording(event, story);
    if (event.type !== 'call.ended') {
      this.#parts.onEvent(event);
      return;
    }
    this.#stories.delete(event.call);
    const written = this.#append(event, story);
    this.#writing.add(written);
    void written.then(() => this.#writing.delete(written));
  }

  /** Resolves when nothing waits for the disk. */
  async idle(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  async #append(ended: CallEvent & { type: 'call.ended' }, story: readonly CallEvent[]): Promise<void> {
    try {
      await this.#parts.store.history.append(recordOf(ended, story));
    } catch (error) {
      this.#parts.log.error('history.not-written', { call: ended.call, error: messageOf(error) });
    }
    this.#parts.onEvent(ended);
  }

  #noteRecording(event: CallEvent, story: readonly CallEvent[]): void {
    if (event.type !== 'recording.started' && event.type !== 'recording.finished' && event.type !== 'recording.failed')
      return;
    const started = story.find((other) => other.type === 'call.started');
    if (started?.type !== 'call.started') return;
    const begun = story.find((other) => other.type === 'recording.started') ?? event;
    const entry: RecordingEntry = {
      id: event.call,
      call: event.call,
      domain: started.domain,
      path: relative(this.#parts.data, event.path),
      from: started.from.number,
      to: started.dialled,
      startedAt: begun.at,
      ...(event.type === 'recording.started'
        ? { state: 'writing' }
        : event.type === 'recording.finished'
          ? { state: 'complete', durationMs: event.durationMs }
          : { state: 'failed', durationMs: event.keptMs, error: event.reason }),
    };
    this.#parts.store.recordings.put(entry).catch((error: unknown) => {
      this.#parts.log.error('recordings.not-listed', { call: event.call, error: messageOf(error) });
    });
  }
}

function recordOf(ended: CallEvent & { type: 'call.ended' }, story: readonly CallEvent[]): CallRecord {
  const record: { -readonly [K in keyof CallRecord]: CallRecord[K] } = {
    id: ended.call,
    domain: ended.domain,
    startedAt: ended.startedAt,
    endedAt: ended.at,
    from: ended.from,
    dialled: ended.dialled,
    outcome: ended.failure,
    status: ended.status,
    story,
  };
  if (ended.answeredAt !== undefined) record.answeredAt = ended.answeredAt;
  if (ended.answeredBy !== undefined) record.answeredBy = ended.answeredBy;
  return record;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
