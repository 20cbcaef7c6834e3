export type { Ban, BanStore, BanSubject } from './bans/ban.ts';
export { Countries, type CountryFinding, type NetworkCountrySource } from './geo/countries.ts';
export { CountryDatabase } from './geo/country-database.ts';
export type { CountrySource } from './geo/country-source.ts';
export { GeoDatabaseError } from './geo/geo-database-error.ts';
export type { Place, PlaceStore } from './places/place.ts';
export { CompiledPolicy, describeVerdict } from './policy/compiled-policy.ts';
export type { Policy, PolicyMode, Rule, Verdict } from './policy/policy.ts';
