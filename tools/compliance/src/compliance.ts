import { fileURLToPath } from 'node:url';
import { report } from './report.ts';
import { readChapters } from './section-list.ts';
import { namedTests } from './tests-of-the-house.ts';

/** Where the page is. */
export const COMPLIANCE = fileURLToPath(new URL('../../../COMPLIANCE.md', import.meta.url));

/** The page as the list and the tests of the house make it. */
export function compliance(): string {
  return report(readChapters(), namedTests());
}
