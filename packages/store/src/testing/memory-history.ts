import type { CallFilter, CallPage, CallRecord, CallSummary, LastConversation } from '@vats/pbx';
import { conversationOf, partiesOf } from '../call-parties.ts';

/** What a search must find, said as plainly as can be: the other side of the test of the one with indexes. */
export function callPage(all: readonly CallRecord[], filter: CallFilter = {}): CallPage {
  const { limit = 100, after } = filter;
  const found = all
    .filter((call) => matches(call, filter))
    .sort(newestFirst)
    .filter((call) => after === undefined || newestFirst(after, call) < 0);
  const calls = found.slice(0, limit).map(({ story: _, world: __, seed: ___, sipCallId: ____, ...summary }) => summary);
  const last = calls.at(-1);
  if (last === undefined || found.length <= limit) return { calls };
  return { calls, next: { startedAt: last.startedAt, id: last.id } };
}

function matches(call: CallSummary, filter: CallFilter): boolean {
  const { domain, number, employee, group, results, directions, since, before } = filter;
  const parties = partiesOf(call);
  const has = (kind: string, key: string): boolean => parties.some((party) => party[0] === kind && party[1] === key);
  if (number !== undefined) {
    const { exact, ending } = number;
    const isMeant = exact.some((key) => has('number', key) || has('employee', key));
    const ends = ending !== undefined && parties.some(([kind, key]) => kind === 'number' && endsIn(key, ending));
    if (!isMeant && !ends) return false;
  }
  return (
    (domain ?? call.domain) === call.domain &&
    (employee === undefined || has('employee', employee)) &&
    (group === undefined || has('group', group)) &&
    (results ?? [call.result]).includes(call.result) &&
    (directions ?? [call.direction]).includes(call.direction) &&
    call.startedAt >= (since ?? call.startedAt) &&
    call.startedAt < (before ?? Number.POSITIVE_INFINITY)
  );
}

function endsIn(number: string, ending: string): boolean {
  return number.replace(/[^0-9]/g, '').endsWith(ending);
}

type Listed = Pick<CallSummary, 'startedAt' | 'id'>;

function newestFirst(a: Listed, b: Listed): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

export function lastConversations(all: readonly CallRecord[], since: number): LastConversation[] {
  const last = new Map<string, LastConversation>();
  for (const record of all) {
    const found = conversationOf(record);
    if (found === undefined || found.ended_at < since) continue;
    const { domain, number, extension, ended_at: endedAt, call_id: call } = found;
    const direction = found.direction as LastConversation['direction'];
    const key = JSON.stringify([domain, number, direction]);
    if ((last.get(key)?.endedAt ?? 0) <= endedAt)
      last.set(key, { domain, number, extension, endedAt, direction, call });
  }
  return [...last.values()];
}
