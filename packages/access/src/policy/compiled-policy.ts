import { isPrivateAddress, NetworkSet, parseAddress } from '@vats/kernel';
import type { CountrySource } from '../geo/country-source.ts';
import type { Policy, Rule, Verdict } from './policy.ts';

const ADMITTING: ReadonlySet<Rule> = new Set<Rule>(['allowed', 'any', 'country', 'private']);
const RUSSIA = ['RU'] as const;

/**
 * A policy made ready to judge many addresses. Rules are tried in the order of `Rule`, and the first that fits decides:
 * `deny`, `allow`, the mode, the country, and for those without one whether the address is private.
 *
 * Whether the policy is enforced is the caller's business: a dry run judges alike.
 */
export class CompiledPolicy {
  readonly policy: Policy;
  readonly #countries: CountrySource;
  readonly #deny: NetworkSet;
  readonly #allow: NetworkSet;
  readonly #admitted: ReadonlySet<string>;

  /** @throws RangeError for text in `allow` or `deny` that is no network: whoever reads a policy checks it */
  constructor(policy: Policy, countries: CountrySource) {
    this.policy = policy;
    this.#countries = countries;
    this.#deny = NetworkSet.of(policy.deny ?? []);
    this.#allow = NetworkSet.of(policy.allow ?? []);
    this.#admitted = new Set(countriesOf(policy));
  }

  /** @param address an IP literal; other text is in no network and in no country */
  judge(address: string): Verdict {
    const country = this.#countries.countryOf(address);
    const denied = this.#deny.find(address);
    if (denied !== undefined) return verdict('denied', country, denied);
    const allowed = this.#allow.find(address);
    if (allowed !== undefined) return verdict('allowed', country, allowed);
    switch (this.policy.mode) {
      case 'any':
        return verdict('any', country);
      case 'list':
        return verdict('not-listed', country);
      default:
        // A private address has a country only where the operator gave it one, and that is then meant.
        if (country !== undefined) return verdict(this.#admitted.has(country) ? 'country' : 'other-country', country);
        return verdict(isPrivate(address) ? 'private' : 'unknown-country', country);
    }
  }
}

function isPrivate(address: string): boolean {
  const value = parseAddress(address);
  return value !== undefined && isPrivateAddress(value);
}

/**
 * A verdict in one line, for operators.
 *
 * @param policy the one that was asked; where it is not enforced the line says what it would do
 * @param address put behind the line, where it is not clear who is meant
 * @example describeVerdict(verdict, policy, '203.0.113.5') === 'refused: DE is not one of RU, BY (203.0.113.5)'
 */
export function describeVerdict(verdict: Verdict, policy: Policy, address?: string): string {
  const dryRun = policy.enforce === false && !verdict.admitted;
  const outcome = verdict.admitted ? 'admitted' : dryRun ? 'would be refused' : 'refused';
  return `${outcome}: ${reason(verdict, policy)}${address === undefined ? '' : ` (${address})`}`;
}

function reason({ rule, network, country }: Verdict, policy: Policy): string {
  const countries = countriesOf(policy);
  const named = `${countries.length > 1 ? 'one of ' : ''}${countries.join(', ')}`;
  switch (rule) {
    case 'denied':
      return `in ${network}, listed in deny`;
    case 'allowed':
      return `in ${network}, listed in allow`;
    case 'any':
      return 'mode any lets everybody in';
    case 'not-listed':
      return 'in none of the networks of allow';
    case 'country':
      return countries.length > 1 ? `${country} is ${named}` : `${country} may come`;
    case 'private':
      return 'a private address, which has no country';
    case 'other-country':
      return `${country} is not ${named}`;
    case 'unknown-country':
      return `no country is known for it, so it is not ${named}`;
  }
}

/** The countries that may come; none in the modes that ask for none. */
function countriesOf({ mode, countries }: Policy): readonly string[] {
  if (mode === 'russia') return RUSSIA;
  return mode === 'countries' ? (countries ?? []) : [];
}

function verdict(rule: Rule, country: string | undefined, network?: string): Verdict {
  return {
    admitted: ADMITTING.has(rule),
    rule,
    ...(network !== undefined && { network }),
    ...(country !== undefined && { country }),
  };
}
