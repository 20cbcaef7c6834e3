import type { SipUri } from '@vats/sip';

/** One Contact of a REGISTER. Wire strings throughout, detached from the message. */
export interface ContactUpdate {
  /** The URI as sent. */
  readonly contact: string;
  readonly uri: SipUri;
  /** Header parameters as sent, without `expires`. */
  readonly params: string;
  readonly q?: number;
  readonly instanceId?: string;
  readonly regId?: number;
  /** Seconds asked for: this Contact's `expires`, else the Expires header; absent when neither says anything. */
  readonly asked?: number;
}

/** What a well-formed REGISTER wants (RFC 3261 §10.2). */
export interface RegisterIntent {
  readonly callId: string;
  readonly cseq: number;
  /** 'fetch': no Contact, only tell; 'clear': `Contact: *`; else the Contacts in their order. */
  readonly contacts: 'fetch' | 'clear' | readonly ContactUpdate[];
  readonly path: readonly string[];
  /** The phone understands a Path in our answer (RFC 3327 §5.3). */
  readonly supportsPath: boolean;
  /** Some Contact names a flow of its phone, and the phone wants it to be used as one (RFC 5626 §4.2.1). */
  readonly wantsOutbound: boolean;
  /** The first hop behind the phone cares for its flow: it is us, or a proxy that says so by `ob` in its Path (RFC 5626 §6). */
  readonly firstHopKeepsFlow: boolean;
  readonly userAgent?: string;
}
