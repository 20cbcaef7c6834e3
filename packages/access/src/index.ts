export type { Ban, BanStore, BanSubject } from './bans/ban.ts';
export type { CountrySource } from './geo/country-source.ts';
export type { Place, PlaceStore } from './places/place.ts';
export type { Policy, PolicyMode, Rule, Verdict } from './policy/policy.ts';
