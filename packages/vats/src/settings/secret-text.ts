import { readFileSync } from 'node:fs';
import { StartFailure } from '../start-failure.ts';
import type { SecretSource } from './secret-source.ts';

/** More is no secret. */
const SECRET_AT_MOST = 4_096;

/**
 * What a file or variable holds, without the spaces around it. It is told to nobody but the server that it is for.
 *
 * @param what the setting that names the place
 * @throws StartFailure where there is none
 */
export function secretText(what: string, source: SecretSource): string {
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
