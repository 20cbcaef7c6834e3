import type { CryptoSuite } from './crypto-suite.ts';

/** Who may, or must, encrypt a leg's sound: a device's or a trunk's `srtp` setting. */
export type SrtpPolicy = 'never' | 'optional' | 'required';

/** A master key identifier, which every packet under its key then carries (RFC 3711 §3.1). */
export interface Mki {
  readonly value: number;
  readonly octets: number;
}

/** The keys of an encrypted leg. They are one leg's alone, and are never logged. */
export interface SrtpKeys {
  readonly suite: CryptoSuite;
  /** What we send with: master key and master salt, base64. No other leg, and no other suite of this one, has the same. */
  readonly ours: string;
  /** What the peer sends with. */
  readonly theirs: string;
  readonly theirMki?: Mki;
}

/**
 * How a leg's packets are protected. `awaited`: SRTP was offered, and the peer's key is not known yet, so that nothing may be sent and
 * nothing that comes can be believed.
 */
export type LegSrtp = SrtpKeys | 'awaited';
