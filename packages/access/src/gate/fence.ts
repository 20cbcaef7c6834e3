import type { CountrySource } from '../geo/country-source.ts';
import { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { Policy, Verdict } from '../policy/policy.ts';

/** Whose policy was asked. All of them must admit: a domain can only narrow the machine's, a device its domain's. */
export type Scope = 'machine' | 'domain' | 'device';

/** What one policy says of an address. */
export interface FenceStep {
  readonly scope: Scope;
  readonly policy: Policy;
  readonly verdict: Verdict;
  /** False where the policy is only tried out: its refusals are noted and hold nobody up. */
  readonly enforced: boolean;
}

export interface Judgement {
  readonly admitted: boolean;
  /** In the order in which they were asked; the last one refused where `admitted` is false. */
  readonly steps: readonly FenceStep[];
}

export interface FencePolicies {
  readonly machine: Policy;
  /** By domain id. */
  readonly domains: ReadonlyMap<string, Policy>;
}

const SOURCES_REMEMBERED = 65_536;
const EVERYBODY: FencePolicies = { machine: { mode: 'any' }, domains: new Map() };

/**
 * The geofence: who may come from where, by the policies of the machine, its domains and their devices. It judges
 * addresses that were observed, never what a message says.
 */
export class Fence {
  readonly #countries: CountrySource;
  readonly #compiled = new WeakMap<Policy, CompiledPolicy>();
  /** What is said before a message is read, for each address that spoke lately. */
  readonly #sources = new Map<string, boolean>();
  #policies: FencePolicies = EVERYBODY;

  constructor(countries: CountrySource) {
    this.#countries = countries;
  }

  get policies(): FencePolicies {
    return this.#policies;
  }

  /** From now on these hold, and nothing that was judged before. */
  use(policies: FencePolicies): void {
    this.#policies = policies;
    this.#sources.clear();
  }

  /** The country table changed: everybody is judged anew. */
  judgeAnew(): void {
    this.#sources.clear();
  }

  /**
   * Whether a source may be read at all: the machine lets it in, and any domain does. Which domain it speaks to is known
   * only from what it says, and with one domain that makes no difference.
   */
  admitsSource(address: string): boolean {
    const known = this.#sources.get(address);
    if (known !== undefined) return known;
    const admits = this.#admitsSource(address);
    if (this.#sources.size >= SOURCES_REMEMBERED) this.#sources.clear();
    this.#sources.set(address, admits);
    return admits;
  }

  /** Judges an address for the machine, and for a domain and one of its devices where they are given. */
  judge(address: string, domain?: string, device?: Policy): Judgement {
    const steps: FenceStep[] = [];
    const { machine, domains } = this.#policies;
    const asked: [Scope, Policy | undefined][] = [
      ['machine', machine],
      ['domain', domain === undefined ? undefined : domains.get(domain)],
      ['device', device],
    ];
    for (const [scope, policy] of asked) {
      if (policy === undefined) continue;
      const enforced = policy.enforce !== false;
      const verdict = this.#compiledOf(policy).judge(address);
      steps.push({ scope, policy, verdict, enforced });
      if (!verdict.admitted && enforced) return { admitted: false, steps };
    }
    return { admitted: true, steps };
  }

  #admitsSource(address: string): boolean {
    const { machine, domains } = this.#policies;
    if (!this.#lets(machine, address)) return false;
    if (domains.size === 0) return true;
    for (const policy of domains.values()) if (this.#lets(policy, address)) return true;
    return false;
  }

  #lets(policy: Policy, address: string): boolean {
    return policy.enforce === false || this.#compiledOf(policy).judge(address).admitted;
  }

  /** Policies never change, they are replaced, so each is prepared once. */
  #compiledOf(policy: Policy): CompiledPolicy {
    const known = this.#compiled.get(policy);
    if (known !== undefined) return known;
    const compiled = new CompiledPolicy(policy, this.#countries);
    this.#compiled.set(policy, compiled);
    return compiled;
  }
}
