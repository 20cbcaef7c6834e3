import { timingSafeEqual } from 'node:crypto';
import type { Clock, Random } from '@vats/kernel';
import { HmacKey } from './hmac-key.ts';

/** Whom a nonce is for: it is worth nothing from another address or for another realm. */
export interface NonceScope {
  /** Observed IP address of the peer, without port: NATs and new connections change that. */
  readonly source: string;
  readonly realm: string;
}

/** `fresh`: ours and young; `stale`: ours and too old; `foreign`: not ours, or made for another source or realm. */
export type NonceVerdict = 'fresh' | 'stale' | 'foreign';

const TIME_OCTETS = 6;
const SALT_OCTETS = 8;
const MAC_OCTETS = 16;
const NONCE_OCTETS = TIME_OCTETS + SALT_OCTETS + MAC_OCTETS;
const NONCE_PATTERN = new RegExp(`^[A-Za-z0-9_-]{${(NONCE_OCTETS * 4) / 3}}$`);

/**
 * Makes nonces that need no memory: time, salt and a MAC over both, the source and the realm. Time is monotonic, so a
 * step of the wall clock ages no nonce; nonces of an earlier run are foreign, because each run has its own boot id.
 */
export class NonceMint {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #key: HmacKey;
  readonly #bootId: Buffer;
  readonly #lifetime: number;

  /** `lifetime` in milliseconds. */
  constructor(options: { clock: Clock; random: Random; secret: Buffer; lifetime: number }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#key = new HmacKey(options.secret);
    this.#bootId = options.random.bytes(8);
    this.#lifetime = options.lifetime;
  }

  /** A new nonce; no two are equal, so that phones behind one address do not share a counter. */
  make(scope: NonceScope): string {
    const stamp = Buffer.alloc(TIME_OCTETS + SALT_OCTETS);
    stamp.writeUIntBE(this.#time(), 0, TIME_OCTETS);
    this.#random.bytes(SALT_OCTETS).copy(stamp, TIME_OCTETS);
    return Buffer.concat([stamp, this.#mac(stamp, scope)]).toString('base64url');
  }

  judge(nonce: string, scope: NonceScope): NonceVerdict {
    if (!NONCE_PATTERN.test(nonce)) return 'foreign';
    const octets = Buffer.from(nonce, 'base64url');
    const stamp = octets.subarray(0, TIME_OCTETS + SALT_OCTETS);
    if (!timingSafeEqual(octets.subarray(stamp.length), this.#mac(stamp, scope))) return 'foreign';
    return this.#time() - stamp.readUIntBE(0, TIME_OCTETS) <= this.#lifetime ? 'fresh' : 'stale';
  }

  #time(): number {
    return Math.floor(this.#clock.monotonic());
  }

  #mac(stamp: Buffer, scope: NonceScope): Buffer {
    // The stamp and the boot id have fixed lengths and an address holds no NUL, so no two scopes read alike.
    const text = Buffer.from(`${scope.source}\0${scope.realm}`);
    return this.#key.mac(Buffer.concat([this.#bootId, stamp, text])).subarray(0, MAC_OCTETS);
  }
}
