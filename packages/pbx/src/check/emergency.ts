import { EMERGENCY_NUMBERS } from '../schema/number.ts';
import { below, type JudgedView, type Report } from './domain-view.ts';

/**
 * Finds what keeps a call for help from the emergency services: a rule that denies such a number by its name, and a number of the domain
 * that hides it. Rules for other numbers do not: calls for help pass by them.
 */
export function checkEmergency(view: JudgedView, report: Report): void {
  for (const { object: number, path } of view.fresh.numbers) {
    if (!EMERGENCY_NUMBERS.includes(number.number)) continue;
    report(
      'warning',
      below(path, 'number'),
      `number ${number.number} hides the emergency number ${number.number}`,
      'take another: numbers of the domain win over outside ones',
    );
  }
  const rules = view.settingsNamed.has('outbound') ? ['outbound'] : undefined;
  for (const [index, { match, deny }] of (view.settings.outbound ?? []).entries()) {
    if (deny !== true || !EMERGENCY_NUMBERS.includes(match)) continue;
    report(
      'error',
      below(rules, index, 'match'),
      `${match} is an emergency number, which must not be denied`,
      'remove the rule, or name the trunk that such calls go by',
    );
  }
}
