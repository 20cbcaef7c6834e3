import { type PlayedItem, saidItems } from '@vats/media';
import { type Domain, localDate, momentText, setting } from '@vats/pbx';
import type { BoxMessage } from './mailboxes.ts';

const DAY_MS = 86_400_000;

/**
 * What is said before a message: that it is urgent, who left it, and when by the domain's clock.
 *
 * @param prompts makes files of prompts
 */
export function saidOf(
  { from, takenAt, urgent }: Pick<BoxMessage, 'from' | 'takenAt' | 'urgent'>,
  domain: Domain,
  now: number,
  prompts: (...names: readonly string[]) => PlayedItem[],
): PlayedItem[] {
  const language = setting(domain, 'language');
  const timezone = setting(domain, 'timezone');
  const number = /[0-9]/.test(from.number) ? from.number : '';
  const who =
    number === ''
      ? prompts('message-from-hidden')
      : [...prompts('message-from-'), ...saidItems(language, { digits: number })];
  const date = localDate(takenAt, timezone);
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const when =
    date === localDate(now, timezone)
      ? prompts('today')
      : date === localDate(now - DAY_MS, timezone)
        ? prompts('yesterday')
        : saidItems(language, { day, month, ...(year !== yearOf(now, timezone) && { year }) });
  const [, hours = '0', minutes = '0'] = /(\d\d):(\d\d)/.exec(momentText(takenAt, timezone)) ?? [];
  return [
    ...(urgent ? prompts('message-urgent') : []),
    ...who,
    ...when,
    ...saidItems(language, { hours: Number(hours), minutes: Number(minutes) }),
  ];
}

function yearOf(at: number, timezone: string): number {
  return Number(localDate(at, timezone).slice(0, 4));
}
