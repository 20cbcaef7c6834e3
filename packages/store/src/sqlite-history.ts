import type {
  CallCursor,
  CallFilter,
  CallPage,
  CallRecord,
  CallSummary,
  HistoryStore,
  LastConversation,
  NumberSearch,
} from '@vats/pbx';
import { classesOf, classOf, conversationOf, partiesOf } from './call-parties.ts';
import type { DatabaseClient } from './database-client.ts';
import type { GroupCommit } from './group-commit.ts';
import { reversedDigits } from './reversed-digits.ts';
import type { CallSearch, SoughtParty, Write } from './worker/messages.ts';

const USUAL_PAGE = 100;
const LARGEST_PAGE = 1_000;
/** Calls removed in one go: a commit with so many of them keeps the next one waiting for some milliseconds only. */
const REMOVED_AT_ONCE = 100;

/** Finished calls, and a note of those that are up. */
export class SqliteHistory implements HistoryStore {
  readonly #client: DatabaseClient;
  readonly #reader: DatabaseClient;
  readonly #writer: GroupCommit;

  /** @param reader what looks for calls, so that no commit waits for it */
  constructor(client: DatabaseClient, reader: DatabaseClient, writer: GroupCommit) {
    this.#client = client;
    this.#reader = reader;
    this.#writer = writer;
  }

  append(record: CallRecord): Promise<void> {
    return this.#writer.write([putCall(record)]);
  }

  noteOpen(record: CallRecord): Promise<void> {
    return this.#writer.write([{ do: 'note-call', row: { id: record.id, record: JSON.stringify(record) } }]);
  }

  async open(): Promise<CallRecord[]> {
    await this.#writer.flush();
    const rows = await this.#client.read({ read: 'open-calls' });
    return rows.map(({ record }) => JSON.parse(record) as CallRecord);
  }

  async list(filter: CallFilter = {}): Promise<CallPage> {
    const limit = Math.max(1, Math.min(filter.limit ?? USUAL_PAGE, LARGEST_PAGE));
    await this.#writer.flush();
    // One more than a page has says whether there is a next one.
    const found = await this.#reader.read({ read: 'calls', ...searchOf(filter), limit: limit + 1 });
    const { records, lookedBackTo } = found;
    const calls = records.slice(0, limit).map((record) => JSON.parse(record) as CallSummary);
    const last = calls.at(-1);
    if (records.length > limit && last !== undefined) return { calls, next: cursorOf(last) };
    return { calls, ...(lookedBackTo !== undefined && { next: lookedBackTo, lookedBackTo: lookedBackTo.startedAt }) };
  }

  async find(id: string): Promise<CallRecord | undefined> {
    await this.#writer.flush();
    const [row] = await this.#reader.read({ read: 'call', id });
    return row === undefined ? undefined : { ...JSON.parse(row.record), ...JSON.parse(row.story) };
  }

  async conversationsSince(at: number): Promise<LastConversation[]> {
    await this.#writer.flush();
    const rows = await this.#client.read({ read: 'conversations', since: at });
    return rows.map(({ domain, number, extension, ended_at, direction, call_id }) => ({
      domain,
      number,
      extension,
      endedAt: ended_at,
      direction: direction as LastConversation['direction'],
      call: call_id,
    }));
  }

  async removeBefore(at: number, atMost = REMOVED_AT_ONCE): Promise<number> {
    const rows = await this.#client.read({ read: 'calls-before', before: at, limit: atMost });
    const writes: Write[] = rows.map(({ id }) => ({ do: 'remove-call', id }));
    if (rows.length < atMost) writes.push({ do: 'remove-conversations', before: at });
    await this.#writer.write(writes);
    return rows.length;
  }
}

function cursorOf({ startedAt, id }: CallSummary): CallCursor {
  return { startedAt, id };
}

/** The one write that a finished call makes. */
export function putCall(record: CallRecord): Extract<Write, { do: 'put-call' }> {
  const { story, world, seed, sipCallId, ...summary } = record;
  const parties = partiesOf(summary);
  const conversation = conversationOf(record);
  return {
    do: 'put-call',
    row: {
      id: record.id,
      domain: record.domain,
      started_at: record.startedAt,
      ended_at: record.endedAt,
      outcome: record.outcome,
      record: JSON.stringify(summary),
      class: classOf(record.direction, record.result),
      parties: JSON.stringify(parties),
      story: JSON.stringify({ sipCallId, seed, world, story }),
    },
    numbers: parties.flatMap(([kind, number]) => {
      const reversed = kind === 'number' ? reversedDigits(number) : undefined;
      return reversed === undefined ? [] : [{ reversed, number }];
    }),
    ...(conversation !== undefined && { conversation }),
  };
}

function searchOf({
  domain,
  number,
  employee,
  group,
  results,
  directions,
  since = 0,
  before = Number.MAX_SAFE_INTEGER,
  after,
}: CallFilter): Omit<CallSearch, 'limit'> {
  const parties: SoughtParty[] = [];
  if (number !== undefined) parties.push(soughtNumber(number));
  if (employee !== undefined) parties.push({ keys: [{ kind: 'employee', key: employee }] });
  if (group !== undefined) parties.push({ keys: [{ kind: 'group', key: group }] });
  const classes = classesOf(directions, results);
  const bound = { startedAt: before, id: '' };
  return {
    ...(domain !== undefined && { domain }),
    parties,
    ...(classes !== undefined && { classes }),
    since,
    after: after !== undefined && after.startedAt < before ? after : bound,
  };
}

function soughtNumber({ exact, ending }: NumberSearch): SoughtParty {
  const keys = exact.flatMap((key) => [
    { kind: 'number', key },
    { kind: 'employee', key },
  ]);
  const endingReversed = ending === undefined ? undefined : reversedDigits(ending);
  return { keys, ...(endingReversed !== undefined && { endingReversed }) };
}
