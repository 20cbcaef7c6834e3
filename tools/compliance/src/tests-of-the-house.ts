import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NamedSection, sectionsIn, textsIn } from './test-names.ts';

/** A test, or a suite of them, that says which sections it is about. */
export interface NamedTest {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly sections: readonly NamedSection[];
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TORTURE = 'fixtures/torture/index.json';
/** It names its tests by what the index of the torture messages says. */
const TORTURE_TEST = 'packages/sip/src/message/torture.test.ts';

/** All tests of the repository whose names carry a section, file by file. */
export function namedTests(): NamedTest[] {
  const files = ['packages', 'tools'].flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`).flatMap((name) => testFiles(`${folder}/${name}/src`)),
  );
  return [...files.sort().flatMap((file) => testsIn(readFileSync(`${ROOT}${file}`, 'utf8'), file)), ...tortureTests()];
}

/** @param file as it shall be named */
export function testsIn(source: string, file: string): NamedTest[] {
  const tests = new Map<string, NamedTest>();
  for (const name of textsIn(source)) {
    const sections = sectionsIn(name);
    if (sections.length > 0) tests.set(name, { name, file, sections });
  }
  return [...tests.values()];
}

function tortureTests(): NamedTest[] {
  const cases = JSON.parse(readFileSync(`${ROOT}${TORTURE}`, 'utf8')) as { title: string; sections: string[] }[];
  return cases
    .map(({ title, sections }) => {
      const name = `${sections.join(', ')}: ${title}`;
      return { name, file: TORTURE_TEST, sections: sectionsIn(sections.join(', ')) };
    })
    .filter(({ sections }) => sections.length > 0);
}

/** Its own tests name sections for other reasons. */
function testFiles(folder: string): string[] {
  if (folder === 'tools/compliance/src') return [];
  try {
    return readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?:\.(?:test|interop)|-scenarios)\.ts$/.test(file))
      .map((file) => `${folder}/${file}`);
  } catch {
    // A package without sources.
    return [];
  }
}
