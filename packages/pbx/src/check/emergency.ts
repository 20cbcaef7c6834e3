import { EMERGENCY_NUMBERS } from '../schema/number.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** Emergency numbers are never denied: rules for other numbers leave them alone, and one that names them so can only be a mistake. */
export function checkEmergency(view: DomainView, report: Report): void {
  const path = view.settingsNamed.has('outbound') ? ['outbound'] : undefined;
  for (const [index, { match, deny }] of (view.settings.outbound ?? []).entries()) {
    if (deny !== true || !EMERGENCY_NUMBERS.includes(match)) continue;
    report(
      'error',
      below(path, index, 'match'),
      `${match} is an emergency number, which must not be denied`,
      'remove the rule, or name the trunk that such calls go by',
    );
  }
}
