import { expect, test } from 'vitest';
import { isSettingsFile } from './file-kind.ts';

test.each([
  ['data: ./data\nsip:\n  listen: []\n', true],
  ['# comment\nmedia: {}\n', true],
  ['domain: acme.example\nusers: []\n', false],
  ['domain: acme.example\naccess: any\n', false],
  ['users:\n  - extension: "201"\n    data: x\n', false],
  ['', false],
  ['domain: a\nsip: {}\n', false],
])('%j is settings: %s', (text, settings) => {
  expect(isSettingsFile(text)).toBe(settings);
});
