import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseMessage } from './parse-message.ts';
import {
  expectSameWhenRewritten,
  outcomeOf,
  readEverything,
  readField,
  TORTURE_FOLDER,
  tortureCases,
} from './testing/torture-cases.ts';

const cases = tortureCases().map((torture) => ({
  ...torture,
  name: [torture.sections.join(', '), torture.title].filter((part) => part !== '').join(': '),
}));

/** Every section of RFC 4475 that shows a message. */
const RFC_4475 = [...numbered('3.1.1', 13), ...numbered('3.1.2', 19), '3.2.1', ...numbered('3.3', 15), '3.4.1'].map(
  (section) => `RFC 4475 §${section}`,
);
/** Every section of RFC 5118 that shows one. */
const RFC_5118 = numbered('4', 10).map((section) => `RFC 5118 §${section}`);

function numbered(section: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${section}.${at + 1}`);
}

test('every message is in the index, once', () => {
  const files = readdirSync(TORTURE_FOLDER).filter((name) => name.endsWith('.sip'));
  expect(cases.map(({ file }) => file).sort()).toEqual(files.sort());
});

test.each([
  ['RFC 4475', RFC_4475, 49],
  ['RFC 5118', RFC_5118, 10],
])('each message of %s has one of ours beside it', (rfc, sections, count) => {
  const named = new Set(cases.flatMap((torture) => torture.sections).filter((section) => section.startsWith(rfc)));
  expect([...named].sort()).toEqual([...sections].sort());
  expect(named.size).toBe(count);
});

test.each(cases)('$name ($file)', ({ file, expect: expected, reads = {} }) => {
  const octets = readFileSync(join(TORTURE_FOLDER, file));
  expect(outcomeOf(octets)).toEqual(expected);
  const parsed = parseMessage(octets);
  if (!parsed.ok) return;
  readEverything(parsed.value);
  for (const [field, value] of Object.entries(reads)) expect(readField(parsed.value, field), field).toEqual(value);
});

test.each(cases.filter((torture) => torture.expect === 'good'))(
  '$file is written again and read the same',
  ({ file }) => {
    expectSameWhenRewritten(readFileSync(join(TORTURE_FOLDER, file)));
  },
);
