import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '@vats/kernel';
import { makeDirectory } from './make-directory.ts';
import { KEY_OCTETS } from './secret-box.ts';
import { failureOf, StoreError, storeErrorOf } from './store-error.ts';

/** What others than the owner may do. */
const OTHERS = 0o077;

/** The key in the file; undefined when there is no file. Throws StoreError for what is no key. */
export function readKey(path: string, log: Log): Buffer | undefined {
  let octets: Buffer;
  try {
    const file = openSync(path, 'r');
    try {
      const { mode } = fstatSync(file);
      if ((mode & OTHERS) !== 0) {
        log.warn('store.key-open-to-others', { path, mode: (mode & 0o777).toString(8) });
        chmodSync(path, 0o600);
      }
      octets = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'ENOENT') return undefined;
    const { fault, message } = storeErrorOf(failure, `the key file ${path}`);
    throw new StoreError(fault === 'read-only' ? 'key-wrong' : fault, message, 'give the switch the right to read it');
  }
  if (octets.length === KEY_OCTETS) return octets;
  throw new StoreError(
    'key-wrong',
    `the key file ${path} has ${octets.length} octets instead of ${KEY_OCTETS}`,
    'restore it from a backup: without it the stored passwords are lost',
  );
}

/** Makes a new key; the file is whole or not there, and never readable by others. */
export function makeKey(path: string): Buffer {
  const key = randomBytes(KEY_OCTETS);
  const draft = `${path}.${process.pid}.new`;
  try {
    makeDirectory(dirname(path));
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeSync(file, key);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // A link fails where a rename would replace: a key that someone else made meanwhile is not overwritten.
    linkSync(draft, path);
  } catch (error) {
    throw storeErrorOf(failureOf(error), `the key file ${path}`);
  } finally {
    rmSync(draft, { force: true });
  }
  return key;
}
