import type { CallCursor, CallDirection, CallFilter, CallResult, CallSummary } from '@vats/pbx';
import { readNumberSearch } from '@vats/pbx';
import { StoreError } from '@vats/store';
import type { Switch } from '../create-switch.ts';
import { ControlError, type ControlRoutes } from './control-server.ts';
import { keptCall } from './kept-call.ts';
import { theDomain } from './the-domain.ts';

const RESULTS: readonly CallResult[] = ['answered', 'missed', 'served', 'failed'];
const DIRECTIONS: readonly CallDirection[] = ['in', 'out', 'internal'];
const LISTED_AT_MOST = 1_000;

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
      return shown(await keptCall(params.id ?? '', store, calls));
    },
  };
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
