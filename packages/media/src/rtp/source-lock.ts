import type { Endpoint } from '@vats/kernel';
import { MAX_DROPOUT } from './sequence-bounds.ts';

/** How long a stranger must speak, and every believed address be silent, before the stranger is taken for the peer. */
export const GRACE_MS = 1_000;
/** Who speaks for that second leaves no longer gap; it begins anew after one, be it that this thread stood still meanwhile. */
export const LONGEST_GAP_MS = 400;
/** A locked source that was not heard for this long may have moved. */
export const SILENT_MS = 3_000;
/** How long after a lock or a new offer others may still take over, before the socket is connected to the source. */
export const SETTLE_MS = 5_000;

const NOBODY = 0;
/** An address that nothing of the peer's signalling names. */
const STRANGER = 1;
/** The claimed address or the signalling's observed one, with whatever port a NAT made of it. */
const BELIEVED = 2;
/** Claimed address and port. */
const CLAIMED = 3;

/**
 * Decides whose RTP is a leg's (symmetric RTP, RFC 4961), so that phones behind NATs are heard and third parties are not.
 *
 * - The claimed endpoint, and any port on the claimed or the signalling's address, is believed at once.
 * - Another address only after it spoke for a second, without long gaps, in which no believed one did.
 * - Once locked, only a better believed source takes over, or after 3 s of silence one that continues the locked one (by its
 *   address, or its SSRC and sequence). A third party can therefore neither steal a call nor speak in it.
 * - A new offer opens the lock for 5 s to whoever is believed as well as the locked one: the phone may have got another port
 *   from its NAT. A newly claimed endpoint is turned to at once.
 *
 * Nothing is allocated per packet.
 */
export class SourceLock {
  #claimed: Endpoint | undefined;
  #signalling: string;
  #described = false;
  #describedAt = 0;
  #openUntil = 0;

  #rank = NOBODY;
  #address = '';
  #port = 0;
  #lockedAt = 0;
  #locks = 0;
  #heardAt = 0;
  #ssrc = 0;
  #sequence = 0;

  // A stranger that is being heard out, or the source that was locked before the peer claimed another endpoint.
  #otherAddress = '';
  #otherPort = 0;
  #otherSince = 0;
  #otherHeardAt = 0;
  #otherIsFormer = false;

  constructor(signalling: string) {
    this.#signalling = signalling;
  }

  /** The peer's description became known, changed, or was confirmed by a new offer. */
  describe(claimed: Endpoint | undefined, signalling: string, newOffer: boolean, now: number): void {
    const moved =
      claimed !== undefined && (claimed.address !== this.#claimed?.address || claimed.port !== this.#claimed.port);
    const changed =
      moved || signalling !== this.#signalling || (claimed === undefined) !== (this.#claimed === undefined);
    this.#claimed = claimed;
    this.#signalling = signalling;
    if (this.#described && !changed && !newOffer) return;
    this.#described = true;
    this.#describedAt = now;
    if (this.#rank === NOBODY) return;
    this.#openUntil = now + SETTLE_MS;
    this.#rank = this.#rankOf(this.#address, this.#port);
    if (!moved || this.#rank === CLAIMED) return;
    this.#rank = NOBODY;
    this.#remember(this.#address, this.#port, now, true);
  }

  /** Whether an RTP packet from there is the leg's; locks when the time has come. */
  accepts(address: string, port: number, ssrc: number, sequence: number, now: number): boolean {
    if (port === this.#port && this.#rank !== NOBODY && address === this.#address) {
      this.heard(ssrc, sequence, now);
      return true;
    }
    if (this.#isFormer(address, port, now)) return true;
    if (!this.#maySpeak(address, port, ssrc, sequence, now)) return false;
    this.#rank = this.#rankOf(address, port);
    this.#address = address;
    this.#port = port;
    this.#lockedAt = now;
    this.#locks++;
    this.#otherPort = 0;
    this.heard(ssrc, sequence, now);
    return true;
  }

  /**
   * False where `accepts` would refuse a packet from there whatever else is true of it. Nothing is learned by asking, so it
   * is asked before a packet has proven itself.
   */
  mayAccept(address: string, port: number, ssrc: number, sequence: number, now: number): boolean {
    if (this.#rank === NOBODY)
      return this.#rankOf(address, port) >= BELIEVED || this.#mayBeHeardOut(address, port, now);
    if (port === this.#port && address === this.#address) return true;
    return this.#isFormer(address, port, now) || this.#mayTakeOver(address, port, ssrc, sequence, now);
  }

  /** Nothing that was heard so far counts any more: whoever is believed may be locked next. */
  forget(): void {
    this.#rank = NOBODY;
    this.#otherPort = 0;
  }

  /** A packet came from the locked source: what `accepts` does itself, for callers that know already. */
  heard(ssrc: number, sequence: number, now: number): void {
    this.#heardAt = now;
    this.#ssrc = ssrc;
    this.#sequence = sequence;
  }

  get locked(): boolean {
    return this.#rank !== NOBODY;
  }

  /** Locked onto an address that the peer's signalling names or comes from. */
  get believed(): boolean {
    return this.#rank >= BELIEVED;
  }

  /** How often a source was locked: another number than before means another source. */
  get locks(): number {
    return this.#locks;
  }

  /** Locked long enough, and long enough after any new offer, that nobody else need be listened to. */
  isSettled(now: number): boolean {
    return this.believed && now - Math.max(this.#lockedAt, this.#describedAt) >= SETTLE_MS;
  }

  isSilent(now: number): boolean {
    return now - this.#heardAt >= SILENT_MS;
  }

  get observed(): Endpoint | undefined {
    return this.#rank === NOBODY ? undefined : { address: this.#address, port: this.#port };
  }

  /** Whether the address is one that the peer's signalling names or comes from. */
  believes(address: string): boolean {
    return address === this.#claimed?.address || address === this.#signalling;
  }

  #maySpeak(address: string, port: number, ssrc: number, sequence: number, now: number): boolean {
    if (this.#rank !== NOBODY) return this.#mayTakeOver(address, port, ssrc, sequence, now);
    return this.#rankOf(address, port) >= BELIEVED || this.#graceIsOver(address, port, now);
  }

  #mayTakeOver(address: string, port: number, ssrc: number, sequence: number, now: number): boolean {
    const rank = this.#rankOf(address, port);
    if (rank >= BELIEVED && (rank > this.#rank || (rank === this.#rank && now < this.#openUntil))) return true;
    if (!this.isSilent(now)) return false;
    return address === this.#address || (ssrc === this.#ssrc && this.#continues(sequence));
  }

  #rankOf(address: string, port: number): number {
    if (this.#claimed !== undefined && port === this.#claimed.port && address === this.#claimed.address) return CLAIMED;
    return this.believes(address) ? BELIEVED : STRANGER;
  }

  // What the peer sent from its former endpoint is still under way: it is heard, but nothing is sent back there again.
  #isFormer(address: string, port: number, now: number): boolean {
    return (
      this.#otherIsFormer &&
      port === this.#otherPort &&
      address === this.#otherAddress &&
      now - this.#otherSince < GRACE_MS
    );
  }

  #graceIsOver(address: string, port: number, now: number): boolean {
    if (!this.#mayBeHeardOut(address, port, now)) return false;
    if (!this.#isHeardOut(address, port)) this.#remember(address, port, now, false);
    else if (now - this.#otherHeardAt >= LONGEST_GAP_MS) this.#otherSince = now;
    this.#otherHeardAt = now;
    return this.#described && now - Math.max(this.#otherSince, this.#describedAt) >= GRACE_MS;
  }

  // One stranger at a time is heard out, so that a second one cannot push the first one's grace away again and again.
  #mayBeHeardOut(address: string, port: number, now: number): boolean {
    return this.#otherPort === 0 || now - this.#otherHeardAt >= GRACE_MS || this.#isHeardOut(address, port);
  }

  #isHeardOut(address: string, port: number): boolean {
    return port === this.#otherPort && address === this.#otherAddress && !this.#otherIsFormer;
  }

  #remember(address: string, port: number, now: number, former: boolean): void {
    this.#otherAddress = address;
    this.#otherPort = port;
    this.#otherSince = now;
    this.#otherHeardAt = now;
    this.#otherIsFormer = former;
  }

  #continues(sequence: number): boolean {
    const step = (sequence - this.#sequence) & 0xffff;
    return step > 0 && step < MAX_DROPOUT;
  }
}
