import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { NOT_PLAIN, readPlain } from './plain-yaml.ts';

const SCALARS = [
  ...[
    '0',
    '7',
    '42',
    '007',
    '-1',
    '+1',
    '+74951234567',
    '0x1F',
    '0o17',
    '1e3',
    '1.5',
    '1.',
    '.5',
    '1.2.3',
    '192.0.2.1',
    '10.20.*',
  ],
  ...[
    '123456789012345',
    '1234567890123456789',
    '1_000',
    '09:00',
    '12:30:45',
    '2026-12-31',
    '20s',
    '1h30m',
    '+7*',
    '3xx',
    '0b1',
  ],
  ...[
    'true',
    'True',
    'TRUE',
    'false',
    'null',
    'Null',
    '~',
    'yes',
    'no',
    'nullable',
    'truer',
    '.inf',
    '.nan',
    '_',
    '/a/b',
    'a, b',
  ],
  ...[
    'a b',
    'a  ',
    'a # c',
    'a#c',
    'a:b',
    'a: b',
    'a:',
    'sip:192.0.2.1:5060',
    'Анна',
    'x & y',
    '*a',
    '&a',
    '!a',
    '|',
    '>',
    '-',
    '- a',
    '-a',
  ],
  ...[
    '"a"',
    "'a'",
    '"a" # c',
    '"a"b',
    '"\\n"',
    "'it''s'",
    '""',
    "''",
    '"a: b"',
    '"#"',
    '[]',
    '{}',
    '[a, b]',
    '[a, b,]',
    '[a,, b]',
    '[a: b]',
  ],
  ...[
    '{ a: b }',
    '{ a: b, a: c }',
    '{ a }',
    '{ "1": x, b: [c] }',
    '{a:b}',
    '{"a":b}',
    '{ a: }',
    '[ "x" ,y ]',
    '[a b, c]',
    '[a',
    '{ __proto__: 1 }',
    '@a',
    '%a',
    '`a`',
    '? a',
    'a\tb',
    '<<',
  ],
];

test.each(SCALARS)('what is taken of %j is what the library reads', (scalar) => {
  for (const text of [
    `key: ${scalar}\n`,
    `- ${scalar}\n`,
    `- a: 1\n  b: ${scalar}\n`,
    `key: [${scalar}]\n`,
    `key: { a: ${scalar} }\n`,
  ]) {
    const read = readPlain(text, 0, text.length);
    if (read !== NOT_PLAIN) expect({ text, read }).toEqual({ text, read: parse(text) });
  }
});

test.each(['key: 20s\n', '- 42\n', 'key:\n- a\n- b: c\n  d: [e]\n', 'key:\n  a: "b" # c\n\n  # d\n  e: \'f\'\r\n'])(
  '%j is plain',
  (text) => {
    expect(readPlain(text, 0, text.length)).toEqual(parse(text));
  },
);

test.each([
  'key:\n  a\n  b\n',
  'key: a\n  b\n',
  '- a\n b\n',
  'key:\n',
  '- \n',
  'a: 1\n b: 2\n',
  'key:\n  - a\n - b\n',
  'a: [b,\n c]\n',
])('%j is left to the library', (text) => {
  expect(readPlain(text, 0, text.length)).toBe(NOT_PLAIN);
});
