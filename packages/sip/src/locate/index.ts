export type { DnsAnswer, DnsQuestions, SrvRecord } from './dns.ts';
export { type AddressFamily, type Located, type LookupFailure, locate, type ServerTarget } from './locate.ts';
export { Locator, type LocatorOptions } from './locator.ts';
export { NodeDns, type NodeDnsOptions } from './node-dns.ts';
export type { ServerList, ServerListState } from './server-list.ts';
