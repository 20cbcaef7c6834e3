import type { Clock, Endpoint, Random } from '@vats/kernel';
import type { Network } from '@vats/sip';

export interface PhoneSettings {
  /** For ladders and messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly local: Endpoint;
  /** `WS` is a WebSocket (RFC 7118), which it opens with its first request. */
  readonly transport?: 'UDP' | 'TCP' | 'TLS' | 'WS';
  /** Over TCP: it is connected to, as a server is. */
  readonly listens?: true;
  /** Where its REGISTERs and new calls go. */
  readonly server: Endpoint;
  readonly domain: string;
  readonly login: string;
  readonly password: string;
  /** What others dial to reach it. */
  readonly number: string;
  /** What its Via and Contact claim, when that is not where it is: a phone behind a NAT. */
  readonly claims?: Endpoint;
  /** `+sip.instance`, a URN. */
  readonly instance?: string;
}

/** What a phone does by itself. A scenario takes from it what its phone is to do wrong. */
export interface Manners {
  /** ACKs the final responses to its INVITEs, repeated ones again. */
  acknowledges: boolean;
  /** Answers a challenge once, as a phone with the right password does. */
  authenticates: boolean;
  /** 200 to CANCEL, and 487 to an INVITE that was not answered. */
  yieldsToCancel: boolean;
  /** Status for what needs no decision: BYE, INFO, MESSAGE, OPTIONS, NOTIFY. Undefined: silence. */
  replies: Record<string, number | undefined>;
  /** The number that From names in its new calls, in its account's place. */
  showsAs?: string;
  /** Answers a request that is repeated with the response that it sent before. */
  repeatsReplies: boolean;
}

export function goodManners(): Manners {
  return {
    acknowledges: true,
    authenticates: true,
    yieldsToCancel: true,
    replies: { BYE: 200, INFO: 200, MESSAGE: 200, OPTIONS: 200, NOTIFY: 200 },
    repeatsReplies: true,
  };
}
