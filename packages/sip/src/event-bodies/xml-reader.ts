import { bad, good, type Parsed } from '@vats/kernel';

/** An element of a document that a stranger wrote. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** The namespace that its prefix, or the default one, stands for; '' for none. */
  readonly namespace: string;
  readonly children: readonly XmlElement[];
  /** Its own text, that of its children left out. */
  readonly text: string;
}

/** What is wrong with a document; `doctype` and `instruction` are well-formed XML that is not read here. */
export type XmlFault =
  | 'too-long'
  | 'not-utf8'
  | 'doctype'
  | 'instruction'
  | 'entity'
  | 'bad-tag'
  | 'bad-attribute'
  | 'unknown-prefix'
  | 'too-deep'
  | 'too-many'
  | 'not-closed'
  | 'no-element'
  | 'outside-element';

const LONGEST_OCTETS = 16_384;
const DEEPEST = 16;
const MOST_ELEMENTS = 256;
const MOST_ATTRIBUTES = 16;

const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y;
const SPACE = /[ \t\r\n]*/y;
const VALUE = /"([^"<]*)"|'([^'<]*)'/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

interface Open {
  readonly written: string;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly element: { name: string; namespace: string; children: XmlElement[]; text: string };
}

/**
 * Reads a small XML document into its tree. It knows elements, namespaces, text, comments and CDATA, and nothing that could
 * make more of a document than is written in it: no DTD, no entities but the five of XML itself and characters by number.
 * Attributes are checked and dropped. Its work is proportional to the document's length.
 */
export function readXml(octets: Buffer): Parsed<XmlElement, XmlFault> {
  if (octets.length > LONGEST_OCTETS) return bad('too-long', LONGEST_OCTETS);
  const text = utf8Of(octets);
  return text === undefined ? bad('not-utf8') : new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #open: Open[] = [];
  #at = 0;
  #elements = 0;
  #root: XmlElement | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Parsed<XmlElement, XmlFault> {
    const text = this.#text;
    const declaration = /^\ufeff?<\?xml[ \t\r\n][^<>]*\?>/.exec(text);
    this.#at = declaration?.[0].length ?? (text.startsWith('\ufeff') ? 1 : 0);
    while (this.#at < text.length) {
      const fault = text[this.#at] === '<' ? this.#markup() : this.#characters();
      if (fault !== undefined) return bad(fault, this.#at);
    }
    if (this.#open.length > 0) return bad('not-closed', this.#at);
    return this.#root === undefined ? bad('no-element', this.#at) : good(this.#root);
  }

  #markup(): XmlFault | undefined {
    const text = this.#text;
    if (text.startsWith('<!--', this.#at)) return this.#skipTo('-->', 4) === undefined ? 'not-closed' : undefined;
    if (text.startsWith('<![CDATA[', this.#at)) {
      const content = this.#skipTo(']]>', 9);
      if (content === undefined) return 'not-closed';
      return this.#add(content);
    }
    if (text[this.#at + 1] === '!') return 'doctype';
    if (text[this.#at + 1] === '?') return 'instruction';
    return text[this.#at + 1] === '/' ? this.#endTag() : this.#startTag();
  }

  #characters(): XmlFault | undefined {
    const end = this.#text.indexOf('<', this.#at);
    const raw = this.#text.slice(this.#at, end < 0 ? undefined : end);
    const content = unescaped(raw);
    if (content === undefined) return 'entity';
    const fault = this.#add(content);
    if (fault === undefined) this.#at += raw.length;
    return fault;
  }

  #add(content: string): XmlFault | undefined {
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.element.text += content;
    else if (/[^ \t\r\n]/.test(content)) return 'outside-element';
    return undefined;
  }

  #startTag(): XmlFault | undefined {
    if (this.#root !== undefined && this.#open.length === 0) return 'outside-element';
    if (++this.#elements > MOST_ELEMENTS) return 'too-many';
    if (this.#open.length >= DEEPEST) return 'too-deep';
    this.#at++;
    const written = this.#take(NAME);
    if (written === undefined) return 'bad-tag';
    const prefixes = this.#attributes();
    if (typeof prefixes === 'string') return prefixes;
    const closed = this.#text.startsWith('/>', this.#at);
    if (!closed && this.#text[this.#at] !== '>') return 'bad-tag';
    this.#at += closed ? 2 : 1;
    const colon = written.indexOf(':');
    const namespace = prefixes.get(written.slice(0, Math.max(0, colon)));
    if (namespace === undefined && colon > 0) return 'unknown-prefix';
    const element = { name: written.slice(colon + 1), namespace: namespace ?? '', children: [], text: '' };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.element.children.push(element);
    if (!closed) this.#open.push({ written, prefixes, element });
    return undefined;
  }

  #endTag(): XmlFault | undefined {
    this.#at += 2;
    const written = this.#take(NAME);
    this.#take(SPACE);
    if (this.#text[this.#at] !== '>' || this.#open.pop()?.written !== written) return 'bad-tag';
    this.#at++;
    return undefined;
  }

  /** The prefixes that hold in an element whose attributes stand here. */
  #attributes(): ReadonlyMap<string, string> | XmlFault {
    const outer = this.#open.at(-1)?.prefixes ?? new Map([['xml', XML_NAMESPACE]]);
    let prefixes: Map<string, string> | undefined;
    const names = new Set<string>();
    for (;;) {
      const space = this.#take(SPACE);
      const next = this.#text[this.#at];
      if (next === '>' || next === '/') return prefixes ?? outer;
      const name = space === '' ? undefined : this.#take(NAME);
      if (name === undefined || names.has(name)) return 'bad-attribute';
      if (names.add(name).size > MOST_ATTRIBUTES) return 'too-many';
      this.#take(SPACE);
      if (this.#text[this.#at] !== '=') return 'bad-attribute';
      this.#at++;
      this.#take(SPACE);
      const quoted = this.#take(VALUE);
      if (quoted === undefined) return 'bad-attribute';
      const value = unescaped(quoted.slice(1, -1));
      if (value === undefined) return 'entity';
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
      prefixes ??= new Map(outer);
      prefixes.set(name.slice('xmlns:'.length), value);
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Steps over what ends in `mark`; answers what stands before it. */
  #skipTo(mark: string, from: number): string | undefined {
    const start = this.#at + from;
    const end = this.#text.indexOf(mark, start);
    if (end < 0) return undefined;
    this.#at = end + mark.length;
    return this.#text.slice(start, end);
  }
}

function utf8Of(octets: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}

/** Undefined for an entity that is none of XML's own, or a number that no character has. */
function unescaped(raw: string): string | undefined {
  if (!raw.includes('&')) return raw;
  let isGood = true;
  const text = raw.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w{1,8}));|&/g, (_, hex, decimal, name) => {
    const code = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : undefined;
    const character = code === undefined ? ENTITIES[name ?? ''] : characterOf(code);
    if (character === undefined) isGood = false;
    return character ?? '';
  });
  return isGood ? text : undefined;
}

function characterOf(code: number): string | undefined {
  const isXml =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return isXml ? String.fromCodePoint(code) : undefined;
}
