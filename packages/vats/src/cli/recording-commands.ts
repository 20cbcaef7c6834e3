import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openRecording, type VerifiedRecording, verifyRecording } from '@vats/media';
import type { Command } from 'commander';
import { askSwitch } from '../control/control-client.ts';
import * as answers from './answers.ts';
import { ask, looking, type Print, type Streams, type Where } from './asking.ts';
import { dataDirectory } from './data-directory.ts';
import { CliFailure, EXIT } from './exit-codes.ts';
import { NotFetchedError, withFile } from './fetched-recording.ts';
import { reasonOf } from './read-text.ts';
import { recordingsText } from './show.ts';
import { countArgument } from './values.ts';
import { withSubcommands } from './with-subcommands.ts';

type Placed = answers.PlacedRecording;

const PAGE = 1_000;

/** `vats recordings …`, and `vats calls record`. */
export function addRecordingCommands(vats: Command, calls: Command, { out }: Streams, print: Print): void {
  const recordings = looking(withSubcommands(vats.command('recordings')).description('recordings, newest first'))
    .option('--limit <rows>', 'at most so many', countArgument, 100)
    .action(async (options: Where & { limit: number }) => {
      const path = `/recordings?limit=${options.limit}`;
      print(options, await ask(options, 'GET', path, answers.recordingsAnswer), recordingsText);
    });
  looking(recordings.command('play').description('write a recording, decrypted, to standard output'))
    .argument('<call>', 'the call, or one of its recordings: CALL.2')
    .action(async (id: string, options: Where) => {
      const entry = await theOne(id, options);
      await fetched(entry, (file) => writeTo(1, '-', { ...entry, file }));
    });
  looking(recordings.command('export').description('write a recording, decrypted, to a file'))
    .argument('<call>', 'the call, or one of its recordings: CALL.2')
    .argument('<path>', 'a new file, or a directory for one of its own name')
    .action(async (id: string, to: string, options: Where) => {
      const entry = await theOne(id, options);
      await fetched(entry, (from) => {
        const placed = { ...entry, file: from };
        const path = isDirectory(to) ? join(to, exportName(placed)) : to;
        const file = made(path);
        try {
          writeTo(file, path, placed);
        } finally {
          closeSync(file);
        }
        out(`${path}\n`);
      });
    });
  looking(recordings.command('verify').description('compare recordings with their manifests; all of them by default'))
    .argument('[call...]')
    .action(async (ids: string[], options: Where) => {
      const found = ids.length === 0 ? await all(options) : await several(ids, options);
      const there = found.filter(({ state }) => state !== 'expired' && state !== 'too-short' && state !== 'writing');
      const verified: VerifiedRecording[] = [];
      for (const entry of there) verified.push(await verify(entry));
      print(options, { raw: { recordings: verified }, read: verified }, verifiedText);
      const bad = verified.filter(({ problems }) => problems.length > 0).length;
      if (bad > 0)
        throw new CliFailure(EXIT.runtime, `${bad} of ${verified.length} recordings are not what was recorded`);
    });
  looking(calls.command('record').description('record a call that is up, or stop; pause writes silence (card numbers)'))
    .argument('<id>')
    .argument('<what>', 'start | stop | pause | resume')
    .action(async (id: string, what: string, options: Where) => {
      if (!['start', 'stop', 'pause', 'resume'].includes(what)) {
        throw new CliFailure(EXIT.usage, `${what}: write start, stop, pause or resume`);
      }
      await askSwitch(dataDirectory(options), 'POST', `/calls/${encodeURIComponent(id)}/recording`, { do: what });
      const said = {
        start: 'is recorded',
        stop: 'is not recorded any more',
        pause: 'pauses in its recording',
        resume: 'is recorded again',
      };
      out(`${id} ${said[what as keyof typeof said]}\n`);
    });
}

async function several(ids: readonly string[], options: Where): Promise<Placed[]> {
  const found: Placed[] = [];
  for (const id of ids) {
    const path = `/recordings/${encodeURIComponent(id)}`;
    found.push(...(await ask(options, 'GET', path, answers.placedRecordingsAnswer)).read.recordings);
  }
  return found;
}

async function all(options: Where): Promise<Placed[]> {
  const ids = new Set<string>();
  let before = '';
  for (;;) {
    const { read } = await ask(options, 'GET', `/recordings?limit=${PAGE}${before}`, answers.recordingsAnswer);
    for (const { call } of read.recordings) ids.add(call);
    const oldest = read.recordings.at(-1);
    if (oldest === undefined || read.recordings.length < PAGE) return several([...ids], options);
    before = `&before=${oldest.startedAt}`;
  }
}

async function theOne(id: string, options: Where): Promise<Placed> {
  const found = await several([id], options);
  const there = found.filter(({ state }) => state !== 'expired' && state !== 'too-short');
  if (there.length === 1) return there[0]!;
  if (there.length === 0) {
    throw new CliFailure(
      EXIT.runtime,
      `the recording of call ${id} is there no more: ${found.map(({ state }) => state).join(', ')}`,
    );
  }
  throw new CliFailure(
    EXIT.usage,
    `call ${id} has ${there.length} recordings: name one of ${there.map((one) => one.id).join(', ')}`,
  );
}

/** As it lies where it lies, for as long as it takes. */
async function fetched<T>(entry: Placed, use: (file: string) => T): Promise<T> {
  try {
    return await withFile(entry, use);
  } catch (error) {
    if (!(error instanceof NotFetchedError)) throw error;
    throw new CliFailure(EXIT.runtime, `${entry.file} can not be fetched: ${error.message}`);
  }
}

async function verify(entry: Placed): Promise<VerifiedRecording> {
  const { file: path, place, key } = entry;
  const named = place === undefined ? path : `${path} (${place})`;
  try {
    const ofFile = key === undefined ? undefined : Buffer.from(key, 'base64');
    return { ...(await withFile(entry, (file) => verifyRecording(file, ofFile))), path: named };
  } catch (error) {
    if (!(error instanceof NotFetchedError)) throw error;
    return { path: named, manifest: undefined, problems: [`it can not be fetched: ${error.message}`] };
  }
}

function writeTo(file: number, name: string, { file: path, key }: Placed): void {
  try {
    const recording = openRecording(path, key === undefined ? undefined : Buffer.from(key, 'base64'));
    for (const octets of recording.octets()) {
      for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return; // whoever listened has heard enough
    throw new CliFailure(
      EXIT.runtime,
      `${path} can not be written to ${name}: ${code === undefined ? message : reasonOf(error)}`,
    );
  }
}

function exportName({ file, key }: Placed): string {
  const { extension } = openRecording(file, key === undefined ? undefined : Buffer.from(key, 'base64'));
  return basename(file).replace(/\..*$/, '') + extension;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function made(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST' ? 'it is there already: name another' : `${reasonOf(error)}: name one that can be made`;
    throw new CliFailure(EXIT.configuration, `${path}: ${why}`);
  }
}

function verifiedText(verified: readonly VerifiedRecording[]): string {
  if (verified.length === 0) return 'nothing is recorded yet\n';
  return verified
    .map(({ path, problems }) => `${path}: ${problems.length === 0 ? 'good' : `BAD: ${problems.join('; ')}`}\n`)
    .join('');
}
