import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const file = (keys: string) => `domain: acme.example
users: [{ extension: "201", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }]
schemes: [{ name: main, open: [{ ring: "201" }] }]
numbers:
  - { number: "+74951234567", ${keys} }
`;
const said = (keys: string) =>
  told(file(keys)).filter((line) => line.includes('numbers[0]') && !line.includes('no trunk'));

test('to beside a scheme', () => {
  expect(said('scheme: main, to: "201"')).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:5:45: warning: numbers\[0\]\.to: to has no effect: number \+74951234567 has a scheme, and goes there; keep/,
    ),
  ]);
  expect(said('scheme: main')).toEqual([]);
  expect(said('to: "201"')).toEqual([]);
});

test('entries of byCaller that an earlier one takes all callers of', () => {
  const byCaller = (...entries: string[]) =>
    said(`scheme: main, byCaller: [${entries.map((from) => `{ from: [${from}], to: "201" }`).join(', ')}]`);
  expect(byCaller('"+7*"', '"+7812*"')).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:5:\d+: warning: numbers\[0\]\.byCaller\[1\]\.from: no caller comes to this entry: \+7\* above it takes them; move it above/,
    ),
  ]);
  expect(byCaller('"+7812*", "+7495*"', '"+781212x", "+7916*"')).toEqual([
    expect.stringMatching(
      /numbers\[0\]\.byCaller\[1\]\.from\[0\]: no caller comes here by \+781212x: \+7812\* above it takes them; move/,
    ),
  ]);
  expect(byCaller('"+7812*"', '"+7*"')).toEqual([]);
});

test('callers who are both accepted and blocked', () => {
  expect(said('scheme: main, accept: ["+7*", "+7812*", "+49*"], block: ["+7*"]')).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:5:\d+: warning: numbers\[0\]\.accept\[0\]: \+7\* is not accepted: it is blocked, and block goes first; remove/,
    ),
    expect.stringMatching(/numbers\[0\]\.accept\[1\]: \+7812\* is not accepted: it is blocked by \+7\*, and/),
  ]);
  expect(said('scheme: main, accept: ["+7*"], block: ["+7495*"]')).toEqual([]);
  const many = Array.from({ length: 50 }, (_, i) => `"+74951${i}"`).join(', ');
  expect(said(`scheme: main, accept: [${many}], block: ["+7*"]`)).toHaveLength(10);
});

test('the same in the lists of the domain', () => {
  expect(told('domain: acme.example\nblock: ["+7*"]\naccept: ["+7812*", "+49*"]\n')).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:3:\d+: warning: accept\[0\]: \+7812\* is not accepted: it is blocked by \+7\*, and block/,
    ),
  ]);
});

test('an entry for a region too is never said to be for nobody', () => {
  const keys = 'scheme: main, byCaller: [{ from: ["+7*"], to: "201" }, { from: ["+7812*"], region: piter, to: "201" }]';
  expect(said(keys).filter((line) => line.includes('no caller comes to'))).toEqual([]);
  expect(said(keys).filter((line) => line.includes('no caller comes here by +7812*'))).toHaveLength(1);
});
