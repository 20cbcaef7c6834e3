import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A normative section, in our own words. */
export interface Section {
  readonly number: string;
  readonly words: string;
  /** Why it is no work of this stack; undefined for all others. */
  readonly leftOut?: string;
}

export interface Rfc {
  readonly number: number;
  readonly title: string;
  readonly sections: readonly Section[];
}

/** The RFCs of one file, and what it is about. */
export interface Chapter {
  readonly about: string;
  readonly rfcs: readonly Rfc[];
}

const FOLDER = fileURLToPath(new URL('../rfcs/', import.meta.url));
const ORDER = ['core.txt', 'transport.txt', 'requests.txt', 'identity.txt', 'media.txt'];

/** The list that is kept by hand, in its order. */
export function readChapters(): Chapter[] {
  const files = readdirSync(FOLDER).sort((one, other) => ORDER.indexOf(one) - ORDER.indexOf(other));
  return files.map((file) => readChapter(readFileSync(`${FOLDER}${file}`, 'utf8'), file));
}

/**
 * Reads `RFC 3261 title`, then a line for each section: its number and our words; `- 16 words | why` for what is left out. The file's first
 * comment says what it is about.
 *
 * @throws with file and line where a line is none of these
 */
export function readChapter(text: string, file: string): Chapter {
  const rfcs: { number: number; title: string; sections: Section[] }[] = [];
  let about = '';
  text.split('\n').forEach((line, index) => {
    const comment = /^# (.*)/.exec(line);
    if (comment !== null || line.trim() === '') {
      if (about === '') about = comment?.[1] ?? '';
      return;
    }
    const heading = /^RFC (\d+) (.+)$/.exec(line);
    if (heading !== null) {
      rfcs.push({ number: Number(heading[1]), title: heading[2]!, sections: [] });
      return;
    }
    const section = /^(?<out>- )?(?<number>[\dA-Z][\w.]*) (?<words>[^|]+?)(?: \| (?<why>.+))?$/.exec(line)?.groups;
    const rfc = rfcs.at(-1);
    if (section === undefined || rfc === undefined || (section.out !== undefined) !== (section.why !== undefined)) {
      throw new Error(
        `${file}:${index + 1}: want “8.1.1 words”, “- 16 words | why it is left out” or “RFC 3261 title”: ${line}`,
      );
    }
    const { number, words, why } = section;
    if (rfc.sections.some((other) => other.number === number)) {
      throw new Error(`${file}:${index + 1}: §${number} of RFC ${rfc.number} is there already`);
    }
    rfc.sections.push({ number: number!, words: words!, ...(why !== undefined && { leftOut: why }) });
  });
  return { about, rfcs };
}
