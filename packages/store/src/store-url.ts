import { resolve } from 'node:path';
import { StoreError } from './store-error.ts';

/** The database file that a store's URL names. @example storeFileOf('sqlite:./data/vats.db') */
export function storeFileOf(url: string): string {
  const [, scheme = '', path = ''] = /^([a-z0-9+]*):(.*)$/is.exec(url) ?? [];
  if (scheme.toLowerCase() !== 'sqlite') {
    const remedy = 'write sqlite:PATH, such as sqlite:./data/vats.db';
    // Only the scheme is repeated: the rest of a URL may hold a password.
    throw new StoreError(
      'unsupported',
      `there is no store of the kind ${scheme === '' ? 'that the URL names' : scheme}`,
      remedy,
    );
  }
  if (path.trim() === '')
    throw new StoreError('unsupported', 'the URL of the store names no file', 'write sqlite:PATH');
  return resolve(path);
}
