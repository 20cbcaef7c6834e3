import { expect, test } from 'vitest';
import type { MenuStep } from '../schema/menu.ts';
import { modelOf, onlyDomain } from '../testing/model-of.ts';
import { mostMenuKeys, readMenuKeys } from './menu-keys.ts';

const DOMAIN = onlyDomain(
  modelOf(`domain: acme.example
users:
  - { extension: "2", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "20", name: B, devices: [{ login: boris, password: Vf5kNm7Z }] }
  - { extension: "2001", name: C, devices: [{ login: "555", password: Vf5kNm7ZqW3r }] }
  - { extension: "31", name: D, devices: [{ login: dora, password: Vf5kNm7Z }] }
groups: [{ extension: "600", name: Sales, members: ["2"] }]
conferences: [{ extension: "700", name: Weekly }]
numbers: [{ number: "+74951234567", to: "600" }]
`),
);
const STEP = { hangup: 'normal' } as const;
const ANY: MenuStep = { prompt: 'main', keys: { '1': STEP, '3': STEP, '*': STEP }, extension: true };

test.each([
  // A key is chosen at once, unless an extension begins with it.
  ['1', { key: '1' }, false],
  ['*', { key: '*' }, false],
  ['3', { key: '3' }, true],
  ['31', { extension: '31' }, false],
  ['32', undefined, false],
  ['2', { extension: '2' }, true],
  ['20', { extension: '20' }, true],
  ['200', undefined, true],
  ['2001', { extension: '2001' }, false],
  ['600', { extension: '600' }, false],
  ['700', { extension: '700' }, false],
  ['7', undefined, true],
  // A caller says that this is all.
  ['20#', { extension: '20' }, false],
  ['3#', { key: '3' }, false],
  ['7#', undefined, false],
  ['#', undefined, false],
  ['', undefined, false],
  // A login, a number and a code are no extension.
  ['555', undefined, false],
  ['74951234567', undefined, false],
  ['*4', undefined, false],
])('%s: %j, and whether it may go on: %s', (keys, choice, mayGoOn) => {
  expect(readMenuKeys(ANY, DOMAIN, keys)).toEqual({ choice, mayGoOn });
});

test('only those extensions may be dialled that the menu says', () => {
  const some: MenuStep = { ...ANY, extension: ['2*', '600'] };
  expect(readMenuKeys(some, DOMAIN, '3')).toEqual({ choice: { key: '3' }, mayGoOn: false });
  expect(readMenuKeys(some, DOMAIN, '31').choice).toBeUndefined();
  expect(readMenuKeys(some, DOMAIN, '600').choice).toEqual({ extension: '600' });
  const none: MenuStep = { prompt: 'main', keys: { '2': STEP } };
  expect(readMenuKeys(none, DOMAIN, '2')).toEqual({ choice: { key: '2' }, mayGoOn: false });
  expect(readMenuKeys(none, DOMAIN, '20')).toEqual({ choice: undefined, mayGoOn: false });
});

test('hash is the end of an extension, unless it is a key itself', () => {
  const hash: MenuStep = { ...ANY, keys: { '#': STEP } };
  expect(readMenuKeys(hash, DOMAIN, '#')).toEqual({ choice: { key: '#' }, mayGoOn: false });
  expect(readMenuKeys(hash, DOMAIN, '20#').choice).toEqual({ extension: '20' });
});

test('the most keys are those of the longest extension, and one more', () => {
  expect(mostMenuKeys(ANY, DOMAIN)).toBe(5);
  expect(mostMenuKeys({ prompt: 'main', keys: { '1': STEP } }, DOMAIN)).toBe(2);
});
