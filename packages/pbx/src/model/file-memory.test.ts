import { inspect } from 'node:util';
import { atOnce } from '@vats/kernel';
import { expect, test } from 'vitest';
import { readingPbx } from '../check/check-pbx.ts';
import type { RegisterNames } from '../check/domain-view.ts';
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
  const apply = (text: string, meets = model, register?: RegisterNames): Applied => {
    const read = atOnce(readingPbx(text, 'f.yaml', memory));
    if (!read.ok) throw new Error('the file is good');
    const done = atOnce(
      planningApply(meets, read.value, { managedBy: 'file:test', memory, prune: true, ...(register && { register }) }),
    );
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

test('objects of a store that was opened anew are told apart by what they say once, and by identity from then on', () => {
  const { apply, model, use } = switchWith();
  apply(file(user(201), user(202)));
  use(structuredClone(model()));
  const [stored] = model().domains;
  apply(file(user(201), user(202)));
  expect(model().domains[0]?.users).toBe(stored?.users);
  apply(file(user(201), user(202), user(203)));
  expect(model().domains[0]?.users[0]).toBe(stored?.users[0]);
});

test('a number without a trunk is warned of when the last trunk goes', () => {
  const { apply } = switchWith();
  const numbers = 'numbers: [{ number: "+74951234567", to: "201" }]\n';
  const inBlock = numbers.replace('[', '\n  - ').replace(']', '');
  const warnings = (text: string): readonly string[] => {
    const done = apply(text);
    return done.ok ? done.warnings.map(({ message }) => message) : [];
  };
  expect(warnings(`${file(user(201))}${inBlock}trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]\n`)).toEqual([]);
  expect(warnings(`${file(user(201))}${inBlock}`)).toEqual(['number +74951234567 has no trunk']);
});

function warningsOf(done: Applied) {
  if (!done.ok) throw new Error('the file is good');
  return done.warnings;
}

test('a region that the next numbering register has no longer is warned of, though nothing else changed', () => {
  const { apply, model } = switchWith();
  const register = (...names: string[]): RegisterNames => ({ has: (name) => names.includes(name), all: () => names });
  const trunks = 'trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]\n';
  const text = `${file(user(201))}${trunks}numbers:\n  - { number: "+74951234567", byCaller: [{ region: Москва, to: "201" }], to: "201" }\n`;
  const warnings = (names: RegisterNames) => warningsOf(apply(text, model(), names)).map(({ message }) => message);
  expect(warnings(register('Москва')).join()).not.toMatch(/region/);
  expect(warnings(register('Тверь')).join()).toMatch(/names region Москва/);
});

test('nothing that was read as a whole is remembered with its password', () => {
  const { apply, memory } = switchWith();
  const anchored = file(user(201, '&p Sec7etWord'), user(202, '*p'));
  expect(apply(anchored).ok).toBe(true);
  expect(inspect(memory, { depth: 12, showHidden: true })).not.toContain('Sec7etWord');
  expect(apply(anchored)).toMatchObject({ ok: true, changes: [] });
});
