import { expect, test } from 'vitest';
import { startFailureOf } from './start-failure.ts';

test.each([
  ['EADDRINUSE', 'x: the port is in use: stop it'],
  ['EADDRNOTAVAIL', /^x: this machine has no such address: give one of its own; .*--advertise/],
])('%s names its own remedy', (code, message) => {
  expect(startFailureOf('x', 'stop it', Object.assign(new Error(code), { code })).message).toMatch(message);
});
