export type { Ban, BanStore, BanSubject } from './bans/ban.ts';
export { UNPROVEN } from './bans/ban.ts';
export { BanBook, type BanBookParts } from './bans/ban-book.ts';
export type { BanCounters, BanEvent, BanOrder, BanRefusal, BanResult } from './bans/ban-order.ts';
export { Failures, type FailuresOptions } from './bans/failures.ts';
export { GoodSources, type GoodSourcesOptions } from './bans/good-sources.ts';
export type { FarEnd } from './gate/far-end.ts';
export { Fence, type FencePolicies, type FenceStep, type Judgement, type Scope } from './gate/fence.ts';
export {
  Gate,
  type GateCounters,
  type GateEvent,
  type GateParts,
  type Refusal,
  type Treatment,
  userKey,
} from './gate/gate.ts';
export { Countries, type CountryFinding, type NetworkCountrySource } from './geo/countries.ts';
export { CountryDatabase } from './geo/country-database.ts';
export type { CountrySource } from './geo/country-source.ts';
export { GeoDatabaseError } from './geo/geo-database-error.ts';
export type { Place, PlaceStore } from './places/place.ts';
export { type Nearness, type NewPlace, PlaceBook, type PlaceBookParts } from './places/place-book.ts';
export { CompiledPolicy, describeVerdict } from './policy/compiled-policy.ts';
export type { Policy, PolicyMode, Rule, Verdict } from './policy/policy.ts';
export { KeyRates, type KeyRatesOptions } from './rates/key-rates.ts';
export { sourceKey, sourceKeys } from './rates/source-key.ts';
export { type StrangerCounters, StrangerRates, type StrangerRatesOptions, type Taken } from './rates/stranger-rates.ts';
