import { inspect } from 'node:util';
import { atOnce } from '@vats/kernel';
import { expect, test } from 'vitest';
import { readingPbx } from '../check/check-pbx.ts';
import { type Applied, planningApply } from './apply.ts';
import { FileMemory } from './file-memory.ts';
import { ha1Of } from './ha1.ts';
import { EMPTY_MODEL, type Model } from './model.ts';

const user = (extension: number, password = 'Vf5kNm7Z'): string =>
  `  - { extension: "${extension}", name: User, devices: [{ login: user${extension}, password: ${password} }] }\n`;
const file = (...users: string[]): string => `domain: acme.example\nusers:\n${users.join('')}`;

function switchWith() {
  let model: Model = EMPTY_MODEL;
  const memory = new FileMemory(() => model);
  const apply = (text: string, meets = model): Applied => {
    const read = atOnce(readingPbx(text, 'f.yaml', memory));
    if (!read.ok) throw new Error('the file is good');
    const done = atOnce(planningApply(meets, read.value, { managedBy: 'file:test', memory, prune: true }));
    memory.settle();
    if (done.ok) model = done.next;
    return done;
  };
  const use = (next: Model): void => {
    model = next;
  };
  return { apply, memory, use, model: () => model };
}

test('an entry that is as it was stays the same object, and its list too where all are', () => {
  const { apply, model } = switchWith();
  apply(file(user(201), user(202)));
  const [before] = model().domains;
  apply(`${file(user(201), user(203))}groups: [{ extension: "600", name: Sales, members: ["201"] }]\n`);
  const [after] = model().domains;
  expect(after?.users[0]).toBe(before?.users[0]);
  expect(after?.users.map(({ extension }) => extension)).toEqual(['201', '203']);
  apply(`timezone: UTC\n${file(user(201), user(203))}groups: [{ extension: "600", name: Sales, members: ["201"] }]\n`);
  expect(model().domains[0]?.users).toBe(after?.users);
});

test('nothing that is remembered holds a password or the text', () => {
  const { apply, memory } = switchWith();
  apply(file(user(201, 'Sec7etWord'), user(202)));
  expect(memory.size).toBe(2);
  expect(inspect(memory, { depth: 12, showHidden: true })).not.toContain('Sec7etWord');
});

test('what the file has no longer is forgotten', () => {
  const { apply, memory } = switchWith();
  apply(file(user(201), user(202)));
  apply(file(user(202)));
  expect(memory.size).toBe(1);
});

test('a weak password is warned of again, and refused again where its account is new again', () => {
  const { apply, model } = switchWith();
  const withDigest = file(user(201), user(202, 'short'));
  const refused = apply(withDigest);
  expect(refused.ok).toBe(false);
  expect(apply(withDigest)).toEqual(refused);
  expect(model()).toEqual(EMPTY_MODEL);
});

test('a domain that was made anew with another realm gets digests of that realm', () => {
  const { apply, model, use } = switchWith();
  apply(file(user(201)));
  const [acme] = model().domains;
  use({ domains: [{ ...acme!, realm: 'asterisk', users: [] }] });
  apply(file(user(201)));
  const expected = ha1Of('user201', 'acme.example', 'asterisk', 'Vf5kNm7Z');
  expect(model().domains[0]?.users[0]?.devices[0]?.ha1).toEqual(expected);
});
