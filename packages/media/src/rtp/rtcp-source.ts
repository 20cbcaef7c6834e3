import type { Endpoint } from '@vats/kernel';
import type { SourceLock } from './source-lock.ts';

/** RTCP comes every few seconds, so its source may be silent for longer than RTP's before it has moved. */
const SILENT_MS = 15_000;

/**
 * Decides whose RTCP is a leg's: a port of its own on the address that its RTP comes from. Before RTP is locked, the
 * addresses that RTP would be believed from.
 */
export class RtcpSource {
  readonly #rtp: SourceLock;
  #claimed: Endpoint | undefined;
  #address = '';
  #port = 0;
  #heardAt = 0;

  constructor(rtp: SourceLock) {
    this.#rtp = rtp;
  }

  /** The peer's description became known or changed: its RTCP is learned anew. */
  describe(claimed: Endpoint | undefined): void {
    if (claimed?.address === this.#claimed?.address && claimed?.port === this.#claimed?.port) return;
    this.#claimed = claimed;
    this.#port = 0;
  }

  accepts(address: string, port: number, now: number): boolean {
    if (!this.mayAccept(address, port, now)) return false;
    this.#address = address;
    this.#port = port;
    this.#heardAt = now;
    return true;
  }

  /** What `accepts` would say; nothing is learned by asking. */
  mayAccept(address: string, port: number, now: number): boolean {
    const rtp = this.#rtp.observed;
    if (rtp === undefined ? !this.#rtp.believes(address) : address !== rtp.address) return false;
    if (port === this.#port && address === this.#address) return true;
    if (this.#port === 0 || address !== this.#address || now - this.#heardAt >= SILENT_MS) return true;
    return port === this.#claimed?.port && address === this.#claimed.address;
  }

  /**
   * Where the leg's RTCP goes: to the learned source, else to the claimed one unless RTP turned out to come from
   * elsewhere. Undefined when nobody knows yet.
   */
  get destination(): Endpoint | undefined {
    const rtp = this.#rtp.observed;
    if (this.#port !== 0 && (rtp === undefined || rtp.address === this.#address)) {
      return { address: this.#address, port: this.#port };
    }
    return rtp === undefined || rtp.address === this.#claimed?.address ? this.#claimed : undefined;
  }
}
