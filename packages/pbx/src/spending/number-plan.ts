/*
 * Facts about telephone numbers, each as prefixes of E.164 without its plus. Sources: ITU-T E.164 Annex to the Operational
 * Bulletin (list of assigned country codes); Russia's numbering plan (order 205 of the Ministry of Communications of
 * 2017-04-25, kept by Rossvyaz) and the agreement with Kazakhstan of 2006-06-17 that divides zone 7; the premium ranges of
 * national plans as the public metadata of libphonenumber lists them.
 */

/** Country codes of two digits. Those that begin with 1 and 7 have one digit, all others three; none begins with 0. */
const TWO_DIGIT_CODES: ReadonlySet<string> = new Set(
  `20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91
  92 93 94 95 98`.split(/\s+/),
);

/**
 * What of zone 7 is not Russia's to its tariffs: Kazakhstan (6, 7), first digits that nobody has (0, 1, 2, 5), Abkhazia
 * (840, 940) and South Ossetia (850, 998). And 810, which is no zone of Russia's: written with 8 in front of it, or without the
 * plus, it leads abroad.
 */
const ABROAD_IN_ZONE_7: readonly string[] = [
  '70',
  '71',
  '72',
  '75',
  '76',
  '77',
  '7810',
  '7840',
  '7850',
  '7940',
  '7998',
];

/** Free for the caller. */
export const TOLL_FREE_IN_RUSSIA: readonly string[] = ['7800', '7804'];

/**
 * Calls that somebody earns by. Of Russia all service codes 80x but the two free ones: televoting (803), paid services (809),
 * and codes whose price is whoever answers's to set.
 */
export const PREMIUM: readonly string[] = [
  ...['7801', '7802', '7803', '7805', '7806', '7807', '7808', '7809'],
  // No country's: shared cost (808), Inmarsat (870), personal numbers (878), satellites (881), networks of no country (882,
  // 883), 888, and premium rate by its very name (979).
  ...['808', '870', '878', '881', '882', '883', '888', '979'],
  // North America.
  '1900',
  // Great Britain: premium (9), shared revenue (84, 87), and personal numbers (70), which cost as much.
  ...['449', '4484', '4487', '4470'],
  // Germany, Austria, Switzerland.
  ...['49137', '49900', '43900', '43901', '43930', '43931', '43939', '41900', '41901', '41906'],
  // France, Belgium, the Netherlands, Luxembourg.
  ...['3389', '3290', '31900', '31906', '31909', '352900', '352901', '352905'],
  // Italy, Spain, Portugal, Greece, Ireland.
  ...['39892', '39893', '39894', '39895', '39899', '34803', '34806', '34807', '3517601', '3517602', '30901', '30909'],
  '35315',
  // The north and the Baltic states.
  ...['46900', '46939', '46944', '4699', '47820', '47829', '4590', '358600', '358700', '37190', '370900', '372900'],
  // Poland, Czechia, Slovakia, Hungary, Romania, Bulgaria, Croatia, Slovenia, Serbia.
  ...['48700', '48701', '48703', '48704', '48708', '420900', '420906', '420908', '420909', '420976', '421900', '42197'],
  ...['42198', '3690', '3691', '40900', '40903', '40906', '35990', '38560', '38561', '38564', '38690', '38190'],
  // Neighbours: Ukraine, Belarus, Moldova, Armenia, Azerbaijan; Turkey, Israel.
  ...['380900', '375810', '375902', '373900', '373905', '373906', '374900', '374901', '374906', '994900', '90900'],
  ...['972190', '9721919'],
  // Australia, Japan.
  ...['61190', '81990'],
];

/** Zone codes that are one city to its tariffs: Moscow's calls between them are local calls. */
const ONE_CITY: readonly ReadonlySet<string>[] = [new Set(['495', '498', '499'])];

/** Whether two zone codes of Russia are one place. */
export function isOneCity(code: string, other: string): boolean {
  return code === other || ONE_CITY.some((codes) => codes.has(code) && codes.has(other));
}

/** What the first digits of a number say: `more` where it takes further ones to know. */
export type Told = 'yes' | 'no' | 'more';

/** Whether a number that begins with these digits (no plus) is abroad. */
export function isAbroad(digits: string): Told {
  if (digits === '') return 'more';
  if (digits.startsWith('7')) return beginsWithOneOf(PREFIXES_ABROAD_IN_ZONE_7, digits);
  if (digits.startsWith('0')) return 'no';
  if (digits.startsWith('1')) return 'yes';
  if (digits.length < 2) return 'more';
  return digits.length > 2 || TWO_DIGIT_CODES.has(digits) ? 'yes' : 'more';
}

/** Whether a number that begins with these digits (no plus) is a premium one. */
export function isPremium(digits: string): Told {
  return beginsWithOneOf(PREMIUM_PREFIXES, digits);
}

/** Prefixes ready to be looked up: each call outside asks about a hundred of them. */
interface Prefixes {
  readonly whole: ReadonlySet<string>;
  /** What prefixes begin with, the empty text too. */
  readonly heads: ReadonlySet<string>;
  readonly longest: number;
}

function prefixesOf(prefixes: readonly string[]): Prefixes {
  return {
    whole: new Set(prefixes),
    heads: new Set(prefixes.flatMap((prefix) => Array.from(prefix, (_, length) => prefix.slice(0, length)))),
    longest: Math.max(...prefixes.map(({ length }) => length)),
  };
}

function beginsWithOneOf({ whole, heads, longest }: Prefixes, digits: string): Told {
  for (let length = 1; length <= Math.min(longest, digits.length); length++) {
    if (whole.has(digits.slice(0, length))) return 'yes';
  }
  return heads.has(digits) ? 'more' : 'no';
}

const PREMIUM_PREFIXES = prefixesOf(PREMIUM);
const PREFIXES_ABROAD_IN_ZONE_7 = prefixesOf(ABROAD_IN_ZONE_7);
