import { NOT_RTP, rtpHeaderEnd, rtpSequence, rtpSsrc } from '../rtp/packet.ts';
import type { CryptoSuite } from '../sdp/crypto-suite.ts';
import type { Mki } from '../sdp/srtp-keys.ts';
import { cipherOf } from './cipher-of.ts';
import { ENCRYPTED, INDEX_WORD, type PacketCipher } from './packet-cipher.ts';
import { NO_INDEX, StreamIndex } from './stream-index.ts';

/** Why a packet is not opened: no SRTP at all; not under this key; a packet that there was already. */
export type SrtpFault = 'malformed' | 'unauthentic' | 'replayed';

/**
 * Streams that are known at once, of RTP and of RTCP. Only who has the key can begin one; a peer that begins more makes us forget its
 * first ones.
 */
export const MOST_HEARD_STREAMS = 32;
const RTCP_CLEAR = 8;

/** Opens what a peer sends under one key of its own. */
export class SrtpReceiver {
  readonly #cipher: PacketCipher;
  readonly #mki: Mki | undefined;
  readonly #rtp = new Map<number, StreamIndex>();
  readonly #rtcp = new Map<number, StreamIndex>();
  // What was opened last, until it is taken.
  #openedOf = this.#rtp;
  #openedSsrc = 0;
  #openedStream: StreamIndex | undefined;
  #openedIndex = NO_INDEX;

  /** @param keySalt base64, as `a=crypto` has it */
  constructor(suite: CryptoSuite, keySalt: string, mki?: Mki) {
    this.#cipher = cipherOf(suite, keySalt);
    this.#mki = mki;
  }

  /**
   * Opens an SRTP packet in place; the RTP packet is a part of the same buffer. Whether the packet itself is well-formed is still to be
   * asked then. One that is not opened is left as it was.
   *
   * @param before what another key knew of the same streams, whose roll-over counters may go on (RFC 3711 §3.3.1)
   */
  openRtp(packet: Buffer, before?: SrtpReceiver): Buffer | SrtpFault {
    const { rtpTag, tagIsLast } = this.#cipher;
    const mki = this.#mki?.octets ?? 0;
    const end = packet.length - rtpTag - mki;
    const payloadAt = rtpHeaderEnd(packet, end);
    if (payloadAt === NOT_RTP) return 'malformed';
    if (!this.#hasMki(packet, tagIsLast ? end : end + rtpTag)) return 'unauthentic';
    const tagAt = tagIsLast ? end + mki : end;
    const ssrc = rtpSsrc(packet);
    const sequence = rtpSequence(packet);
    const known = this.#rtp.get(ssrc);
    const stream = known ?? new StreamIndex();
    let index = stream.guess(sequence);
    if (index === NO_INDEX || stream.has(index)) return 'replayed';
    if (!this.#cipher.openRtp(packet, payloadAt, end, tagAt, ssrc, index)) {
      const gone = known === undefined && before !== undefined ? before.#guess(ssrc, sequence) : NO_INDEX;
      if (gone === NO_INDEX || gone === index) return 'unauthentic';
      index = gone;
      if (!this.#cipher.openRtp(packet, payloadAt, end, tagAt, ssrc, index)) return 'unauthentic';
    }
    this.#opened(this.#rtp, ssrc, stream, index);
    return packet.subarray(0, end);
  }

  /** Opens an SRTCP packet likewise. One that is not encrypted is not believed, though its tag be right: that was not agreed. */
  openRtcp(packet: Buffer): Buffer | SrtpFault {
    const { rtcpTag, tagIsLast } = this.#cipher;
    const mki = this.#mki?.octets ?? 0;
    const end = packet.length - rtcpTag - INDEX_WORD - mki;
    if (end < RTCP_CLEAR) return 'malformed';
    const wordAt = tagIsLast ? end : end + rtcpTag;
    const tagAt = tagIsLast ? end + INDEX_WORD + mki : end;
    const word = packet.readUInt32BE(wordAt);
    if (word < ENCRYPTED || !this.#hasMki(packet, wordAt + INDEX_WORD)) return 'unauthentic';
    const index = word - ENCRYPTED;
    const ssrc = packet.readUInt32BE(4);
    const stream = this.#rtcp.get(ssrc) ?? new StreamIndex();
    if (stream.has(index)) return 'replayed';
    if (!this.#cipher.openRtcp(packet, end, tagAt, ssrc, word)) return 'unauthentic';
    this.#opened(this.#rtcp, ssrc, stream, index);
    return packet.subarray(0, end);
  }

  /**
   * The packet that was opened last is the leg's: it may not come again. Before that it counts for nothing, or whoever copies a packet
   * and sends it from elsewhere would make us drop the true one.
   */
  taken(): void {
    const stream = this.#openedStream;
    if (stream === undefined) return;
    this.#openedStream = undefined;
    stream.note(this.#openedIndex);
    const streams = this.#openedOf;
    if (streams.has(this.#openedSsrc)) return;
    if (streams.size === MOST_HEARD_STREAMS) streams.delete(streams.keys().next().value!);
    streams.set(this.#openedSsrc, stream);
  }

  #guess(ssrc: number, sequence: number): number {
    return this.#rtp.get(ssrc)?.guess(sequence) ?? NO_INDEX;
  }

  #opened(of: Map<number, StreamIndex>, ssrc: number, stream: StreamIndex, index: number): void {
    this.#openedOf = of;
    this.#openedSsrc = ssrc;
    this.#openedStream = stream;
    this.#openedIndex = index;
  }

  #hasMki(packet: Buffer, at: number): boolean {
    const mki = this.#mki;
    return mki === undefined || packet.readUIntBE(at, mki.octets) === mki.value;
  }
}
