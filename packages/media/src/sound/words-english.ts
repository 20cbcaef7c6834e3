/** What each clip of the English set says: the text that it was made from. */
const CARDINALS = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen ' +
  'nineteen twenty'
).split(' ');
const TENS = ['thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const ORDINALS = (
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth ' +
  'sixteenth seventeenth eighteenth nineteenth twentieth'
).split(' ');
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const PLAIN = ['hundred', 'thousand', 'million', 'billion', 'oh', 'star', 'hash', 'plus'];
const UNITS = ['minute', 'second', 'hour', 'ruble', 'kopeck'];

export const ENGLISH_WORDS: ReadonlyMap<string, string> = new Map<string, string>([
  ...CARDINALS.map((word, i): [string, string] => [`${i}`, word]),
  ...TENS.map((word, i): [string, string] => [`${30 + 10 * i}`, word]),
  ...ORDINALS.map((word, i): [string, string] => [`nth-${i + 1}`, word]),
  ...TENS.map((word, i): [string, string] => [`nth-${30 + 10 * i}`, `${word.slice(0, -1)}ieth`]),
  ['nth-100', 'hundredth'],
  ...MONTHS.map((word, i): [string, string] => [`month-${i + 1}`, word]),
  ...PLAIN.map((word): [string, string] => [word, word]),
  ...UNITS.flatMap((word): [string, string][] => [
    [word, word],
    [`${word}s`, `${word}s`],
  ]),
  ['am', 'a.m.'],
  ['pm', 'p.m.'],
]);
