import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { storeFileOf } from './store-url.ts';

test.each([
  ['sqlite:./data/vats.db', 'data/vats.db'],
  ['sqlite:/var/lib/vats.db', '/var/lib/vats.db'],
  ['SQLite:vats.db', 'vats.db'],
])('%s is the file %s', (url, file) => {
  expect(storeFileOf(url)).toBe(resolve(file));
});

test.each(['', 'sqlite:', 'sqlite:  ', 'postgres://user:secret@db/vats', 'vats.db', '/var/lib/vats.db'])(
  '%j is refused, and not repeated',
  (url) => {
    expect(() => storeFileOf(url)).toThrow(expect.objectContaining({ fault: 'unsupported' }));
    try {
      storeFileOf(url);
    } catch (error) {
      expect(String(error)).not.toContain('secret');
    }
  },
);
