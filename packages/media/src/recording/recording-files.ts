/*
 * The files of one recording lie side by side and have one name: NAME.wav the sound, NAME.journal what happened while it
 * was made, NAME.json the manifest. A journal is there exactly as long as there is something left to do.
 */

const EXTENSION = /\.[A-Za-z0-9]+$/;

export function journalOf(path: string): string {
  return other(path, '.journal');
}

export function manifestPathOf(path: string): string {
  return other(path, '.json');
}

export function other(path: string, extension: string): string {
  return path.replace(EXTENSION, '') + extension;
}
