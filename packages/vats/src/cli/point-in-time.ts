import { parseDuration } from '@vats/pbx';

/**
 * A point in time as a person gives it, in milliseconds since the epoch: `2026-11-20`, `2026-11-20T09:30`, the same with seconds and a
 * zone (`Z`, `+03:00`), or a time ago such as `2d` or `1h30m`. Without a zone it is the terminal's own. Undefined for anything else.
 *
 * @param edge of the day that a date alone means: its beginning, or its end
 */
export function pointInTime(text: string, now: number, edge: 'begin' | 'end'): number | undefined {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const [, year, month, day, rest = ''] = /^(\d{4})-(\d{2})-(\d{2})([T ].+)?$/.exec(text) ?? [];
  if (year === undefined || !isDay(Number(year), Number(month), Number(day))) return undefined;
  if (rest === '') return new Date(Number(year), Number(month) - 1, Number(day) + (edge === 'end' ? 1 : 0)).getTime();
  if (!/^[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/.test(rest)) return undefined;
  const at = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : at;
}

/** The 31st of June is no slip to guess about. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
