import { hash } from 'node:crypto';
import type { Clock, Random } from '@vats/kernel';
import { TextComparison } from './text-comparison.ts';

/** Whom a nonce is for: it is worth nothing from another address or for another realm. */
export interface NonceScope {
  /** Observed IP address of the peer, without port: NATs and new connections change that. */
  readonly source: string;
  readonly realm: string;
}

/** A nonce that is ours: whether it is young, and the port that it was sent to. */
export interface KnownNonce {
  readonly age: 'fresh' | 'stale';
  readonly port: number;
}

/** Milliseconds, serial number and port in base 36: some ninety years, and a million and a half nonces a millisecond. */
const TIME_CHARACTERS = 8;
const SERIAL_CHARACTERS = 4;
const PORT_CHARACTERS = 4;
const STAMP_CHARACTERS = TIME_CHARACTERS + SERIAL_CHARACTERS + PORT_CHARACTERS;
/** 128 bits in hex. */
const MAC_CHARACTERS = 32;
const NONCE_PATTERN = new RegExp(`^[0-9a-z]{${STAMP_CHARACTERS + MAC_CHARACTERS}}$`);

/**
 * Makes nonces that need no memory: time, serial number, port and a MAC over them, the source and the realm. Time is
 * monotonic, so a step of the wall clock ages no nonce; nonces of an earlier run are foreign, because each run has a key
 * of its own.
 */
export class NonceMint {
  readonly #clock: Clock;
  readonly #key: string;
  readonly #lifetime: number;
  readonly #macs = new TextComparison(MAC_CHARACTERS);
  /** Numbers the nonces of one millisecond; not those of the run, whose number is nobody's business. */
  #serial = 0;
  #lastTime = -1;

  /** `lifetime` in milliseconds. */
  constructor(options: { clock: Clock; random: Random; secret: Buffer; lifetime: number }) {
    this.#clock = options.clock;
    this.#key = hash('sha256', Buffer.concat([options.secret, options.random.bytes(16)]));
    this.#lifetime = options.lifetime;
  }

  /**
   * A new nonce; no two are equal, so that phones behind one address do not share a counter. The port that it is sent to is only noted:
   * a nonce is good at any other one of its source.
   */
  make(scope: NonceScope, port: number): string {
    const time = this.#time();
    this.#serial = time === this.#lastTime ? this.#serial + 1 : 0;
    this.#lastTime = time;
    const stamp =
      time.toString(36).padStart(TIME_CHARACTERS, '0') +
      this.#serial.toString(36).padStart(SERIAL_CHARACTERS, '0') +
      port.toString(36).padStart(PORT_CHARACTERS, '0');
    return stamp + this.#mac(stamp, scope);
  }

  /** Undefined for one that is not ours, or was made for another source or realm. */
  judge(nonce: string, scope: NonceScope): KnownNonce | undefined {
    if (!NONCE_PATTERN.test(nonce)) return undefined;
    const mac = this.#mac(nonce.slice(0, STAMP_CHARACTERS), scope);
    if (!this.#macs.equal(mac, nonce.slice(STAMP_CHARACTERS))) return undefined;
    const age = this.#time() - Number.parseInt(nonce.slice(0, TIME_CHARACTERS), 36);
    const port = Number.parseInt(nonce.slice(STAMP_CHARACTERS - PORT_CHARACTERS, STAMP_CHARACTERS), 36);
    return { age: age <= this.#lifetime ? 'fresh' : 'stale', port };
  }

  #time(): number {
    return Math.floor(this.#clock.monotonic());
  }

  /**
   * One hash with the key in front. With a whole SHA-256 that would be no MAC, for whoever sees it could hash on where it
   * ended (length extension); half of it hides 128 of the 256 bits that this takes, as SHA-512/256 does. HMAC hides
   * them too, by a second hash: twice the price, for each challenge that a stranger asks for.
   */
  #mac(stamp: string, scope: NonceScope): string {
    // Key and stamp have fixed lengths and an address holds no NUL, so no two scopes read alike.
    return hash('sha256', `${this.#key}${stamp}${scope.source}\0${scope.realm}`).slice(0, MAC_CHARACTERS);
  }
}
