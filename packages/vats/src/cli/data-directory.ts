import { formatProblem } from '@vats/pbx';
import { readSettings } from '../settings/index.ts';
import { configurationFailure } from './exit-codes.ts';
import { readText } from './read-text.ts';

/** Which running switch a command means: the one on this data directory (flag, environment, settings file, default). */
export function dataDirectory(options: { readonly data?: string; readonly config?: string }): string {
  const read = readSettings({
    env: process.env,
    flags: options.data === undefined ? [] : [{ from: '--data', key: 'data', value: options.data }],
    cores: 1,
    ...(options.config === undefined ? {} : { file: { name: options.config, text: readText(options.config) } }),
  });
  if (!read.ok) {
    const problems = read.problems.map(formatProblem).join('\n');
    throw configurationFailure(`${problems}\nwith --data DIRECTORY a running switch is found without these settings`);
  }
  return read.value.data;
}
