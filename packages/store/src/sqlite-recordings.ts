import type { RecordingEntry, RecordingFilter, RecordingStore } from '@vats/pbx';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Page } from './worker/messages.ts';
import type { Tables } from './worker/tables.ts';

const USUAL_PAGE = 100;
/** One page is read while commits wait for it. */
const LARGEST_PAGE = 1_000;

/** The list of recordings. */
export class SqliteRecordings implements RecordingStore {
  readonly #client: DatabaseClient;
  readonly #writer: GroupCommit;

  constructor(client: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#writer = writer;
  }

  put(entry: RecordingEntry): Promise<void> {
    return this.#writer.write([{ do: 'put-recording', row: rowOf(entry) }]);
  }

  async list(filter: RecordingFilter = {}): Promise<RecordingEntry[]> {
    await this.#writer.flush();
    const { call, state, path } = filter;
    const rows = await this.#client.read({
      read: 'recordings',
      ...pageOf(filter),
      ...(call === undefined ? {} : { call }),
      ...(state === undefined ? {} : { state }),
      ...(path === undefined ? {} : { path }),
    });
    return rows.map(entryOf);
  }
}

function pageOf({ limit = USUAL_PAGE, before, domain }: RecordingFilter): Page {
  return {
    limit: Math.max(1, Math.min(limit, LARGEST_PAGE)),
    ...(before === undefined ? {} : { before }),
    ...(domain === undefined ? {} : { domain }),
  };
}

function rowOf(entry: RecordingEntry): Tables['recordings'] {
  const { id, call, domain, path, from, to, startedAt, durationMs = null, state, error = null } = entry;
  return {
    id,
    call_id: call,
    domain,
    path,
    caller: from,
    callee: to,
    started_at: startedAt,
    duration_ms: durationMs,
    state,
    error,
  };
}

function entryOf(row: Tables['recordings']): RecordingEntry {
  const { id, call_id, domain, path, caller, callee, started_at, duration_ms, state, error } = row;
  return {
    id,
    call: call_id,
    domain,
    path,
    from: caller,
    to: callee,
    startedAt: started_at,
    ...(duration_ms === null ? {} : { durationMs: duration_ms }),
    state: state as RecordingEntry['state'],
    ...(error === null ? {} : { error }),
  };
}
