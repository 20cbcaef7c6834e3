import { expect, test } from 'vitest';
import { told } from '../testing/told.ts';

test('schemes to which no number leads, by itself or by another scheme', () => {
  const lines = told(`domain: acme.example
users: [{ extension: "201", name: A, devices: [{ login: anna, password: Vf5kNm7Z }] }]
numbers:
  - { number: "+74951234567", scheme: main }
  - { number: "+74951234568", to: "201", schedule: [{ hours: { mon: "09:00-18:00" }, scheme: monday }], byCaller: [{ from: ["+7*"], scheme: vip }] }
schemes:
  - { name: main, open: [{ menu: { prompt: menu, keys: { "1": { goto: menu-one } }, otherwise: { goto: other } } }] }
  - { name: menu-one, open: [{ ring: "201" }] }
  - { name: other, open: [{ ring: "201" }] }
  - { name: monday, open: [{ ring: "201" }] }
  - { name: vip, open: [{ ring: "201" }] }
  - { name: lost, open: [{ goto: lost-too }] }
  - { name: lost-too, open: [{ ring: "201" }] }
`).filter((line) => line.includes('is never used'));
  expect(lines).toEqual([
    expect.stringMatching(
      /^pbx\.yaml:12:\d+: warning: schemes\[5\]\.name: scheme lost is never used: no number leads to it; name it in a number/,
    ),
    expect.stringMatching(/^pbx\.yaml:13:\d+: warning: schemes\[6\]\.name: scheme lost-too is never used/),
  ]);
});
