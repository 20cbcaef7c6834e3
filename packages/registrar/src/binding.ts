import type { Endpoint } from '@vats/kernel';

/**
 * The way a REGISTER came in, as plain data. A request to the phone goes back over this flow and nowhere else: behind a
 * NAT no other way leads to it (RFC 5626 §3).
 */
export interface FlowRecord {
  /** 'udp', 'tcp', and what transports come later. */
  readonly transport: string;
  /** Our end of it. */
  readonly bound: Endpoint;
  /** Their end, as packets came. */
  readonly observed: Endpoint;
  /** The transport layer's name for it: for datagrams good after a restart too, for a connection only while it lives. */
  readonly id: string;
}

/** A phone behind a proxy, as the proxy tells. */
export interface BindingClient {
  readonly address: string;
  /** 0 where the proxy does not tell it. */
  readonly port: number;
  /** As far as it is known. */
  readonly transport: string;
}

/**
 * One binding of an address-of-record to a Contact (RFC 3261 §10), as promised to a phone by a 200 and as the store
 * keeps it. Immutable: a refresh makes a new one with the same `id`. All header text is wire text (one character, one
 * octet), exactly as the phone sent it.
 */
export interface Binding {
  /** Ours, unpredictable, the same through refreshes: the store's key. */
  readonly id: string;
  readonly domain: string;
  /** The device's account in `domain`; with it, the address-of-record. */
  readonly login: string;
  /** The Contact's URI as sent; never rewritten. */
  readonly contact: string;
  /** The Contact's header parameters as sent, without `expires`: '' or ';q=0.5;+sip.instance="<urn:…>"'. */
  readonly params: string;
  /** Preference of this Contact, 0 to 1 (RFC 3261 §20.10); absent when not sent. */
  readonly q?: number;
  /** Call-ID and CSeq number of the REGISTER that wrote the binding last. */
  readonly callId: string;
  readonly cseq: number;
  /** `+sip.instance` without its quotes: names the device through reboots (RFC 5626 §4.1). */
  readonly instanceId?: string;
  /** `reg-id`: which of a device's flows this is; only beside an `instanceId`. */
  readonly regId?: number;
  readonly flow: FlowRecord;
  /** Where the phone is, where `flow` ends at a proxy that is believed and tells it. */
  readonly client?: BindingClient;
  /** Values of the Path header, outermost first: the route set towards the phone (RFC 3327). */
  readonly path: readonly string[];
  readonly userAgent?: string;
  /** Wall time in ms when the binding was made, and when it ends unless refreshed. */
  readonly registeredAt: number;
  readonly expiresAt: number;
}

/** Why a request to a binding would be in vain. */
export type UnreachableReason =
  /** The connection that it registered over was closed. */
  | 'connection-closed'
  /** It registered over a connection of an earlier process; only the phone can open a new one. */
  | 'restarted'
  /** The address that it registered at is no longer listened on. */
  | 'listener-gone'
  /** It answered pings and then stopped. */
  | 'ping-unanswered'
  /** It had promised to keep its flow alive, and stopped (RFC 5626 §4.4). */
  | 'keep-alive-stopped';

export type Reachability =
  | { readonly reachable: true; readonly since: number }
  | { readonly reachable: false; readonly since: number; readonly reason: UnreachableReason };

/** A binding and what is known of the phone behind it at this moment; none of it survives a restart. */
export interface BindingStatus {
  readonly binding: Binding;
  /** `since` is wall time in ms. */
  readonly reachability: Reachability;
  /** Wall time in ms when the phone was heard last: a REGISTER, an answer to a ping, any request over its flow. */
  readonly lastSeen: number;
  /** Its Contact's host is not where its packets come from, so the flow is kept alive by pings. */
  readonly behindNat: boolean;
  /** Round-trip time of the last answered ping in ms. */
  readonly roundTrip?: number;
}
