/** What each clip of the Russian set says: the text that it was made from. */
const UNITS = ['ноль', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять', 'десять'];
const TEENS = [
  'одиннадцать',
  'двенадцать',
  'тринадцать',
  'четырнадцать',
  'пятнадцать',
  'шестнадцать',
  'семнадцать',
  'восемнадцать',
  'девятнадцать',
  'двадцать',
];
const TENS = ['тридцать', 'сорок', 'пятьдесят', 'шестьдесят', 'семьдесят', 'восемьдесят', 'девяносто'];
const HUNDREDS = ['сто', 'двести', 'триста', 'четыреста', 'пятьсот', 'шестьсот', 'семьсот', 'восемьсот', 'девятьсот'];
/** Ordinals without their endings, 1 to 20; then 30 to 90, then 100 to 900. */
const STEMS = [
  'перв',
  'втор',
  'трет',
  'четвёрт',
  'пят',
  'шест',
  'седьм',
  'восьм',
  'девят',
  'десят',
  ...TEENS.map((word) => word.slice(0, -1)),
];
const STEMS_OF_TENS = ['тридцат', 'сороков', 'пятидесят', 'шестидесят', 'семидесят', 'восьмидесят', 'девяност'];
const STEMS_OF_HUNDREDS = [
  'сот',
  'двухсот',
  'трёхсот',
  'четырёхсот',
  'пятисот',
  'шестисот',
  'семисот',
  'восьмисот',
  'девятисот',
];
const MONTHS = [
  'января',
  'февраля',
  'марта',
  'апреля',
  'мая',
  'июня',
  'июля',
  'августа',
  'сентября',
  'октября',
  'ноября',
  'декабря',
];
const FORMS: Readonly<Record<string, readonly [one: string, two: string, five: string]>> = {
  thousand: ['тысяча', 'тысячи', 'тысяч'],
  million: ['миллион', 'миллиона', 'миллионов'],
  billion: ['миллиард', 'миллиарда', 'миллиардов'],
  minute: ['минута', 'минуты', 'минут'],
  second: ['секунда', 'секунды', 'секунд'],
  hour: ['час', 'часа', 'часов'],
  ruble: ['рубль', 'рубля', 'рублей'],
  kopeck: ['копейка', 'копейки', 'копеек'],
};

function ordinals(kind: string, ending: (stem: string, number: number) => string, upTo: number): [string, string][] {
  const stems: [number, string][] = [
    ...STEMS.map((stem, i): [number, string] => [i + 1, stem]),
    ...STEMS_OF_TENS.map((stem, i): [number, string] => [30 + 10 * i, stem]),
    ...STEMS_OF_HUNDREDS.map((stem, i): [number, string] => [100 * (i + 1), stem]),
  ];
  return stems
    .filter(([number]) => number <= upTo)
    .map(([number, stem]) => [`${kind}-${number}`, ending(stem, number)]);
}

/** Stressed endings: второй, шестой, седьмой, восьмой, сороковой. */
const STRESSED = new Set([2, 6, 7, 8, 40]);

function nominative(stem: string, number: number): string {
  if (number === 3) return 'третий';
  return `${stem}${STRESSED.has(number) ? 'ой' : 'ый'}`;
}

function neuter(stem: string, number: number): string {
  return number === 3 ? 'третье' : `${stem}ое`;
}

function genitive(stem: string, number: number): string {
  return number === 3 ? 'третьего' : `${stem}ого`;
}

export const RUSSIAN_WORDS: ReadonlyMap<string, string> = new Map<string, string>([
  ...[...UNITS, ...TEENS].map((word, i): [string, string] => [`${i}`, word]),
  ...TENS.map((word, i): [string, string] => [`${30 + 10 * i}`, word]),
  ...HUNDREDS.map((word, i): [string, string] => [`${100 * (i + 1)}`, word]),
  ['1f', 'одна'],
  ['2f', 'две'],
  ...Object.entries(FORMS).flatMap(([name, [one, two, five]]): [string, string][] => [
    [`${name}-1`, one],
    [`${name}-2`, two],
    [`${name}-5`, five],
  ]),
  ...ordinals('nth', nominative, 900),
  ...ordinals('day', neuter, 30),
  ...ordinals('year', genitive, 90),
  ['year-900', 'девятисотого'],
  ['year-2000', 'двухтысячного'],
  ['of-year', 'года'],
  ...MONTHS.map((word, i): [string, string] => [`month-${i + 1}`, word]),
  ['star', 'звёздочка'],
  ['hash', 'решётка'],
  ['plus', 'плюс'],
]);
