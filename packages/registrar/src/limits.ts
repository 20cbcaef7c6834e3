/** What the registrar grants and how much it holds. Times for phones are in seconds, as in `expires`; ours in ms. */
export interface RegistrarLimits {
  /** Granted when a phone asks for no particular time (RFC 3261 §10.3 item 7). */
  readonly defaultExpires: number;
  /** A wish below it is refused with 423 and Min-Expires. */
  readonly minExpires: number;
  /** A wish above it is cut down to it. */
  readonly maxExpires: number;
  /** The most for a phone behind a NAT on UDP: its mapping lives no longer without our pings. */
  readonly maxExpiresBehindNat: number;
  readonly contactsPerRequest: number;
  /** Unless the account says otherwise. */
  readonly bindingsPerAccount: number;
  /** REGISTERs of one account that wait for an earlier one to reach the disk. */
  readonly waitingPerAccount: number;
  /** Time between two pings of a phone behind a NAT, in ms. */
  readonly pingInterval: number;
  /** Time between two double CRLFs on a connection that needs no pings, in ms: less than any idle limit on the way. */
  readonly holdInterval: number;
  /** Flow-Timer for phones that keep their flows alive themselves (RFC 5626 §5.4), in seconds: over datagrams, and over connections. */
  readonly flowTimer: { readonly datagram: number; readonly connection: number };
  /** How long after that a phone may still be heard before its flow counts as dead, in ms. */
  readonly flowGrace: number;
  /** Pings in a row that must stay unanswered before a phone that used to answer counts as unreachable. */
  readonly pingMisses: number;
}

export const DEFAULT_LIMITS: RegistrarLimits = {
  defaultExpires: 3600,
  minExpires: 60,
  maxExpires: 7200,
  maxExpiresBehindNat: 300,
  contactsPerRequest: 10,
  bindingsPerAccount: 10,
  waitingPerAccount: 8,
  pingInterval: 25_000,
  holdInterval: 120_000,
  flowTimer: { datagram: 30, connection: 120 },
  flowGrace: 10_000,
  pingMisses: 2,
};
