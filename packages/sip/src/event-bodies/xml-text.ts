/**
 * Text as the content of an element or the value of an attribute (XML 1.0 §2.4). What XML has no place for, control
 * characters and halves of surrogate pairs, is left out.
 *
 * @example xmlText('R&D <2>') === 'R&amp;D &lt;2&gt;'
 */
export function xmlText(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll('\ufffd', '')
    .replace(NOT_XML, '')
    .replace(MARKUP, (found) => ESCAPES[found] ?? '');
}

const SPECIAL = /[^\t\n\r\x20-\x7e]|[&<>"']/;
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const MARKUP = /[&<>"']/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text of people's making is told no longer than this. */
const LONGEST_TEXT = 128;

/** As `xmlText`, cut to a bounded length: names, notes. */
export function shortXmlText(text: string): string {
  return xmlText(text.slice(0, LONGEST_TEXT));
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
