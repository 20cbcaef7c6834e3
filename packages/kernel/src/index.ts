export { type Cancel, type Clock, SystemClock } from './clock.ts';
export { type Endpoint, formatEndpoint, isIPv6, parseEndpoint, sameEndpoint } from './endpoint.ts';
export { ExpiringMap, type ExpiringMapOptions } from './expiring-map.ts';
export { Ledger } from './ledger.ts';
export { LineBudget } from './line-budget.ts';
export { type Log, type LogFields, type LogLevel, SILENT } from './log.ts';
export { type Bad, bad, type Good, good, type Parsed, type ParseError } from './parsed.ts';
export { type Random, RandomOverOctets, SystemRandom } from './random.ts';
