/**
 * - `any`: from everywhere
 * - `russia`: the countries list with RU alone
 * - `countries`: from the countries named
 * - `list`: from the networks in `allow` only
 */
export type PolicyMode = 'any' | 'russia' | 'countries' | 'list';

/** Who may talk to the machine, a domain or an account, judged by the observed address alone. */
export interface Policy {
  readonly mode: PolicyMode;
  /** ISO 3166 codes, for mode `countries`. */
  readonly countries?: readonly string[];
  /** Networks as a person writes them (`parseNetwork`); let in whatever the country. */
  readonly allow?: readonly string[];
  /** Networks that are shut out whatever else is said. */
  readonly deny?: readonly string[];
  /** False for a dry run: refusals are logged and counted, and nobody is refused. True unless given. */
  readonly enforce?: boolean;
}

/** The rule that decided, in the order in which they are tried. */
export type Rule =
  /** Refused: in a network of `deny`. */
  | 'denied'
  /** Admitted: in a network of `allow`. */
  | 'allowed'
  /** Admitted: mode `any`. */
  | 'any'
  /** Refused: mode `list`, and in none of its networks. */
  | 'not-listed'
  /** Admitted: its country is one of those that may come. */
  | 'country'
  /** Admitted: an address of a private network, which has no country. */
  | 'private'
  /** Refused: a country, but none of those. */
  | 'other-country'
  /** Refused: no country is known for it. */
  | 'unknown-country';

export interface Verdict {
  readonly admitted: boolean;
  readonly rule: Rule;
  /** The network of `deny` or `allow` that decided, as it was written. */
  readonly network?: string;
  /** ISO 3166 code, where one is known. */
  readonly country?: string;
}
