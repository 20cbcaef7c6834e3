/** One SRV record (RFC 2782). */
export interface SrvRecord {
  /** Lower ones are tried first. */
  readonly priority: number;
  /** How often this one comes first among those of its priority, in proportion. */
  readonly weight: number;
  readonly port: number;
  /** '.' says that the service is decidedly not offered. */
  readonly target: string;
}

/** One NAPTR record (RFC 3403 §4.1). */
export interface NaptrRecord {
  /** Only those of the lowest order that can be used count. */
  readonly order: number;
  /** Among those of one order lower ones are tried first. */
  readonly preference: number;
  /** `s`: `replacement` is what SRV is asked for. */
  readonly flags: string;
  /** `SIP+D2U`, say. */
  readonly service: string;
  readonly regexp: string;
  readonly replacement: string;
}

/**
 * What a question to the DNS comes to. No records is an answer; a failure is none, and says nothing about what exists.
 * `ttl` in seconds: how long the answer holds; `code` names the failure, as Node does ('ESERVFAIL', 'ETIMEOUT').
 */
export type DnsAnswer<T> =
  | { readonly ok: true; readonly records: readonly T[]; readonly ttl: number }
  | { readonly ok: false; readonly code: string };

/** The questions that locating a server asks. They never reject. */
export interface DnsQuestions {
  naptr(name: string): Promise<DnsAnswer<NaptrRecord>>;
  srv(name: string): Promise<DnsAnswer<SrvRecord>>;
  /** IPv4 addresses. */
  a(name: string): Promise<DnsAnswer<string>>;
  /** IPv6 addresses. */
  aaaa(name: string): Promise<DnsAnswer<string>>;
}
