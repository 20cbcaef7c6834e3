/** What a character is part of. */
type Kind = 'code' | 'line-comment' | 'block-comment' | 'string' | 'template' | 'pattern';

/** Behind these a slash begins a pattern, and no division. */
const BEFORE_PATTERN = /(?:^|[=(,:[!&|?{};\n]|=>|\breturn)\s*$/;

/**
 * The texts in quotes that a source file has outside of its comments: among them the names of its tests, also of those whose names stand
 * in a table. What a template leaves to be filled in stays as `${…}`.
 */
export function textsIn(source: string): string[] {
  const texts: string[] = [];
  let kind: Kind = 'code';
  let quote = '';
  let begun = 0;
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at]!;
    if (kind === 'code') {
      const next = source[at + 1];
      if (character === '/' && next === '/') kind = 'line-comment';
      else if (character === '/' && next === '*') kind = 'block-comment';
      else if (character === '/' && BEFORE_PATTERN.test(source.slice(Math.max(0, at - 40), at))) kind = 'pattern';
      else if (character === "'" || character === '"') kind = 'string';
      else if (character === '`') kind = 'template';
      else continue;
      quote = character;
      begun = at + 1;
      inClass = false;
    } else if (kind === 'line-comment') {
      if (character === '\n') kind = 'code';
    } else if (kind === 'block-comment') {
      if (character === '*' && source[at + 1] === '/') kind = 'code';
    } else if (character === '\\') at++;
    else if (kind === 'pattern') {
      if (character === '[') inClass = true;
      else if (character === ']') inClass = false;
      else if ((character === '/' && !inClass) || character === '\n') kind = 'code';
    } else if (character === quote) {
      texts.push(source.slice(begun, at).replace(/\\(['"`\\])/g, '$1'));
      kind = 'code';
    } else if (character === '\n' && kind === 'string') kind = 'code';
  }
  return texts;
}

/** A section that a name speaks of. */
export interface NamedSection {
  readonly rfc: number;
  readonly section: string;
}

const NAMED = /RFC (?<rfc>\d{1,5})(?<sections>(?:(?:,? (?:and |or |to )?|, ?|: ?)?§\s?[\dA-Z][\w.]*)+)/g;

/** @example sectionsIn('RFC 6026 §7.1 and §8.7: …') gives 7.1 and 8.7 of RFC 6026 */
export function sectionsIn(text: string): NamedSection[] {
  return [...text.matchAll(NAMED)].flatMap(({ groups }) =>
    [...groups!.sections!.matchAll(/§\s?([\dA-Z][\w.]*)/g)].map(([, section]) => ({
      rfc: Number(groups!.rfc),
      section: section!.replace(/\.+$/, ''),
    })),
  );
}
