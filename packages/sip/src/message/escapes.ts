import { HEX, isAllOf, isOf, PERCENT } from './chars.ts';

/** Undoes `%HH` once, never twice (RFC 4475 §3.1.1.3). Answers octets as a wire string. */
export function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  let plain = '';
  let from = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at)) {
    if (!isEscapeAt(text, at)) {
      at++;
      continue;
    }
    plain += text.slice(from, at) + String.fromCharCode(Number.parseInt(text.slice(at + 1, at + 3), 16));
    at += 3;
    from = at;
  }
  return plain + text.slice(from);
}

/** Escapes every character that is not of these classes, and `%`. The text is a wire string. */
export function escaped(text: string, bits: number): string {
  if (isAllOf(text, bits) && !text.includes('%')) return text;
  let written = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    written += isOf(code, bits) && code !== PERCENT ? text[at] : percent(code);
  }
  return written;
}

export function isEscapeAt(text: string, at: number): boolean {
  return isOf(text.charCodeAt(at + 1), HEX) && isOf(text.charCodeAt(at + 2), HEX);
}

function percent(code: number): string {
  return `%${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()}`;
}
