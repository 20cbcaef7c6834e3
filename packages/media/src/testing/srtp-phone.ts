import type { CryptoSuite } from '../sdp/crypto-suite.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';

/** A phone's end of an encrypted stream, by the keys that the two sides' SDP says (base64). */
export class SrtpPhone {
  readonly #sender: SrtpSender;
  readonly #receiver: SrtpReceiver;

  constructor(suite: CryptoSuite, keys: { readonly sends: string; readonly hears: string }) {
    this.#sender = new SrtpSender(suite, keys.sends);
    this.#receiver = new SrtpReceiver(suite, keys.hears);
  }

  /** An RTP packet, protected; the same packet twice is a mistake of the test's. */
  protect(packet: Uint8Array): Buffer {
    const sealed = this.#sender.protectRtp(packet);
    if (sealed === undefined) throw new Error('that packet was protected already');
    return sealed;
  }

  /** The RTP packet in a datagram, or why there is none. */
  open(datagram: Uint8Array): Buffer | string {
    const opened = this.#receiver.openRtp(Buffer.from(datagram));
    this.#receiver.taken();
    return opened;
  }
}
