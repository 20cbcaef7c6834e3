import type { Clock } from '@vats/kernel';
import { detached } from '../rates/detached.ts';
import type { FarEnd } from './far-end.ts';

export interface ProvenFlowsOptions {
  readonly clock: Clock;
  /** Proofs held at most, 100,000 unless given. */
  readonly limit?: number;
  /** Of them for one account, 64 unless given: it may come from as many far ends, and pushes out nobody but itself. */
  readonly perAccount?: number;
}

/** That an account showed good credentials from a far end. */
interface Proof {
  readonly account: string;
  readonly address: string;
  readonly way: string;
  /** Monotonic ms. */
  until: number;
  /** Wrong credentials for the account from there since the last good ones. */
  failures: number;
}

const PROOFS_REMEMBERED = 100_000;
const PROOFS_PER_ACCOUNT = 64;

/**
 * The far ends (address, port and transport) from which accounts showed good credentials lately: they are let past limits that strangers
 * meet, so that neither a flood nor guesses from the same address keep a phone out. Only who knows a password gets in here.
 */
export class ProvenFlows {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #perAccount: number;
  /** By address, then by port and transport, then by account: most who ask come from addresses without any proof, and behind a proxy all come from one far end. */
  readonly #byFarEnd = new Map<string, Map<string, Map<string, Proof>>>();
  /** Of each account those written longest ago first. */
  readonly #byAccount = new Map<string, Set<Proof>>();
  #size = 0;

  constructor({ clock, limit = PROOFS_REMEMBERED, perAccount = PROOFS_PER_ACCOUNT }: ProvenFlowsOptions) {
    this.#clock = clock;
    this.#limit = limit;
    this.#perAccount = perAccount;
  }

  /** Proofs held, those whose time is over and that nobody asked for since included. */
  get size(): number {
    return this.#size;
  }

  /** For `lifetime` ms from now, or as long as an earlier proof holds if that is longer. */
  prove(farEnd: FarEnd, account: string, lifetime: number): void {
    const until = this.#clock.monotonic() + lifetime;
    const known = this.#find(farEnd, account);
    if (known !== undefined) {
      known.until = Math.max(known.until, until);
      known.failures = 0;
      this.#toTheBack(known);
      return;
    }
    const own = this.#byAccount.get(account);
    if (own !== undefined && own.size >= this.#perAccount) this.#dropFirst(own);
    else if (this.#size >= this.#limit) this.#makeRoom();
    const address = detached(farEnd.address);
    this.#add({ account: detached(account), address, way: wayOf(farEnd), until, failures: 0 });
  }

  /** Whether any account is proven there. */
  has(farEnd: FarEnd): boolean {
    const proofs = this.#byFarEnd.get(farEnd.address)?.get(wayOf(farEnd));
    for (const proof of proofs?.values() ?? []) if (this.#holds(proof)) return true;
    return false;
  }

  /** The account that is proven there, if it is one alone. */
  accountAt(farEnd: FarEnd): string | undefined {
    const proofs = this.#byFarEnd.get(farEnd.address)?.get(wayOf(farEnd))?.values() ?? [];
    const [only, ...others] = [...proofs].filter((proof) => this.#holds(proof));
    return others.length === 0 ? only?.account : undefined;
  }

  /** Whether this account is. */
  proves(farEnd: FarEnd, account: string): boolean {
    const proof = this.#find(farEnd, account);
    return proof !== undefined && this.#holds(proof);
  }

  /** Wrong credentials for an account came from where it is proven. After `patience` of them in a row it is not any more. */
  failed(farEnd: FarEnd, account: string, patience: number): void {
    const proof = this.#find(farEnd, account);
    if (proof !== undefined && ++proof.failures >= patience) this.#drop(proof);
  }

  /** Forgets those whose time is over; to be called now and then. */
  sweep(): void {
    for (const proofs of this.#byAccount.values()) for (const proof of proofs) this.#holds(proof);
  }

  #find(farEnd: FarEnd, account: string): Proof | undefined {
    return this.#byFarEnd.get(farEnd.address)?.get(wayOf(farEnd))?.get(account);
  }

  /** Drops what does not. */
  #holds(proof: Proof): boolean {
    if (proof.until > this.#clock.monotonic()) return true;
    this.#drop(proof);
    return false;
  }

  /** Those whose time is over go first; when that is not enough, the oldest of whoever came first. */
  #makeRoom(): void {
    this.sweep();
    for (const own of this.#byAccount.values()) {
      if (this.#size < this.#limit) return;
      this.#dropFirst(own);
    }
  }

  #toTheBack(proof: Proof): void {
    const own = this.#byAccount.get(proof.account);
    own?.delete(proof);
    own?.add(proof);
  }

  #dropFirst(proofs: ReadonlySet<Proof>): void {
    for (const proof of proofs) {
      this.#drop(proof);
      return;
    }
  }

  #add(proof: Proof): void {
    const { address, way, account } = proof;
    const ways = this.#byFarEnd.get(address) ?? new Map<string, Map<string, Proof>>();
    this.#byFarEnd.set(address, ways);
    const proofs = ways.get(way) ?? new Map<string, Proof>();
    ways.set(way, proofs);
    proofs.set(account, proof);
    const own = this.#byAccount.get(account) ?? new Set<Proof>();
    this.#byAccount.set(account, own);
    own.add(proof);
    this.#size++;
  }

  #drop(proof: Proof): void {
    const { address, way, account } = proof;
    const ways = this.#byFarEnd.get(address);
    const proofs = ways?.get(way);
    proofs?.delete(account);
    if (proofs?.size === 0) ways?.delete(way);
    if (ways?.size === 0) this.#byFarEnd.delete(address);
    const own = this.#byAccount.get(account);
    if (own?.delete(proof)) this.#size--;
    if (own?.size === 0) this.#byAccount.delete(account);
  }
}

/** The rest of a far end, beside its address. */
function wayOf({ port, transport }: FarEnd): string {
  return `${transport}:${port}`;
}
