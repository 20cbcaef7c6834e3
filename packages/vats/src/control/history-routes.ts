import type { CallCursor, CallDirection, CallFilter, CallResult, CallSummary, Domain } from '@vats/pbx';
import { readNumberSearch } from '@vats/pbx';
import { StoreError } from '@vats/store';
import type { Switch } from '../create-switch.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { keptCall } from './kept-call.ts';
import { theDomain } from './the-domain.ts';

const RESULTS: readonly CallResult[] = ['answered', 'missed', 'served', 'failed'];
const DIRECTIONS: readonly CallDirection[] = ['in', 'out', 'internal'];
const LISTED_AT_MOST = 1_000;
/** As many as a person reads. */
const GROUPS_NAMED = 20;

/** What the operator may ask of finished calls. */
export function historyRoutes({ model, store, calls }: Pick<Switch, 'model' | 'store' | 'calls'>): ControlRoutes {
  const shown = <Call extends CallSummary>(call: Call) => ({
    ...call,
    domain: model.directory.domainById(call.domain)?.name ?? call.domain,
  });
  return {
    'GET /history': async ({ query }) => {
      const domain = query.get('domain') ?? undefined;
      const filter = {
        ...filterOf(query),
        ...(domain !== undefined && { domain: theDomain(model, domain).id }),
      };
      try {
        const { calls: found, next, lookedBackTo } = await store.history.list(filter);
        if (found.length === 0) mustExist(filter, model);
        return {
          calls: found.map(shown),
          ...(next !== undefined && { next: `${next.startedAt}.${next.id}` }),
          ...(lookedBackTo !== undefined && { lookedBackTo }),
        };
      } catch (error) {
        if (error instanceof StoreError && error.fault === 'too-wide') {
          throw new ControlError(400, `${error.message}: ${error.remedy}`);
        }
        throw error;
      }
    },
    'GET /history/:id': async ({ params }) => {
      const record = await keptCall(params.id ?? '', store, calls);
      // What became of the files since: the list knows, the story tells how they were when the call ended.
      const now = await store.recordings.list({ call: record.id });
      const recordings = record.recordings.map((recording, index) => {
        const id = index === 0 ? record.id : `${record.id}.${index + 1}`;
        const entry = now.find((each) => each.id === id);
        if (entry === undefined) return recording;
        const { path, state } = entry;
        return { ...recording, path, ...((state === 'expired' || state === 'too-short') && { gone: state }) };
      });
      return shown({ ...record, recordings });
    },
  };
}

/** Of who is gone calls are kept; where none is, a name that nobody has is a slip. @throws ControlError */
function mustExist({ domain, employee, group }: CallFilter, { directory }: Switch['model']): void {
  const domains = directory.model.domains.filter(({ id }) => domain === undefined || id === domain);
  const has = (find: (each: Domain) => unknown) => domains.some((each) => find(each) !== undefined);
  const names = domains.map(({ name }) => name).join(', ');
  if (
    group !== undefined &&
    !has((each) => each.groups.find(({ extension, name }) => extension === group || name === group))
  ) {
    const groups = domains.flatMap((each) => each.groups.map(({ extension }) => extension));
    const remedy = groups.length === 0 ? 'it has none' : `name one of ${groups.slice(0, GROUPS_NAMED).join(', ')}`;
    throw new ControlError(404, `--group: there is no group ${group} in ${names}, and no such call is kept: ${remedy}`);
  }
  if (employee !== undefined && !has((each) => directory.findUser(each, employee))) {
    throw new ControlError(
      404,
      `--employee: nobody in ${names} has extension ${employee}, and no such call is kept: vats export lists who is there`,
    );
  }
}

/** @throws ControlError that names the filter, what is wrong with it and the remedy */
export function filterOf(query: URLSearchParams): CallFilter {
  const number = query.get('number');
  const read = number === null ? undefined : readNumberSearch(number);
  if (read?.ok === false) throw new ControlError(400, `--number: ${read.error}`);
  const results = someOf(RESULTS, query.getAll('result'), 'result');
  const directions = someOf(DIRECTIONS, query.getAll('direction'), 'direction');
  const since = timeOf(query, 'since');
  const before = timeOf(query, 'until');
  if (since !== undefined && before !== undefined && since >= before) {
    throw new ControlError(400, '--since is not before --until: no call can be between them');
  }
  const after = query.get('after');
  const limit = Number(query.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1) throw new ControlError(400, '--limit: give a whole number from 1 on');
  return {
    limit: Math.min(limit, LISTED_AT_MOST),
    ...(read?.ok && { number: read.value }),
    ...extensionOf(query, 'employee'),
    ...extensionOf(query, 'group'),
    ...(results !== undefined && { results }),
    ...(directions !== undefined && { directions }),
    ...(since !== undefined && { since }),
    ...(before !== undefined && { before }),
    ...(after !== null && { after: cursorOf(after) }),
  };
}

function extensionOf(query: URLSearchParams, key: 'employee' | 'group'): { [K in typeof key]?: string } {
  const value = query.get(key);
  if (value === null) return {};
  if (value === '' || value.length > 128) throw new ControlError(400, `--${key}: give an extension such as 201`);
  return { [key]: value };
}

function someOf<T extends string>(all: readonly T[], given: readonly string[], key: string): T[] | undefined {
  if (given.length === 0) return undefined;
  const known = all.filter((each) => given.includes(each));
  if (given.every((each) => (all as readonly string[]).includes(each))) return known;
  throw new ControlError(400, `--${key}: there is ${all.join(', ')}`);
}

function timeOf(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ControlError(400, `--${key}: ${key} is milliseconds since the epoch`);
}

function cursorOf(text: string): CallCursor {
  const [, startedAt, id] = /^(\d{1,15})\.([\w-]{1,64})$/.exec(text) ?? [];
  if (startedAt !== undefined && id !== undefined) return { startedAt: Number(startedAt), id };
  throw new ControlError(400, '--after: give what the page before showed as the next');
}
