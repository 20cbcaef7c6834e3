import type { Chapter, Rfc, Section } from './section-list.ts';
import type { NamedTest } from './tests-of-the-house.ts';

/** COMPLIANCE.md, from the list of sections and the tests that name them. */
export function report(chapters: readonly Chapter[], tests: readonly NamedTest[]): string {
  const shown = new Shown(chapters, tests);
  const rfcs = chapters.flatMap((chapter) => chapter.rfcs);
  const wanted = rfcs.flatMap((rfc) =>
    rfc.sections.filter(({ leftOut }) => leftOut === undefined).map((section) => ({ rfc, section })),
  );
  const done = wanted.filter(({ rfc, section }) => shown.of(rfc, section).length > 0);
  return [
    '# Compliance',
    '',
    'Made by `node tools/compliance/src/main.ts --write` from the names of the tests, which carry the section that they show; a test looks',
    'whether it is true. The list of sections is kept by hand in tools/compliance/rfcs, in our own words: what a section is about, not what it',
    'says. A section is **done** here when a test names it, and no sooner: what no test names is listed as not shown, though it may work.',
    '',
    `${done.length} of ${wanted.length} sections are shown by ${new Set(tests.map(({ file, name }) => `${file} ${name}`)).size} tests.`,
    '',
    '| RFC | | done | not shown |',
    '|---|---|---|---|',
    ...rfcs.map((rfc) => summary(rfc, shown)),
    '',
    ...chapters.flatMap((chapter) => [`## ${chapter.about}`, '', ...chapter.rfcs.flatMap((rfc) => detail(rfc, shown))]),
    ...others(shown),
  ].join('\n');
}

/** Which tests show which section: the listed one whose number is the longest beginning of the one that a test names. */
class Shown {
  readonly #tests = new Map<string, NamedTest[]>();
  /** Sections that tests name and the list does not have. */
  readonly unlisted = new Map<string, NamedTest[]>();

  constructor(chapters: readonly Chapter[], tests: readonly NamedTest[]) {
    const listed = new Set(
      chapters.flatMap(({ rfcs }) =>
        rfcs.flatMap((rfc) => rfc.sections.map(({ number }) => `${rfc.number} ${number}`)),
      ),
    );
    for (const test of tests) {
      for (const { rfc, section } of test.sections) {
        let key = `${rfc} ${section}`;
        while (!listed.has(key) && key.includes('.')) key = key.slice(0, key.lastIndexOf('.'));
        const into = listed.has(key) ? this.#tests : this.unlisted;
        if (!listed.has(key)) key = `${rfc} ${section}`;
        const known = into.get(key) ?? [];
        if (!known.includes(test)) into.set(key, [...known, test]);
      }
    }
  }

  of(rfc: Rfc, section: Section): readonly NamedTest[] {
    return this.#tests.get(`${rfc.number} ${section.number}`) ?? [];
  }
}

function summary(rfc: Rfc, shown: Shown): string {
  const wanted = rfc.sections.filter(({ leftOut }) => leftOut === undefined);
  const open = wanted.filter((section) => shown.of(rfc, section).length === 0);
  const missing = open.map(({ number }) => `§${number}`).join(', ');
  return `| [${rfc.number}](#rfc-${rfc.number}) | ${rfc.title} | ${wanted.length - open.length} of ${wanted.length} | ${missing} |`;
}

function detail(rfc: Rfc, shown: Shown): string[] {
  const rows = rfc.sections.map((section) => {
    const { number, words, leftOut } = section;
    const tests = shown.of(rfc, section);
    const how = leftOut === undefined ? 'not shown' : `left out: ${leftOut}`;
    return `| §${number} | ${cell(words)} | ${tests.length === 0 ? how : tests.map(link).join('<br>')} |`;
  });
  return [`### RFC ${rfc.number}`, '', `${rfc.title}.`, '', '| | what | shown by |', '|---|---|---|', ...rows, ''];
}

function others({ unlisted }: Shown): string[] {
  if (unlisted.size === 0) return [];
  const keys = [...unlisted.keys()].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const rows = keys.map((key) => {
    const [rfc, section] = key.split(' ');
    return `| RFC ${rfc} §${section} | ${unlisted.get(key)!.map(link).join('<br>')} |`;
  });
  return ['## Other sections that tests name', '', '| | shown by |', '|---|---|', ...rows, ''];
}

function link({ name, file }: NamedTest): string {
  return `[${cell(name).replace(/[[\]]/g, '\\$&')}](${file})`;
}

/** Nothing of a name may end the table's cell. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[|<>*_`]/g, '\\$&');
}
