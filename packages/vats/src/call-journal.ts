import { relative } from 'node:path';
import { type CallEvent, CallStory, type ConferenceRecorded } from '@vats/calls';
import type { Log } from '@vats/kernel';
import type { CallRecord, RecordingEntry } from '@vats/pbx';
import type { Store } from '@vats/store';
import { HistoryWriter } from './history-writer.ts';
import { StoreOutage } from './store-outage.ts';

export interface CallJournalParts {
  readonly store: {
    readonly history: Pick<Store['history'], 'append' | 'noteOpen'>;
    readonly recordings: Pick<Store['recordings'], 'put'>;
  };
  /** The data directory: recordings are listed relative to it, so that it can be moved. */
  readonly data: string;
  readonly log: Log;
  /** Told every event in order, the terminal one once it is on disk. */
  readonly onEvent: (event: CallEvent) => void;
}

/**
 * Keeps the stories of calls: gathers each call's events, writes the finished call and its recording to the store, and
 * passes everything on. A terminal event is a promise, so it waits for the disk; a disk that fails is
 * said in the log, and holds up nobody (HistoryWriter).
 */
export class CallJournal {
  readonly #parts: CallJournalParts;
  readonly #stories = new Map<string, CallStory>();
  readonly #writing = new Set<Promise<void>>();
  /** When each recording that runs began, by its path. */
  readonly #begun = new Map<string, number>();

  readonly #outage: StoreOutage;
  readonly #history: HistoryWriter;

  constructor(parts: CallJournalParts) {
    this.#parts = parts;
    this.#outage = new StoreOutage(parts.log);
    this.#history = new HistoryWriter(parts.store.history, parts.log, this.#outage);
  }

  /** Finished calls that the disk did not take, and that are kept until it does. */
  get unwritten(): number {
    return this.#history.unwritten;
  }

  /** Terminal events that wait for the disk. */
  get waiting(): number {
    return this.#writing.size;
  }

  note(event: CallEvent): void {
    let story = this.#stories.get(event.call);
    if (story === undefined) {
      story = new CallStory();
      this.#stories.set(event.call, story);
    }
    story.note(event);
    this.#noteRecording(event, story);
    if (event.type !== 'call.ended') {
      if (isNoted(event, story)) this.#noteOpen(story);
      this.#parts.onEvent(event);
      return;
    }
    this.#stories.delete(event.call);
    const written = this.#append(event, story);
    this.#writing.add(written);
    void written.then(() => this.#writing.delete(written));
  }

  /** A conference's recording is listed by itself: the conference is nobody's call. */
  noteConference({ id, domain, extension, name, path, startedAt, what }: ConferenceRecorded): void {
    const about = { id, call: id, domain, path: this.#listed(path), from: extension, to: name, startedAt };
    this.#putRecording(
      what.kind === 'started'
        ? { ...about, state: 'writing' }
        : what.kind === 'finished'
          ? { ...about, state: 'complete', durationMs: what.durationMs }
          : { ...about, state: 'failed', durationMs: what.keptMs, error: what.reason },
    );
  }

  /** Resolves when nothing waits for the disk; what it did not take is tried once more. */
  async idle(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
    await this.#history.retry();
  }

  async #append(ended: CallEvent & { type: 'call.ended' }, story: CallStory): Promise<void> {
    try {
      const record = this.#recordOf(story);
      if (record !== undefined) await this.#history.append(record);
    } catch (error) {
      this.#outage.failed('history.not-written', { call: ended.call }, error);
    }
    this.#parts.onEvent(ended);
  }

  #noteOpen(story: CallStory): void {
    const record = this.#recordOf(story);
    if (record !== undefined) this.#history.noteOpen(record);
  }

  #recordOf(story: CallStory): CallRecord | undefined {
    const record = story.record();
    if (record === undefined || record.recordings.length === 0) return record;
    const recordings = record.recordings.map((each) => ({ ...each, path: this.#listed(each.path) }));
    return { ...record, recordings };
  }

  #listed(path: string): string {
    return relative(this.#parts.data, path);
  }

  /** A recording's own beginning: a call may have several. */
  #startOf(event: CallEvent & { readonly path: string }): number {
    const at = this.#begun.get(event.path) ?? event.at;
    if (event.type === 'recording.started') this.#begun.set(event.path, at);
    else this.#begun.delete(event.path);
    return at;
  }

  #noteRecording(event: CallEvent, story: CallStory): void {
    if (event.type !== 'recording.started' && event.type !== 'recording.finished' && event.type !== 'recording.failed')
      return;
    const { started } = story;
    if (started === undefined) return;
    const number = story.numberOf(event.path);
    const entry: RecordingEntry = {
      id: number > 1 ? `${event.call}.${number}` : event.call,
      call: event.call,
      domain: started.domainId ?? started.domain,
      path: this.#listed(event.path),
      from: started.from.number,
      to: started.dialled,
      startedAt: this.#startOf(event),
      ...(event.type === 'recording.started'
        ? { state: 'writing' }
        : event.type === 'recording.finished'
          ? { state: 'complete', durationMs: event.durationMs }
          : { state: 'failed', durationMs: event.keptMs, error: event.reason }),
    };
    this.#putRecording(entry);
  }

  #putRecording(entry: RecordingEntry): void {
    this.#parts.store.recordings
      .put(entry)
      .catch((error: unknown) => this.#outage.failed('recordings.not-listed', { call: entry.call }, error));
  }
}

/** Whether a kill from now on would lose who is in the call. */
function isNoted({ type }: CallEvent, { wasTransferred }: CallStory): boolean {
  if (type === 'call.started' || type === 'call.answered') return true;
  return wasTransferred && (type === 'transfer.started' || type === 'transfer.failed' || type === 'leg.ended');
}
