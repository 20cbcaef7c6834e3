import { expect, test } from 'vitest';
import { printable, printableLines } from './printable.ts';

test.each([
  ['a control of ASCII', '\u001b[31m', '\\u001b[31m'],
  ['a line break', '\r\n', '\\u000d\\u000a'],
  ['a control of Latin-1', '\u009b31m', '\\u009b31m'],
  ['the other direction', '\u202egpj', '\\u202egpj'],
  ['an isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
  ['a mark of direction', '\u200f\u061c', '\\u200f\\u061c'],
  ['no width', 'an\u200bna\ufeff', 'an\\u200bna\\ufeff'],
  ['a line separator', '\u2028\u2029', '\\u2028\\u2029'],
  ['a tag beyond the first plane', '\u{e0041}', '\\udb40\\udc41'],
  ['a joiner of letters', 'a\u034fnna', 'a\\u034fnna'],
  ['a choice of look', 'anna\ufe0f\u{e0100}', 'anna\\ufe0f\\udb40\\udd00'],
  ['letters that are blank', '\u3164\u115f\u17b4', '\\u3164\\u115f\\u17b4'],
  ['Braille without dots', '\u2800', '\\u2800'],
])('%s is shown as what it is', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
  expect(printableLines(text)).toBe(/^[\0-\x1f]/.test(text) ? text : shown);
});

test.each(['Ёлка, Müller, 山田, 😀, a\\b "c"'])('%s is left alone', (text) => {
  expect(printable(text)).toBe(text);
  expect(printableLines(text)).toBe(text);
});

test('line breaks and colours that are ours stay, and JSON means what it meant', () => {
  expect(printableLines('\u001b[33mWARN\u001b[39m \u009b\n')).toBe('\u001b[33mWARN\u001b[39m \\u009b\n');
  const value = { 'k\u202e': ['\u009b31m', '\u{e0041}', '\u{e0100}\u2800', '\n'] };
  const text = printableLines(JSON.stringify(value));
  expect(text).toMatch(/^[ -~]*$/);
  expect(JSON.parse(text)).toEqual(value);
});
