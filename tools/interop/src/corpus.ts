import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TortureEntry } from './verdict.ts';

/** Material that stands beside the repository: message corpora and the contract files. */
const SHARED = fileURLToPath(new URL('../../../../shared/', import.meta.url));

/** A file or folder beside the repository, or undefined where this checkout stands alone. */
export function shared(path: string): string | undefined {
  const full = `${process.env.VATS_SHARED ?? SHARED}/${path}`;
  return existsSync(full) ? full : undefined;
}

export interface TortureMessage extends TortureEntry {
  readonly octets: Buffer;
}

/** The messages of RFC 4475 with their verdicts. */
export function tortureMessages(folder: string): TortureMessage[] {
  const index = JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')) as TortureEntry[];
  return index.map((entry) => ({ ...entry, octets: readFileSync(`${folder}/${entry.file}`) }));
}

export interface PhoneRequest {
  readonly file: string;
  readonly method: string;
  readonly octets: Buffer;
}

/** Requests of real products, one message a file. */
export function phoneRequests(folder: string): PhoneRequest[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sip'))
    .sort()
    .map((file) => {
      const octets = readFileSync(`${folder}/${file}`);
      return { file, octets, method: octets.toString('latin1').split(' ', 1)[0] ?? '' };
    });
}

/** The port that a message's top Via asks for, if it names one that exists: a server without rport answers there (RFC 3261 §18.2.2). */
export function viaPort(octets: Buffer): number | undefined {
  const via = /^(?:via|v)[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)/im.exec(octets.toString('latin1'))?.[1] ?? '';
  const port = Number(/^[^;,]*?:[ \t]*(\d+)[ \t]*(?:[;,\r\n]|$)/.exec(via)?.[1]);
  return port > 0 && port < 65_536 ? port : undefined;
}

/** The same request with one more header line, right after the request line. */
export function withHeader(octets: Buffer, name: string, value: string): Buffer {
  const end = octets.indexOf('\r\n') + 2;
  return Buffer.concat([octets.subarray(0, end), Buffer.from(`${name}: ${value}\r\n`, 'latin1'), octets.subarray(end)]);
}

/** Method and Request-URI as written. */
export function requestLine(octets: Buffer): { method: string; uri: string } {
  const line = octets.subarray(0, octets.indexOf('\r\n')).toString('latin1');
  const [method = '', ...rest] = line.split(' ');
  return { method, uri: rest.slice(0, -1).join(' ').trim() };
}
