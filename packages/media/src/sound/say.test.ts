import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LARGEST, type Language, type Said } from './said.ts';
import { say } from './say.ts';
import { ENGLISH_WORDS } from './words-english.ts';
import { RUSSIAN_WORDS } from './words-russian.ts';

function text(language: Language, said: Said): string {
  const words = language === 'ru' ? RUSSIAN_WORDS : ENGLISH_WORDS;
  const clips = say(language, said);
  for (const clip of clips) if (!words.has(clip)) throw new Error(`${clip} is not recorded in ${language}`);
  return clips.map((clip) => words.get(clip)).join(' ');
}

const NINETEEN = [
  ...[[11, 'одиннадцать'] as const, [12, 'двенадцать'] as const, [13, 'тринадцать'] as const],
  ...[[14, 'четырнадцать'] as const, [15, 'пятнадцать'] as const, [16, 'шестнадцать'] as const],
  ...[[17, 'семнадцать'] as const, [18, 'восемнадцать'] as const, [19, 'девятнадцать'] as const],
];

describe('Russian', () => {
  test.each<[Said, string]>([
    [{ number: 0 }, 'ноль'],
    ...NINETEEN.map(([number, word]): [Said, string] => [{ number }, word]),
    [{ number: 20 }, 'двадцать'],
    [{ number: 21 }, 'двадцать один'],
    [{ number: 100 }, 'сто'],
    [{ number: 999 }, 'девятьсот девяносто девять'],
    [{ number: 1_000 }, 'тысяча'],
    [{ number: 1_001 }, 'тысяча один'],
    [{ number: 2_000 }, 'две тысячи'],
    [{ number: 5_000 }, 'пять тысяч'],
    [{ number: 11_000 }, 'одиннадцать тысяч'],
    [{ number: 1_000_000 }, 'миллион'],
    [{ number: 2_000_000 }, 'два миллиона'],
    [{ count: 0, of: 'minute' }, 'ноль минут'],
    [{ count: 1_001, of: 'minute' }, 'тысяча одна минута'],
    [{ count: 1_001, of: 'ruble' }, 'тысяча один рубль'],
    [{ count: 2_000, of: 'kopeck' }, 'две тысячи копеек'],
    [{ count: 1_000_000, of: 'hour' }, 'миллион часов'],
    [{ number: 2_001 }, 'две тысячи один'],
    [{ number: 21_011 }, 'двадцать одна тысяча одиннадцать'],
    [{ number: 1_002_115 }, 'миллион две тысячи сто пятнадцать'],
    [{ number: 5_000_000_000 }, 'пять миллиардов'],
    [{ count: 1, of: 'minute' }, 'одна минута'],
    [{ count: 2, of: 'minute' }, 'две минуты'],
    [{ count: 5, of: 'minute' }, 'пять минут'],
    [{ count: 11, of: 'minute' }, 'одиннадцать минут'],
    [{ count: 21, of: 'minute' }, 'двадцать одна минута'],
    [{ count: 112, of: 'second' }, 'сто двенадцать секунд'],
    [{ count: 22, of: 'hour' }, 'двадцать два часа'],
    [{ position: 1 }, 'первый'],
    [{ position: 3 }, 'третий'],
    [{ position: 20 }, 'двадцатый'],
    [{ position: 22 }, 'двадцать второй'],
    [{ position: 40 }, 'сороковой'],
    [{ position: 100 }, 'сотый'],
    [{ position: 117 }, 'сто семнадцатый'],
    [{ position: 900 }, 'девятисотый'],
    [{ position: 1_001 }, 'тысяча один'],
    [{ hours: 21, minutes: 1 }, 'двадцать один час одна минута'],
    [{ hours: 0, minutes: 0 }, 'ноль часов ноль минут'],
    [{ hours: 1, minutes: 2 }, 'один час две минуты'],
    [{ hours: 11, minutes: 11 }, 'одиннадцать часов одиннадцать минут'],
    [{ hours: 23, minutes: 59 }, 'двадцать три часа пятьдесят девять минут'],
    [{ day: 21, month: 1 }, 'двадцать первое января'],
    [{ day: 3, month: 3, year: 2_026 }, 'третье марта две тысячи двадцать шестого года'],
    [{ day: 30, month: 12, year: 2_000 }, 'тридцатое декабря двухтысячного года'],
    [{ day: 1, month: 5, year: 1_999 }, 'первое мая тысяча девятьсот девяносто девятого года'],
    [{ day: 1, month: 5, year: 1_900 }, 'первое мая тысяча девятисотого года'],
    [{ kopecks: 100 }, 'один рубль'],
    [{ kopecks: 150_232 }, 'тысяча пятьсот два рубля тридцать две копейки'],
    [{ kopecks: 1 }, 'ноль рублей одна копейка'],
    [{ digits: '+7 (495) *#' }, 'плюс семь четыре девять пять звёздочка решётка'],
  ])('%j', (said, expected) => {
    expect(text('ru', said)).toBe(expected);
  });
});

describe('English', () => {
  test.each<[Said, string]>([
    [{ number: 0 }, 'zero'],
    [{ number: 11 }, 'eleven'],
    [{ number: 12 }, 'twelve'],
    [{ number: 13 }, 'thirteen'],
    [{ number: 19 }, 'nineteen'],
    [{ number: 21 }, 'twenty one'],
    [{ number: 121 }, 'one hundred twenty one'],
    [{ number: 1_000 }, 'one thousand'],
    [{ number: 1_001 }, 'one thousand one'],
    [{ number: 2_000 }, 'two thousand'],
    [{ number: 1_000_000 }, 'one million'],
    [{ count: 0, of: 'minute' }, 'zero minutes'],
    [{ hours: 23, minutes: 59 }, 'eleven fifty nine p.m.'],
    [{ hours: 13, minutes: 1 }, 'one oh one p.m.'],
    [{ number: 1_000_019 }, 'one million nineteen'],
    [{ count: 1, of: 'minute' }, 'one minute'],
    [{ count: 22, of: 'minute' }, 'twenty two minutes'],
    [{ position: 22 }, 'twenty second'],
    [{ position: 200 }, 'two hundredth'],
    [{ position: 130 }, 'one hundred thirtieth'],
    [{ hours: 14, minutes: 30 }, 'two thirty p.m.'],
    [{ hours: 0, minutes: 5 }, 'twelve oh five a.m.'],
    [{ hours: 12, minutes: 0 }, 'twelve p.m.'],
    [{ day: 21, month: 1, year: 2_026 }, 'January twenty first twenty twenty six'],
    [{ day: 2, month: 2, year: 2_005 }, 'February second two thousand five'],
    [{ day: 2, month: 2, year: 1_900 }, 'February second nineteen hundred'],
    [{ kopecks: 201 }, 'two rubles one kopeck'],
    [{ digits: '12' }, 'one two'],
  ])('%j', (said, expected) => {
    expect(text('en', said)).toBe(expected);
  });
});

/** Reads number words back, independently of how they were chosen. */
const RUSSIAN_VALUES: readonly (readonly [RegExp, number])[] = [
  [/^ноль$/, 0],
  [/^одна$|^один$/, 1],
  [/^две$|^два$/, 2],
  ...['три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять'].map((word, i) => [exactly(word), i + 3] as const),
  ...'десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать'
    .split(' ')
    .map((word, i) => [exactly(word), 10 + i] as const),
  ...'тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто'
    .split(' ')
    .map((word, i) => [exactly(word), 30 + 10 * i] as const),
  ...'сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот'
    .split(' ')
    .map((word, i) => [exactly(word), 100 * (i + 1)] as const),
];
const RUSSIAN_SCALES: readonly (readonly [RegExp, number])[] = [
  [/^тысяч/, 1e3],
  [/^миллион/, 1e6],
  [/^миллиард/, 1e9],
];

function exactly(word: string): RegExp {
  return new RegExp(`^${word}$`);
}

function reRead(said: string, values: typeof RUSSIAN_VALUES, scales: typeof RUSSIAN_SCALES): number {
  let whole = 0;
  let part = 0;
  let words = 0;
  for (const word of said.split(' ')) {
    const value = values.find(([pattern]) => pattern.test(word))?.[1];
    const scale = scales.find(([pattern]) => pattern.test(word))?.[1];
    if (value !== undefined) part += value;
    else if (word === 'hundred') part *= 100;
    else if (scale !== undefined) {
      whole += (words === 0 ? 1 : part) * scale;
      part = 0;
      words = -1;
    } else throw new Error(`${word} is no number`);
    words++;
  }
  return whole + part;
}

const anyNumber = fc.oneof(
  fc.nat(120),
  fc.nat(9_999),
  fc.maxSafeNat().map((n) => n % (LARGEST + 1)),
);

test('the words of a Russian number, read again, give the number', () => {
  fc.assert(
    fc.property(anyNumber, (number) => {
      expect(reRead(text('ru', { number }), RUSSIAN_VALUES, RUSSIAN_SCALES)).toBe(number);
    }),
    { numRuns: 2_000 },
  );
});

test('gender and number of what is counted agree with the last word', () => {
  fc.assert(
    fc.property(anyNumber, (count) => {
      const words = text('ru', { count, of: 'minute' }).split(' ');
      const noun = words.pop();
      expect(reRead(words.join(' '), RUSSIAN_VALUES, RUSSIAN_SCALES)).toBe(count);
      const last = words.at(-1)!;
      if (last === 'одна') expect(noun).toBe('минута');
      else if (/^(две|три|четыре)$/.test(last)) expect(noun).toBe('минуты');
      else expect(noun).toBe('минут');
      expect(last).not.toMatch(/^(один|два)$/);
    }),
    { numRuns: 2_000 },
  );
});

test('the words of an English number, read again, give the number', () => {
  const plain = [...ENGLISH_WORDS].filter(([clip]) => /^\d+$/.test(clip));
  const values = plain.map(([clip, word]) => [exactly(word), Number(clip)] as const);
  const scales = [
    [/^thousand$/, 1e3],
    [/^million$/, 1e6],
    [/^billion$/, 1e9],
  ] as const;
  fc.assert(
    fc.property(anyNumber, (number) => {
      expect(reRead(text('en', { number }), values, scales)).toBe(number);
    }),
    { numRuns: 2_000 },
  );
});

test('every value there is has all its clips, in both languages', () => {
  for (const language of ['ru', 'en'] as const) {
    for (let position = 1; position <= 1_000; position++) text(language, { position });
    for (let day = 1; day <= 31; day++) for (let month = 1; month <= 12; month++) text(language, { day, month });
    for (let year = 1_900; year <= 2_099; year++) text(language, { day: 1, month: 1, year });
    for (let hours = 0; hours < 24; hours++)
      for (let minutes = 0; minutes < 60; minutes++) text(language, { hours, minutes });
    for (let kopecks = 0; kopecks < 30_000; kopecks += 7) text(language, { kopecks });
    for (const of of ['minute', 'second', 'hour', 'ruble', 'kopeck'] as const)
      for (let count = 0; count < 130; count++) text(language, { count, of });
  }
});

test('every clip is used by something: none is recorded in vain', () => {
  for (const [language, words] of [
    ['ru', RUSSIAN_WORDS],
    ['en', ENGLISH_WORDS],
  ] as const) {
    const used = new Set(say(language, { digits: '+*#' }));
    const add = (said: Said) => say(language, said).forEach((clip) => void used.add(clip));
    for (let n = 1; n < 1_000; n++) {
      add({ position: n });
      for (const of of ['minute', 'second', 'hour', 'ruble', 'kopeck'] as const) add({ count: n, of });
    }
    for (let day = 1; day <= 31; day++) for (let month = 1; month <= 12; month++) add({ day, month });
    for (let year = 1_900; year <= 2_099; year++) add({ day: 1, month: 1, year });
    for (let hours = 0; hours < 24; hours++) add({ hours, minutes: 5 });
    for (const number of [0, 1e3, 2e3, 5e3, 1e6, 2e6, 5e6, 1e9, 2e9, 5e9]) add({ number });
    expect([...words.keys()].filter((clip) => !used.has(clip))).toEqual([]);
  }
});

test.each<Said>([
  { number: -1 },
  { number: 0.5 },
  { number: LARGEST + 1 },
  { number: Number.NaN },
  { position: 0 },
  { hours: 24, minutes: 0 },
  { hours: 1, minutes: 60 },
  { day: 0, month: 1 },
  { day: 1, month: 13 },
  { day: 1, month: 1, year: 2_100 },
  { count: -1, of: 'minute' },
  { kopecks: 1.5 },
])('%j is refused with what it may be', (said) => {
  expect(() => say('ru', said)).toThrow(/is a whole number from .* to .*, not/);
});
