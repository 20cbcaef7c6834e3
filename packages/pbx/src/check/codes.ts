import { codesOf, type Feature, featureOf, mayFollow } from '../routing/codes.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** Finds codes of which one stands in the way of another, and numbers of the domain that a code hides from employees. */
export function checkCodes(view: DomainView, report: Report): void {
  const { settings } = view;
  const path = view.settingsNamed.has('codes') ? ['codes'] : undefined;
  const codes = codesOf({ settings });
  for (const [feature, code] of codes) {
    for (const [other, theirs] of codes) {
      const isSame = theirs === code && feature < other;
      if (feature === other || (!isSame && !isHidden(feature, code, theirs))) continue;
      report(
        'error',
        below(path, settings.codes?.[other] === undefined ? feature : other),
        isSame
          ? `${feature} and ${other} have the same code ${code}`
          : `${theirs} begins with ${code}, the code for ${feature}`,
        'write another code, or none',
      );
    }
  }
  for (const { object: number, path: at } of view.numbers) {
    const found = featureOf({ settings }, number.number);
    if (found === undefined) continue;
    report(
      'warning',
      below(at, 'number'),
      `number ${number.number} is the code for ${found.feature}: employees can't dial it`,
      `write another number, or codes: { ${found.feature}: none }`,
    );
  }
}

/** Whether a longer code would be taken for a shorter one with digits behind it. */
function isHidden(feature: Feature, code: string, longer: string): boolean {
  return longer.startsWith(code) && longer !== code && mayFollow(feature, longer.slice(code.length));
}
