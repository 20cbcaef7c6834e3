import { NOT_RTP, rtpPayloadAt, rtpSequence, rtpSsrc } from '../rtp/packet.ts';
import type { CryptoSuite } from '../sdp/crypto-suite.ts';
import { cipherOf } from './cipher-of.ts';
import { INDEX_WORD, type PacketCipher } from './packet-cipher.ts';
import { NO_INDEX, StreamIndex } from './stream-index.ts';

/** Streams that may be sent under one key. What comes beyond is not sent: forgetting one would mean to use its key stream twice. */
export const MOST_SENT_STREAMS = 64;
const RTCP_HEADER = 8;
const LAST_RTCP_INDEX = 2 ** 31 - 1;

/**
 * Protects what a leg sends under one key of ours. No two packets ever get the same piece of the key stream: what has been sent already,
 * or is too late to tell, is not sent again.
 */
export class SrtpSender {
  readonly #cipher: PacketCipher;
  readonly #streams = new Map<number, StreamIndex>();
  #rtcpIndex = 0;

  /** @param keySalt base64, as `a=crypto` has it */
  constructor(suite: CryptoSuite, keySalt: string) {
    this.#cipher = cipherOf(suite, keySalt);
  }

  /** A protected copy of an RTP packet; undefined when it must not be sent. */
  protectRtp(packet: Uint8Array): Buffer | undefined {
    const payloadAt = rtpPayloadAt(packet);
    if (payloadAt === NOT_RTP) return undefined;
    const ssrc = rtpSsrc(packet);
    const stream = this.#stream(ssrc);
    const index = stream === undefined ? NO_INDEX : stream.guess(rtpSequence(packet));
    if (stream === undefined || index === NO_INDEX || stream.has(index)) return undefined;
    stream.note(index);
    const end = packet.length;
    const sealed = Buffer.allocUnsafe(end + this.#cipher.rtpTag);
    sealed.set(packet);
    this.#cipher.sealRtp(sealed, payloadAt, end, ssrc, index);
    return sealed;
  }

  /** A protected copy of an RTCP packet; undefined for what is none, and once the key is used up. One count serves all senders' reports. */
  protectRtcp(packet: Uint8Array): Buffer | undefined {
    const end = packet.length;
    if (end < RTCP_HEADER || this.#rtcpIndex === LAST_RTCP_INDEX) return undefined;
    const sealed = Buffer.allocUnsafe(end + INDEX_WORD + this.#cipher.rtcpTag);
    sealed.set(packet);
    this.#cipher.sealRtcp(sealed, end, sealed.readUInt32BE(4), ++this.#rtcpIndex);
    return sealed;
  }

  #stream(ssrc: number): StreamIndex | undefined {
    const known = this.#streams.get(ssrc);
    if (known !== undefined || this.#streams.size >= MOST_SENT_STREAMS) return known;
    const stream = new StreamIndex();
    this.#streams.set(ssrc, stream);
    return stream;
  }
}
