/** V8 copies whatever is shorter than this instead of making a view of it. */
const SHORTEST_VIEW = 13;

/**
 * The same text with storage of its own. A piece cut from a message, and a sum of such pieces, keeps the whole message in
 * memory for as long as it lives, so what stays in a map is detached first.
 */
export function detached(text: string): string {
  if (text.length < SHORTEST_VIEW) return text;
  // To cut from a sum, V8 writes the sum out first; the result is a view of that, one character longer than itself.
  return ` ${text}`.slice(1);
}
