/** Stands for what a title gets filled in: `${did}`, `%s`, `$status`. */
const BLANK = /\$\{[^}]*\}|%[sdifjoO#]|\$[A-Za-z_][\w.]*/g;

/** A title with less text of its own than this would fit any name. */
const FIXED_PART = 6;

/** `it('…'`, `scenario(\n'…'`, and what follows the list of an `it.each([…])('…'`. */
const TITLED =
  /(?:\b(?:it|test|describe|scenario|play|withSound)(?<how>(?:\.\w+)*)|[\])])\(\s*(?<quote>['"`])(?<title>(?:\\.|(?!\k<quote>).)*)\k<quote>/gs;

/** Lines that are comments: a test that is commented out shows nothing. */
const COMMENTS = /^\s*(?:\/\/|\*|\/\*).*$/gm;

/** A pattern that only this text fits. */
function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The titles of the tests and suites in a file's source, as patterns; those that are skipped or to be done are left out. */
export function titlesIn(source: string): readonly RegExp[] {
  const titles: RegExp[] = [];
  for (const { groups } of source.replace(COMMENTS, '').matchAll(TITLED)) {
    const { how = '', title = '' } = groups ?? {};
    if (/\.(?:skip|todo)/.test(how)) continue;
    const fixed = title.replace(/\\(.)/gs, '$1').split(BLANK);
    if (fixed.join('').length < FIXED_PART) continue;
    titles.push(new RegExp(`^${fixed.map(literally).join('.*')}$`, 's'));
  }
  return titles;
}

/**
 * Whether a file's source has a test of this name.
 * @param name the title, or suite and title as Vitest prints them: `calls outside > go out by the trunk`
 */
export function hasTest(source: string, name: string): boolean {
  const titles = titlesIn(source);
  return name.split(' > ').every((part) => titles.some((title) => title.test(part)));
}
