import { type CallEvent, cutOff } from '@vats/calls';
import type { Log } from '@vats/kernel';
import type { Directory } from '@vats/pbx';
import type { Store } from '@vats/store';

export interface CutOffParts {
  readonly store: Pick<Store, 'history' | 'recordings'>;
  readonly directory: Directory;
  readonly log: Log;
  readonly onEvent: (event: CallEvent) => void;
}

/**
 * At a start after a kill: ends each call that was up, with a reason and its one terminal event. Its recordings must have been
 * repaired before: they tell how long it was surely up. A record that can't be written stays noted for the next start.
 */
export async function endCutOffCalls({ store, directory, log, onEvent }: CutOffParts): Promise<void> {
  for (const noted of await store.history.open()) {
    const kept = await store.recordings.list({ call: noted.id });
    const recordings = kept.map(({ path, durationMs = 0, error }) => ({
      path,
      durationMs,
      ...(error !== undefined && { failed: error }),
    }));
    const heard = kept.map(({ startedAt, durationMs = 0 }) => startedAt + durationMs);
    const domainName = directory.domainById(noted.domain)?.name ?? noted.domain;
    const { record, event } = cutOff({ ...noted, recordings }, Math.max(...heard, noted.endedAt), domainName);
    try {
      await store.history.append(record);
    } catch (error) {
      log.error('history.not-written', {
        call: record.id,
        error: error instanceof Error ? error.message : String(error),
      });
    }
    log.warn('call.cut-off', { call: record.id, from: record.from.number, to: record.dialled, talkMs: record.talkMs });
    onEvent(event);
  }
}
