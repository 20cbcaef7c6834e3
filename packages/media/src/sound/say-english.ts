import { type Said, sayDigits } from './said.ts';

const SCALES: readonly (readonly [value: number, name: string])[] = [
  [1e9, 'billion'],
  [1e6, 'million'],
  [1e3, 'thousand'],
  [1, ''],
];

export function sayInEnglish(said: Said): string[] {
  if ('number' in said) return cardinal(said.number);
  if ('digits' in said) return sayDigits(said.digits);
  if ('position' in said) return said.position > 999 ? cardinal(said.position) : ordinal(said.position);
  if ('count' in said) return counted(said.count, said.of);
  if ('kopecks' in said) {
    const kopecks = said.kopecks % 100;
    const rubles = counted(Math.floor(said.kopecks / 100), 'ruble');
    return kopecks === 0 ? rubles : [...rubles, ...counted(kopecks, 'kopeck')];
  }
  if ('hours' in said) {
    const minutes = said.minutes === 0 ? [] : said.minutes < 10 ? ['oh', `${said.minutes}`] : cardinal(said.minutes);
    return [`${said.hours % 12 || 12}`, ...minutes, said.hours < 12 ? 'am' : 'pm'];
  }
  const day = [`month-${said.month}`, ...ordinal(said.day)];
  return said.year === undefined ? day : [...day, ...year(said.year)];
}

function counted(count: number, unit: string): string[] {
  return [...cardinal(count), count === 1 ? unit : `${unit}s`];
}

function cardinal(number: number): string[] {
  if (number === 0) return ['0'];
  const clips: string[] = [];
  let rest = number;
  for (const [value, name] of SCALES) {
    const count = Math.floor(rest / value);
    rest %= value;
    if (count === 0) continue;
    belowThousand(count, clips);
    if (name !== '') clips.push(name);
  }
  return clips;
}

function belowThousand(number: number, clips: string[]): void {
  if (number >= 100) clips.push(`${Math.floor(number / 100)}`, 'hundred');
  let rest = number % 100;
  if (rest > 20) {
    clips.push(`${rest - (rest % 10)}`);
    rest %= 10;
  }
  if (rest > 0) clips.push(`${rest}`);
}

/** Only the last word is an ordinal: "twenty-second". */
function ordinal(number: number): string[] {
  let last = number % 100;
  if (last === 0) last = 100;
  else if (last > 20 && last % 10 !== 0) last %= 10;
  if (last === 100) return [`${number / 100}`, 'nth-100'];
  return [...(number > last ? cardinal(number - last) : []), `nth-${last}`];
}

/** By pairs of digits, as people do: "twenty twenty-six"; the first years of a century otherwise. */
function year(number: number): string[] {
  const century = Math.floor(number / 100);
  const rest = number % 100;
  if (century === 20 && rest < 10) return cardinal(number);
  if (rest === 0) return [...cardinal(century), 'hundred'];
  return [...cardinal(century), ...(rest < 10 ? ['oh', `${rest}`] : cardinal(rest))];
}
