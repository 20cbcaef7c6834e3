import type { Random } from '@vats/kernel';

/** Pieces that upset readers of any text: blanks, line ends, delimiters, and what is no ASCII. */
// biome-ignore format: a table
const COMMON = [
  '\r\n', '\r', '\n', '\0', ' ', '\t', '\r\n ', ',', ';', '=', ':', '@', '?', '&', '%', '%00', '%zz', '%', '"', '\\', '\\"',
  '<', '>', '[', ']', '(', ')', '*', '/', '\xc3\xa9', '\xff', '\x7f', '-', '+', '.',
];
/** Numbers at the edges of what fields hold. */
// biome-ignore format: a table
const NUMBERS = [
  '0', '-1', '1', '00', '255', '256', '65535', '65536', '2147483647', '2147483648', '4294967295', '4294967296',
  '9007199254740993', '18446744073709551616', '1e9', '0x10', '.5', '99999999999999999999999999',
];
const DIGITS = /\d+/g;

/** What mutations are made of. */
export interface Material {
  readonly random: Random;
  readonly words: readonly string[];
  /** Another input, to take pieces from. */
  readonly other: Buffer;
  readonly longest: number;
}

type Operation = (octets: Buffer, material: Material) => Buffer;

/** One to eight changes, few more often than many. */
export function mutated(original: Buffer, material: Material): Buffer {
  const { random, longest } = material;
  let octets = original;
  let changes = 1 + Math.min(random.below(8), random.below(8));
  for (; changes > 0; changes--) octets = OPERATIONS[random.below(OPERATIONS.length)]!(octets, material);
  return octets.length > longest ? octets.subarray(0, longest) : octets;
}

const flipBit: Operation = (octets, { random }) => {
  if (octets.length === 0) return octets;
  const copy = Buffer.from(octets);
  const at = random.below(copy.length);
  copy[at] = copy[at]! ^ (1 << random.below(8));
  return copy;
};

const setOctet: Operation = (octets, { random }) => {
  if (octets.length === 0) return octets;
  const copy = Buffer.from(octets);
  copy[random.below(copy.length)] = random.below(256);
  return copy;
};

const insertOctet: Operation = (octets, { random }) =>
  put(octets, placeIn(octets, random), 0, Buffer.of(random.below(256)));

const insertWord: Operation = (octets, { random, words }) =>
  put(octets, placeIn(octets, random), 0, wordOf(words, random));

const overwriteWithWord: Operation = (octets, { random, words }) => {
  const word = wordOf(words, random);
  return put(octets, placeIn(octets, random), word.length, word);
};

const remove: Operation = (octets, { random }) =>
  put(octets, placeIn(octets, random), lengthOf(octets, random), NOTHING);

const double: Operation = (octets, { random }) => {
  const at = placeIn(octets, random);
  return put(octets, at, 0, octets.subarray(at, at + lengthOf(octets, random)));
};

const cut: Operation = (octets, { random }) => octets.subarray(0, placeIn(octets, random));

/** The beginning of one and the end of another. */
const splice: Operation = (octets, { random, other }) =>
  Buffer.concat([octets.subarray(0, placeIn(octets, random)), other.subarray(placeIn(other, random))]);

const insertFromOther: Operation = (octets, { random, other }) => {
  const from = placeIn(other, random);
  return put(octets, placeIn(octets, random), 0, other.subarray(from, from + lengthOf(other, random)));
};

/** Another number where one stands: lengths, counters, ports. */
const changeNumber: Operation = (octets, { random }) => {
  const numbers = [...octets.toString('latin1').matchAll(DIGITS)];
  if (numbers.length === 0) return octets;
  const { 0: digits, index } = numbers[random.below(numbers.length)]!;
  const nearby = String(Math.max(0, Number(digits) + random.below(3) - 1));
  const number = random.below(2) === 0 ? NUMBERS[random.below(NUMBERS.length)]! : nearby;
  return put(octets, index, digits.length, Buffer.from(number, 'latin1'));
};

/** Much of the same, for what is bounded. */
const repeat: Operation = (octets, { random }) => {
  const at = placeIn(octets, random);
  const piece = octets.subarray(at, at + lengthOf(octets, random));
  return put(octets, at, 0, Buffer.concat(new Array<Buffer>(2 + random.below(80)).fill(piece)));
};

const OPERATIONS: readonly Operation[] = [
  flipBit,
  setOctet,
  insertOctet,
  insertWord,
  insertWord,
  overwriteWithWord,
  remove,
  remove,
  double,
  cut,
  splice,
  insertFromOther,
  changeNumber,
  repeat,
];

const NOTHING = Buffer.alloc(0);

function wordOf(words: readonly string[], random: Random): Buffer {
  const kind = random.below(4);
  const list = kind === 0 ? COMMON : kind === 1 || words.length === 0 ? NUMBERS : words;
  return Buffer.from(list[random.below(list.length)]!, 'latin1');
}

function placeIn(octets: Buffer, random: Random): number {
  return random.below(octets.length + 1);
}

/** Mostly short: most of what matters is a few octets long. */
function lengthOf(octets: Buffer, random: Random): number {
  return 1 + random.below(random.below(4) === 0 ? octets.length + 1 : 16);
}

/** Puts `piece` in the place of `length` octets. */
function put(octets: Buffer, at: number, length: number, piece: Buffer): Buffer {
  return Buffer.concat([octets.subarray(0, at), piece, octets.subarray(Math.min(at + length, octets.length))]);
}
