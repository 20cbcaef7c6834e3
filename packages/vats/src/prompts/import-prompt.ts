import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { monoWav, readWavForm, type SamplingRate, WAV_FAULTS, WavDecoding } from '@vats/media';

/** What is read of a file at most. */
const LARGEST_FILE = 512 * 2 ** 20;
/** What a converter may make: an hour at 48 kHz. */
const LARGEST_SOUND = 400 * 2 ** 20;
const CONVERTER_MS = 120_000;

/** A file that can't become a prompt; the message says why and what to do. */
export class ImportFailure extends Error {
  override readonly name = 'ImportFailure';
}

/** How long an imported prompt is, and who read the file. */
export interface Imported {
  readonly milliseconds: number;
  readonly octets: number;
  readonly by: 'vats' | 'ffmpeg';
}

/** Runs a program without a shell and gives its output. */
export type Converter = (program: string, args: readonly string[]) => Uint8Array;

const converter: Converter = (program, args) =>
  execFileSync(program, args, { maxBuffer: LARGEST_SOUND, timeout: CONVERTER_MS, stdio: ['ignore', 'pipe', 'pipe'] });

/**
 * Makes a prompt of any sound file: one channel, 16 bits, at a rate that is played without being converted again. WAV files are read
 * by ourselves, all others by ffmpeg, where it is installed.
 * @param into the file to make, or to replace as a whole
 * @throws ImportFailure
 */
export function importPrompt(file: string, into: string, rate: SamplingRate, run: Converter = converter): Imported {
  const octets = read(file);
  const form = readWavForm(octets);
  if (form.ok) {
    const decoding = new WavDecoding(octets, form.value, rate);
    decoding.step(Number.POSITIVE_INFINITY);
    return write(decoding.sound, rate, into, 'vats');
  }
  const made = convert(file, rate, WAV_FAULTS[form.error.code], run);
  const converted = readWavForm(made);
  if (!converted.ok) throw new ImportFailure(`${file}: ffmpeg found no sound in it`);
  const decoding = new WavDecoding(made, converted.value, rate);
  decoding.step(Number.POSITIVE_INFINITY);
  return write(decoding.sound, rate, into, 'ffmpeg');
}

function read(file: string): Buffer {
  try {
    if (statSync(file).size > LARGEST_FILE) throw new ImportFailure(`${file} is larger than 512 MiB: cut it first`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof ImportFailure) throw error;
    throw new ImportFailure(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function convert(file: string, rate: SamplingRate, fault: string, run: Converter): Uint8Array {
  // The file's name stands behind `file:`, so that none is taken for an option or for an address; and no list in it may lead elsewhere.
  const input = ['-protocol_whitelist', 'file,pipe', '-i', `file:${resolve(file)}`];
  const output = ['-vn', '-ac', '1', '-ar', String(rate), '-c:a', 'pcm_s16le', '-f', 'wav', 'pipe:1'];
  try {
    return run('ffmpeg', ['-nostdin', '-v', 'error', ...input, ...output]);
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: Uint8Array };
    const [reason] = fault.split(':');
    if (code === 'ENOENT') {
      throw new ImportFailure(
        `${file}: ${reason}, and ffmpeg, which would read it, is not installed: install it, or save the file as WAV`,
      );
    }
    const said =
      Buffer.from(stderr ?? '')
        .toString()
        .trim()
        .split('\n')[0] ?? '';
    throw new ImportFailure(`${file}: ffmpeg can't read it${said === '' ? '' : `: ${said}`}`);
  }
}

/** At once as a whole: a switch that is running never reads half of it. */
function write(sound: Int16Array, rate: SamplingRate, into: string, by: Imported['by']): Imported {
  const octets = monoWav(sound, rate);
  const half = `${into}.new`;
  try {
    mkdirSync(dirname(into), { recursive: true });
    writeFileSync(half, octets);
    renameSync(half, into);
  } catch (error) {
    forget(half);
    throw new ImportFailure(`${into} can't be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { milliseconds: Math.round((sound.length * 1_000) / rate), octets: octets.length, by };
}

function forget(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where its folder is none, it was never made.
  }
}
