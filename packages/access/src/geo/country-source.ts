/** Knows which country an address is in. */
export interface CountrySource {
  /** ISO 3166 code in capital letters; undefined when none is known. `address` is an IP literal. */
  countryOf(address: string): string | undefined;
}
