/*
 * The files of one recording lie side by side under one name: NAME.wav the sound, NAME.journal what happened while it was
 * made, NAME.json the manifest. Encoded sound is NAME.pcm16.wav, NAME.mp3, NAME.ogg or NAME.opus, encrypted sound NAME.vrec, and
 * NAME.mp3.vrec once it was encoded. A journal is there exactly as long as there is something left to do; it is
 * NAME.set-aside once it is known that nothing can be done.
 */

export const SEALED = '.vrec';
const EXTENSION = /(\.pcm16\.wav|\.mp3|\.ogg|\.opus)?\.vrec$|\.pcm16\.wav$|\.[A-Za-z0-9]+$/;

export function journalOf(path: string): string {
  return other(path, '.journal');
}

/** What the journal of a recording is called that can't be finished, whatever is done: that nobody tries it again at each start. */
export function setAsideOf(path: string): string {
  return other(path, '.set-aside');
}

export function manifestPathOf(path: string): string {
  return other(path, '.json');
}

/** The file of the same recording that has this extension. */
export function other(path: string, extension: string): string {
  return path.replace(EXTENSION, '') + extension;
}
