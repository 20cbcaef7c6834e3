import { readFileSync } from 'node:fs';
import type { Clock, Log } from '@vats/kernel';
import { PutThread, S3Storage } from '@vats/store';
import type { Settings } from '../settings/index.ts';
import type { SecretSource } from '../settings/secret-source.ts';
import { StartFailure } from '../start-failure.ts';
import { LocalFolder } from './local-folder.ts';
import type { RecordingStorage } from './recording-storage.ts';
import { S3Recordings } from './s3-recordings.ts';

/** More is no key. */
const SECRET_AT_MOST = 4_096;

/**
 * Where the settings have recordings go.
 *
 * @param directory of recordings, absolute
 * @throws StartFailure where a key is not where the settings say
 */
export function openRecordingStorage(
  { storage }: Settings['recordings'],
  directory: string,
  parts: { readonly clock: Clock; readonly log: Log },
): RecordingStorage {
  if (storage === undefined) return new LocalFolder();
  const { endpoint, region, bucket, prefix, addressing, keepLocal } = storage.s3;
  const keys = {
    accessKey: secretAt('accessKey', storage.s3.accessKey),
    secretKey: secretAt('secretKey', storage.s3.secretKey),
  };
  const at = { endpoint, bucket, prefix, directory, keepLocal };
  const options = { endpoint, region, bucket, prefix, addressing, ...keys };
  return new S3Recordings({
    ...{ ...parts, at },
    storage: new S3Storage({ ...options, clock: parts.clock }),
    thread: new PutThread(options),
  });
}

/** What a file or variable holds, without the spaces around it. It is told to nobody but the server, in signatures. */
function secretAt(key: string, source: SecretSource): string {
  const what = `recordings.storage.s3.${key}`;
  let text: string;
  if ('env' in source) {
    text = process.env[source.env] ?? '';
    if (text.trim() === '')
      throw new StartFailure(`${what}: the variable ${source.env} is not set: set it, or write { file: PATH }`);
  } else {
    try {
      text = readFileSync(source.file, 'utf8');
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      throw new StartFailure(`${what}: the file ${source.file} can not be read: ${code}: mend that, or name another`);
    }
  }
  const secret = text.trim();
  if (secret === '' || secret.length > SECRET_AT_MOST || /[^\x21-\x7e]/.test(secret))
    throw new StartFailure(`${what}: what is there is no key: it must be one word that the server gave you`);
  return secret;
}
