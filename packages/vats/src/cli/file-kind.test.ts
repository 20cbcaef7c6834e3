import { expect, test } from 'vitest';
import { isSettingsFile } from './file-kind.ts';

test.each([
  ['data: ./data\nsip:\n  listen: []\n', true],
  ['# comment\nmedia: {}\n', true],
  ['recordings:\n  minfree: 5MB\n', true],
  ['history: { keep: 365d }\n', true],
  ['domain: acme.example\nusers: []\n', false],
  ['domain: acme.example\naccess: any\n', false],
  ['users:\n  - extension: "201"\n    data: x\n', false],
  ['', false],
  ['domain: a\nsip: {}\n', false],
  ['access:\n  policy: russia\n', true],
  ['access: # who may come\n\n  # our own\n  trusted: [10.0.0.5]\n', true],
  ['access: { policy: russia }\n', true],
  ['access: russia\n', false],
  ['access:\n  mode: list\n  allow: [10.0.0.0/8]\n', false],
  ['access: { policy: russia }\ndomain: acme.example\n', false],
])('%j is settings: %s', (text, settings) => {
  expect(isSettingsFile(text)).toBe(settings);
});
