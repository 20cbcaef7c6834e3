import { type Directory, DOMAIN_DEFAULTS, type SpendingRules, setting } from '@vats/pbx';
import type { RateTables } from './rate-tables.ts';

/** Limits, zones and prices as the model and the rate tables have them at each moment. */
export function spendingRules(directory: () => Directory, rates: RateTables): SpendingRules {
  return {
    limitsOf: (subject) => {
      const domain = directory().domainById(subject.domain);
      if (domain === undefined) return undefined;
      switch (subject.kind) {
        case 'domain':
          return domain.settings.limits;
        case 'user':
          return directory().findUser(domain, subject.extension)?.limits;
        case 'trunk':
          return domain.trunks.find(({ name }) => name === subject.trunk)?.limits;
      }
    },
    timezoneOf: (id) => {
      const domain = directory().domainById(id);
      return domain === undefined ? DOMAIN_DEFAULTS.timezone : setting(domain, 'timezone');
    },
    rateOf: (domain, trunk, number) => rates.rateOf(domain, trunk, number),
  };
}
