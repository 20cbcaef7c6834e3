import type { Clock, Log } from '@vats/kernel';
import { PutThread, S3Storage } from '@vats/store';
import type { Settings } from '../settings/index.ts';
import { secretText } from '../settings/secret-text.ts';
import { LocalFolder } from './local-folder.ts';
import type { RecordingStorage } from './recording-storage.ts';
import { S3Recordings } from './s3-recordings.ts';

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
    accessKey: secretText('recordings.storage.s3.accessKey', storage.s3.accessKey),
    secretKey: secretText('recordings.storage.s3.secretKey', storage.s3.secretKey),
  };
  const at = { endpoint, bucket, prefix, directory, keepLocal };
  const options = { endpoint, region, bucket, prefix, addressing, ...keys };
  return new S3Recordings({
    ...{ ...parts, at },
    storage: new S3Storage({ ...options, clock: parts.clock }),
    thread: new PutThread(options),
  });
}
