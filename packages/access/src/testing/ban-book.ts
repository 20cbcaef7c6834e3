import { NetworkSet } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import type { Ban } from '../bans/ban.ts';
import { BanBook, type BanBookParts } from '../bans/ban-book.ts';
import type { BanEvent, BanResult } from '../bans/ban-order.ts';
import { MemoryBanStore } from './memory-ban-store.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const ANNA = 'd\nanna';

/** A book of bans with all that it needs; ten minutes for a first ban. */
export function bookOf(options: Partial<BanBookParts> & { store?: MemoryBanStore; clock?: FakeClock } = {}) {
  const clock = options.clock ?? new FakeClock();
  const store = options.store ?? new MemoryBanStore();
  const log = new MemoryLog();
  const events: BanEvent[] = [];
  const book = new BanBook({
    random: new SeededRandom(),
    log,
    trusted: new NetworkSet([]),
    duration: 10 * MINUTE,
    longest: DAY,
    onEvent: (event) => events.push(event),
    ...options,
    clock,
    store,
  });
  const told = () => events.splice(0).map(({ type, ban }) => `${type} ${ban.network}`);
  const ban = (network: string, user?: string) =>
    banOf(book.add({ network, ...(user !== undefined && { user }) }, { by: 'switch', reason: 'test' }));
  const order = (network: string, time?: number, user?: string) =>
    book.add(
      { network, ...(user !== undefined && { user }) },
      { by: 'operator', reason: 'by hand', ...(time !== undefined && { for: time }) },
    );
  return { clock, store, log, book, told, ban, order };
}

export function banOf(result: BanResult): Ban {
  if (!result.ok) throw new Error(result.reason);
  return result.ban;
}

export const minutes = ({ since, until = Number.POSITIVE_INFINITY }: Ban) => (until - since) / MINUTE;

/** What goes on in one process and then in the next. */
export async function restarted(before: ReturnType<typeof bookOf>) {
  await before.book.close();
  const { store, clock } = before;
  const after = bookOf({ store, clock, random: new SeededRandom(clock.now()) });
  await after.book.load();
  return after;
}
