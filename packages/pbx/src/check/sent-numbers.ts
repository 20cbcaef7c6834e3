import { covers, placesOf } from '../schema/pattern-cover.ts';
import { isLiteral, sentPattern } from '../spending/called-number.ts';
import { LONGEST_SHORT_CODE } from '../spending/number-class.ts';
import { meansAbroad } from '../spending/permission.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/**
 * Finds rules that can send numbers abroad, or long digits of which nobody can tell what they mean, and have no key for them: such
 * calls are refused. A rule for Russia says nothing of the kind, though Kazakhstan matches it too.
 */
export function checkSentNumbers(view: DomainView, report: Report): void {
  if (!view.settingsNamed.has('outbound')) return;
  for (const [index, { match, send, trunk, international }] of (view.settings.outbound ?? []).entries()) {
    // Of a pattern that takes whole numbers abroad another check speaks.
    if (trunk === undefined || international === true || covers(match, '+1234567*')) continue;
    if (send === undefined && match.startsWith('+')) continue;
    const pattern = sentPattern(match, send);
    const abroad = pattern.startsWith('+') && !pattern.startsWith('+7') && !meansAbroad(pattern);
    // Whoever dials a public number that is sent without its beginning calls that one.
    if (!abroad && (match.startsWith('+') || !isUntold(pattern))) continue;
    const what = abroad
      ? 'can be a number abroad'
      : 'can be a number abroad or a premium one, which its digits do not tell';
    report(
      'warning',
      below(['outbound'], index, send === undefined ? 'match' : 'send'),
      `what the rule ${match} sends ${what}: such calls are refused`,
      abroad
        ? 'add international: true if that is meant'
        : 'add international: true (and premium: true) if that is meant, or match numbers of Russia: { match: "98xxxxxxxxxx", send: "8$1" }',
    );
  }
}

/** Whether a pattern without a plus matches digits too long for an extension. */
function isUntold(pattern: string): boolean {
  if (pattern.startsWith('+') || isLiteral(pattern)) return false;
  const { places, open } = placesOf(pattern);
  return open || places.length > LONGEST_SHORT_CODE;
}
