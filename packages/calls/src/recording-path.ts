import { join } from 'node:path';
import type { Party } from './call-event.ts';

/** Longest part of a file name that a number may take: far below any file system's limit, enough to recognise it. */
const LONGEST_NUMBER = 32;

/**
 * Where a call's recording lies: a folder a day (UTC, as every time we store), and a name that sorts by time and shows
 * who spoke. Numbers come from strangers, so nothing but letters, digits, plus and dash gets into a path.
 *
 * @example recordingPath('/r', Date.UTC(2026, 0, 2, 3, 4, 5), { number: '201' }, '202', 'x1') === '/r/2026-01-02/030405-201-202-x1.wav'
 */
export function recordingPath(
  root: string,
  at: number,
  from: Party,
  dialled: string,
  callId: string,
  /** The call's second recording is number 2. */
  { number = 1, extension = '.wav' }: { number?: number; extension?: string } = {},
): string {
  const iso = new Date(at).toISOString();
  const time = iso.slice(11, 19).replaceAll(':', '');
  const which = number === 1 ? '' : `-${number}`;
  const name = `${time}-${safe(from.number)}-${safe(dialled)}-${safe(callId)}${which}${extension}`;
  return join(root, iso.slice(0, 10), name);
}

function safe(text: string): string {
  const kept = text.replace(/[^A-Za-z0-9+-]/g, '_').slice(0, LONGEST_NUMBER);
  return kept === '' ? '_' : kept;
}
