export type { DnsAnswer, DnsQuestions, NaptrRecord, SrvRecord } from './dns.ts';
export {
  type AddressFamily,
  type Located,
  type LookupFailure,
  locate,
  type Server,
  type ServerTarget,
} from './locate.ts';
export { Locator, type LocatorOptions } from './locator.ts';
export { NodeDns, type NodeDnsOptions } from './node-dns.ts';
export type { ServerList, ServerListState } from './server-list.ts';
