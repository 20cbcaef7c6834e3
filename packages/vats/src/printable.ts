import { UNSEEN } from '@vats/kernel';

const EACH_UNSEEN = new RegExp(UNSEEN.source, 'gu');
const EACH_UNSEEN_BEYOND_ASCII = new RegExp(`(?![\\0-\\x1f])${UNSEEN.source}`, 'gu');

/** Text for one line of a terminal: what a stranger put into a name or User-Agent must not steer it, nor reorder what it shows. */
export function printable(text: string): string {
  return text.replace(EACH_UNSEEN, escaped);
}

/**
 * The same for text that has line breaks and colours of its own, ours: the controls of ASCII stay. JSON stays JSON and means what
 * it meant, for such characters are only within its strings, and the escapes are JSON's.
 */
export function printableLines(text: string): string {
  return text.replace(EACH_UNSEEN_BEYOND_ASCII, escaped);
}

/** @example escaped('\u009b') === '\\u009b' */
function escaped(character: string): string {
  let escapes = '';
  for (let i = 0; i < character.length; i++) {
    escapes += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return escapes;
}
