import type { LegSrtp } from '../sdp/srtp-keys.ts';
import { type SrtpFault, SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

/** After a change of its key a peer's packets under the former one are still under way. */
export const FORMER_KEY_MS = 2_000;
/** Keys of ours that are remembered, so that one that comes back is not begun anew. */
const MOST_KEYS = 8;

/** The encryption of one leg: opens what its peer sends, protects what it is sent. While keys are `awaited` nothing is sent; what is heard is what former keys open, if there were any. */
export class SrtpLeg {
  readonly #senders = new Map<string, SrtpSender>();
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  #heard = '';
  #former: SrtpReceiver | undefined;
  #formerUntil = 0;
  #openedBy: SrtpReceiver | undefined;

  /** The keys became known, or were negotiated again: those that stay go on as they were. */
  update(srtp: LegSrtp, now: number): void {
    if (srtp === 'awaited') {
      this.#sender = undefined;
      return;
    }
    const { suite, ours, theirs, theirMki } = srtp;
    this.#sender = this.#senders.get(ours) ?? new SrtpSender(suite, ours);
    this.#senders.set(ours, this.#sender);
    if (this.#senders.size > MOST_KEYS) this.#senders.delete(this.#senders.keys().next().value!);
    const heard = JSON.stringify([suite, theirs, theirMki]);
    if (heard === this.#heard) return;
    this.#heard = heard;
    this.#former = this.#receiver;
    this.#formerUntil = now + FORMER_KEY_MS;
    this.#receiver = new SrtpReceiver(suite, theirs, theirMki);
  }

  /** @see SrtpReceiver.openRtp */
  openRtp(packet: Buffer, now: number): Buffer | SrtpFault {
    const opened = this.#receiver === undefined ? 'unauthentic' : this.#receiver.openRtp(packet, this.#former);
    this.#openedBy = this.#receiver;
    if (opened !== 'unauthentic' || !this.#hasFormer(now)) return opened;
    this.#openedBy = this.#former;
    return this.#former!.openRtp(packet);
  }

  /** @see SrtpReceiver.openRtcp */
  openRtcp(packet: Buffer, now: number): Buffer | SrtpFault {
    const opened = this.#receiver === undefined ? 'unauthentic' : this.#receiver.openRtcp(packet);
    this.#openedBy = this.#receiver;
    if (opened !== 'unauthentic' || !this.#hasFormer(now)) return opened;
    this.#openedBy = this.#former;
    return this.#former!.openRtcp(packet);
  }

  /** @see SrtpReceiver.taken */
  taken(): void {
    this.#openedBy?.taken();
  }

  /** @see SrtpSender.protectRtp */
  protectRtp(packet: Uint8Array): Buffer | undefined {
    return this.#sender?.protectRtp(packet);
  }

  /** @see SrtpSender.protectRtcp */
  protectRtcp(packet: Uint8Array): Buffer | undefined {
    return this.#sender?.protectRtcp(packet);
  }

  #hasFormer(now: number): boolean {
    return this.#former !== undefined && now < this.#formerUntil;
  }
}
