import { type Said, sayDigits, type Unit } from './said.ts';

/** Of what is counted: "один час", "одна минута", "одно". */
type Gender = 'm' | 'f' | 'n';

const GENDERS: Readonly<Record<Unit, Gender>> = { minute: 'f', second: 'f', hour: 'm', ruble: 'm', kopeck: 'f' };

/** Thousands and their like, the largest first: "одна тысяча", "один миллион". */
const SCALES: readonly (readonly [value: number, name: string, gender: Gender])[] = [
  [1e9, 'billion', 'm'],
  [1e6, 'million', 'm'],
  [1e3, 'thousand', 'f'],
];

export function sayInRussian(said: Said): string[] {
  if ('number' in said) return cardinal(said.number, 'm');
  if ('digits' in said) return sayDigits(said.digits);
  if ('position' in said) return said.position > 999 ? cardinal(said.position, 'm') : ordinal(said.position, 'nth');
  if ('count' in said) return counted(said.count, said.of);
  if ('kopecks' in said) {
    const rubles = Math.floor(said.kopecks / 100);
    const kopecks = said.kopecks % 100;
    return [...counted(rubles, 'ruble'), ...(kopecks === 0 ? [] : counted(kopecks, 'kopeck'))];
  }
  if ('hours' in said) return [...counted(said.hours, 'hour'), ...counted(said.minutes, 'minute')];
  const day = [...ordinal(said.day, 'day'), `month-${said.month}`];
  return said.year === undefined ? day : [...day, ...ordinal(said.year, 'year'), 'of-year'];
}

function counted(count: number, unit: Unit): string[] {
  return [...cardinal(count, GENDERS[unit]), `${unit}-${form(count)}`];
}

/** Which form of a noun follows a number: 1 минута, 2 минуты, 5 минут. */
function form(count: number): 1 | 2 | 5 {
  const last = count % 10;
  const teen = count % 100 >= 11 && count % 100 <= 14;
  if (teen || last === 0 || last >= 5) return 5;
  return last === 1 ? 1 : 2;
}

function cardinal(number: number, gender: Gender): string[] {
  if (number === 0) return ['0'];
  const clips: string[] = [];
  let rest = number;
  for (const [value, name, genderOfScale] of SCALES) {
    const count = Math.floor(rest / value);
    rest %= value;
    if (count === 0) continue;
    // "тысяча", not "одна тысяча", as people say it.
    if (count > 1) belowThousand(count, genderOfScale, clips);
    clips.push(`${name}-${form(count)}`);
  }
  belowThousand(rest, gender, clips);
  return clips;
}

function belowThousand(number: number, gender: Gender, clips: string[]): void {
  const hundreds = number - (number % 100);
  if (hundreds > 0) clips.push(`${hundreds}`);
  let rest = number % 100;
  if (rest > 20) {
    clips.push(`${rest - (rest % 10)}`);
    rest %= 10;
  }
  if (rest === 0) return;
  if (rest === 1 && gender !== 'm') clips.push(`1${gender}`);
  else if (rest === 2 && gender === 'f') clips.push('2f');
  else clips.push(`${rest}`);
}

/** Only the last word of an ordinal is one: "сто двадцать второй"; of a round number it is all there is: "двухсотый". */
function ordinal(number: number, kind: string): string[] {
  let last = number % 100;
  if (last === 0) last = number % 1_000 || number;
  else if (last > 20 && last % 10 !== 0) last %= 10;
  return [...(number > last ? cardinal(number - last, 'm') : []), `${kind}-${last}`];
}
