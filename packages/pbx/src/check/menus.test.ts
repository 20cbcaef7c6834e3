import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

const PROMPTS = new Set(['main', 'sorry']);

/** What is said of a scheme whose only step is a menu. */
function check(menu: string, more = ''): string[] {
  const text = `domain: acme.example
users:
  - { extension: "201", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "2", name: B, devices: [{ login: boris, password: Vf5kNm7Z }] }
conferences: [{ extension: "700", name: Weekly }]
numbers: [{ number: "+74951234567", scheme: main }]
schemes: [{ name: main, open: [{ menu: ${menu} }${more}] }]
`;
  const lines = told(text, { prompts: () => PROMPTS });
  return lines.map((line) => line.replace(/^pbx\.yaml:\d+:\d+: /, '')).filter((line) => !line.includes('no trunk'));
}

const within = (depth: number): string =>
  depth === 0
    ? '{ ring: "201" }'
    : `{ menu: { prompt: main, keys: { "1": ${within(depth - 1)} }, otherwise: { hangup: normal } } }`;

test.each([
  ['{ prompt: main, keys: { "1": { ring: "201" } }, otherwise: { hangup: normal } }'],
  ['{ prompt: main, keys: { "1": { ring: "201" } }, noKey: { next: { hangup: normal } } }'],
  ['{ prompt: main, keys: {}, extension: ["7xx"], repeat: 2, noKey: { next: repeat }, otherwise: { ring: "201" } }'],
  [`{ prompt: main, keys: { "1": ${within(3)} }, pins: { "1": "48213" }, otherwise: { ring: "201" } }`],
])('%s is taken without a word', (menu) => {
  expect(check(menu)).toEqual([]);
});

test('a step behind it follows a menu', () => {
  expect(check('{ prompt: main, keys: { "1": { ring: "201" } } }', ', { ring: "201" }')).toEqual([]);
});

const MENU = 'schemes[0].open[0].menu';

test.each([
  [
    '{ prompt: main, keys: {}, otherwise: { ring: "201" } }',
    `warning: ${MENU}.keys: no key leads on from menu main; add a key, or extension: true`,
  ],
  [
    '{ prompt: main, keys: { "1": { ring: "201" } } }',
    `warning: ${MENU}: nothing follows menu main for who presses no key: the call ends there; add otherwise:`,
  ],
  [
    '{ prompt: main, keys: { "1": { ring: "201" } }, pins: { "2": "48213" }, otherwise: { ring: "201" } }',
    `error: ${MENU}.pins.2: menu main has no key 2 that its PIN could guard; add the key, or remove the PIN`,
  ],
  [
    '{ prompt: main, keys: { "1": { ring: "201" } }, pins: { "1": "1111" }, otherwise: { ring: "201" } }',
    `warning: ${MENU}.pins.1: the PIN of key 1 is easily guessed; take another`,
  ],
  [
    '{ prompt: main, keys: { "2": { ring: "201" } }, extension: true, otherwise: { ring: "201" } }',
    `warning: ${MENU}.keys.2: key 2 hides extension 2: nobody can dial it here; take another key`,
  ],
  [
    '{ prompt: main, keys: {}, extension: ["201", "3xx"], otherwise: { ring: "201" } }',
    `warning: ${MENU}.extension[1]: no extension is 3xx; write those that callers may dial`,
  ],
  [
    '{ prompt: main, keys: { "1": { ring: "201" } }, wrongKey: { next: repeat }, otherwise: { ring: "201" } }',
    `warning: ${MENU}.wrongKey.next: menu main is asked once, so nothing is repeated; add repeat:`,
  ],
  [
    '{ prompt: main, keys: { "1": { ring: "201" } }, wrongKey: { prompt: none }, otherwise: { ring: "201" } }',
    `warning: ${MENU}.wrongKey.prompt: there is no prompt none; make one`,
  ],
  [
    '{ prompt: main, keys: { "1": { ring: "201" } }, noKey: { next: { ring: "205" } } }',
    `error: ${MENU}.noKey.next.ring: scheme main names extension 205, which does not exist`,
  ],
  ['{ prompt: main, keys: { "A": { ring: "201" } } }', `error: ${MENU}.keys.A: `],
  ['{ prompt: main, keys: { "1": { ring: "201" } }, pins: { "1": "12" } }', `error: ${MENU}.pins.1: the PIN is none`],
  [
    `{ prompt: main, keys: { "1": ${within(4)} }, otherwise: { ring: "201" } }`,
    'menu main is the 5th within each other; there may be 4; lead to a scheme of its own with goto:',
  ],
])('%s: %s', (menu, problem) => {
  expect(check(menu)).toEqual([expect.stringContaining(problem)]);
});
