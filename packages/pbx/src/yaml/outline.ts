/** Lines of a text that belong together: from the first octet of the first line to behind the last one's end. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A key at the left edge with all below it; with `items` where that is a block list of one entry or more. */
export interface Section extends Stretch {
  readonly key: string;
  /** Where the list begins: at its first dash. */
  readonly listAt: number;
  readonly items: readonly Stretch[];
}

/** The parts of a YAML text that can be read by themselves. */
export interface Outline {
  readonly sections: readonly Section[];
  /** Offsets at which lines begin. */
  readonly lineStarts: readonly number[];
}

const KEY = /([A-Za-z][A-Za-z0-9]*):(?=[ \r\n]|$)/y;
const NO_VALUE = /[ ]*(?:[ ]#[^\n]*|\r?)(?:\n|$)/y;
const LONE_RETURN = /\r(?!\n)/;

/**
 * Cuts a YAML mapping into its keys, and block lists below them into their entries, by indentation alone. What belongs to a
 * part is indented deeper than it or is no content, so no part reaches into the next one, unless one of them is at fault when read
 * by itself. Undefined where the text is not of that simple shape (a document mark, a directive, a key in quotes…): it has
 * to be read as a whole.
 */
export function outlineOf(text: string): Outline | undefined {
  if (text.includes('\r') && LONE_RETURN.test(text)) return undefined;
  const sections: OpenSection[] = [];
  const lineStarts: number[] = [];
  const keys = new Set<string>();
  let section: OpenSection | undefined;
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline + 1;
    lineStarts.push(from);
    let at = from;
    while (text.charCodeAt(at) === SPACE) at++;
    const first = text.charCodeAt(at);
    const indent = at - from;
    const isContent = at < to && first !== LF && first !== CR && first !== HASH;
    if (first === TAB) return undefined;
    if (isContent && indent === 0 && !isDash(text, at)) {
      KEY.lastIndex = at;
      const key = KEY.exec(text)?.[1];
      if (key === undefined || keys.has(key)) return undefined;
      keys.add(key);
      NO_VALUE.lastIndex = KEY.lastIndex;
      section = { key, from, to, listAt: 0, items: [], shape: NO_VALUE.test(text) ? 'open' : 'other', indent: 0 };
      sections.push(section);
    } else if (isContent) {
      if (section === undefined || !takes(section, text, at, indent, from)) return undefined;
    }
    if (section !== undefined) {
      section.to = to;
      const item = section.items.at(-1);
      if (item !== undefined) item.to = to;
    }
    from = to;
  }
  // As the library has it, a line begins behind the last newline even if nothing is there.
  if (text.endsWith('\n')) lineStarts.push(text.length);
  return sections.length === 0 ? undefined : { sections, lineStarts };
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const DASH = 0x2d;

interface OpenSection {
  readonly key: string;
  readonly from: number;
  to: number;
  listAt: number;
  readonly items: { from: number; to: number }[];
  /** Nothing there yet, a list, or anything else. */
  shape: 'open' | 'list' | 'other';
  /** Of the list's dashes. */
  indent: number;
}

/** Takes a line of content into the section; false where its indentation fits nowhere. */
function takes(section: OpenSection, text: string, at: number, indent: number, from: number): boolean {
  if (section.shape === 'open') {
    section.shape = isDash(text, at) ? 'list' : 'other';
    section.listAt = at;
    section.indent = indent;
  }
  if (section.shape === 'other') return indent > 0;
  if (indent > section.indent) return true;
  if (indent < section.indent || !isDash(text, at)) return false;
  section.items.push({ from, to: from });
  return true;
}

function isDash(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== DASH) return false;
  const next = text.charCodeAt(at + 1);
  return next === SPACE || next === LF || next === CR || at + 1 === text.length;
}
