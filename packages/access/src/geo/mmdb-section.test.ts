import { expect, test } from 'vitest';
import { MmdbSection } from './mmdb-section.ts';

/** A section of these octets, where 8 of something else stand before it. */
function sectionOf(octets: Buffer): MmdbSection {
  return new MmdbSection(Buffer.concat([Buffer.alloc(8), octets]), 8, 8 + octets.length);
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

test('a key may stand elsewhere, and so may a value', () => {
  const section = sectionOf(latin1('\xe1\x20\x05\x20\x07AaBxy'));
  expect(section.text(section.find(8, 'a'))).toBe('xy');
  expect(section.find(8, 'b')).toBeUndefined();
});

test.each([
  ['one octet', 700, '\x22\xbc'],
  ['two', 2048 + 700, '\x28\x02\xbc'],
  ['three', 526336 + 700, '\x30\x00\x02\xbc'],
  ['four', 526336 + 701, '\x38\x00\x08\x0a\xbd'],
])('a pointer of %s', (_, to, pointer) => {
  const octets = Buffer.alloc(530_000);
  octets.write(`\xe1Aa${pointer}`, 'latin1');
  octets.write('BRU', to, 'latin1');
  const section = sectionOf(octets);
  expect(section.text(section.find(8, 'a'))).toBe('RU');
});

test('values of every type are stepped over', () => {
  const values = [
    '\x68\x40\x09\x21\xfb\x54\x44\x2d\x18', // double
    '\x82\x01\x02', // bytes
    '\xa1\x07', // uint16
    '\xc0', // uint32, 0
    '\xe1AbAc', // map
    '\x04\x01\xff\xff\xff\xff', // int32
    '\x08\x02\x00\x00\x00\x01\x00\x00\x00\x00', // uint64
    '\x01\x03\x07', // uint128
    '\x02\x04AdAe', // array
    '\x01\x07', // true
    '\x04\x08\x40\x48\xf5\xc3', // float
    `\x5d\x1f${'x'.repeat(60)}`, // text of 60
    `\x5e\x00\x0f${'y'.repeat(300)}`, // text of 300
    '\x20\x00', // a pointer
  ];
  const entries = values.map((value) => `Ak${value}`).join('');
  const section = sectionOf(latin1(`${String.fromCharCode(0xe0 | (values.length + 1))}${entries}AzBRU`));
  expect(section.text(section.find(8, 'z'))).toBe('RU');
});

test.each([
  ['\xa2\x01\x00', 256],
  ['\xc4\xff\xff\xff\xff', 2 ** 32 - 1],
  ['\x04\x01\xff\xff\xff\xff', -1],
  ['\x08\x02\x00\x00\x00\x01\x00\x00\x00\x00', 2 ** 32],
  ['\xc0', 0],
  ['BRU', undefined],
])('the number %j', (octets, number) => {
  expect(sectionOf(latin1(octets)).number(8)).toBe(number);
});

test.each([
  ['a pointer to a pointer', '\x20\x02\x20\x04BRU'],
  ['a pointer out of the file', '\x22\xbc'],
  ['a pointer that is cut off', '\x28\x02'],
  ['a text that is cut off', 'BR'],
  ['a length that is cut off', '\x5e\x00'],
  ['nothing', ''],
])('%s is no text, and has no entries', (_, octets) => {
  const section = sectionOf(latin1(octets));
  expect(section.text(8)).toBeUndefined();
  expect(section.find(8, 'a')).toBeUndefined();
});

test('of a map that is too large to be looked through no entry is found', () => {
  const small = sectionOf(latin1(`\xfe\x02\xe3${'AxAy'.repeat(1023)}AaBRU`));
  expect(small.text(small.find(8, 'a'))).toBe('RU');
  const large = sectionOf(latin1(`\xfe\x0a\xe3${'AxAy'.repeat(3071)}AaBRU`));
  expect(large.find(8, 'a')).toBeUndefined();
});
