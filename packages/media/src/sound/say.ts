import { LARGEST, type Language, type Said } from './said.ts';
import { sayInEnglish } from './say-english.ts';
import { sayInRussian } from './say-russian.ts';

/**
 * The names of recorded clips that say a value when they are played one after the other.
 * @throws RangeError when the value is no such thing: a caller checks what a stranger gave it
 * @example say('ru', { count: 22, of: 'minute' }) // ['20', '2f', 'minute-2']: "двадцать две минуты"
 */
export function say(language: Language, said: Said): string[] {
  check(said);
  return language === 'ru' ? sayInRussian(said) : sayInEnglish(said);
}

function check(said: Said): void {
  if ('number' in said) within('a number', said.number, 0, LARGEST);
  else if ('position' in said) within('a position', said.position, 1, LARGEST);
  else if ('count' in said) within(`a count of ${said.of}s`, said.count, 0, LARGEST);
  else if ('kopecks' in said) within('an amount', said.kopecks, 0, LARGEST);
  else if ('hours' in said) {
    within('an hour', said.hours, 0, 23);
    within('a minute', said.minutes, 0, 59);
  } else if ('month' in said) {
    within('a month', said.month, 1, 12);
    within('a day', said.day, 1, 31);
    if (said.year !== undefined) within('a year', said.year, 1900, 2099);
  }
}

function within(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what} is a whole number from ${least} to ${most}, not ${value}`);
  }
}
