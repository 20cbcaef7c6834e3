import type { CryptoSuite } from '../sdp/crypto-suite.ts';
import { AesCounter } from './aes-counter.ts';
import { HmacSha1 } from './hmac-sha1.ts';
import { ENCRYPTED, INDEX_WORD, type PacketCipher } from './packet-cipher.ts';
import { sessionKeys } from './session-keys.ts';

/** RTCP headers of 8 octets stay in clear (RFC 3711 §3.4). */
const RTCP_CLEAR = 8;
const LONG_TAG = 10;
const SHORT_TAG = 4;

/** AES in counter mode with HMAC-SHA1 (RFC 3711 §4, RFC 6188). */
export class CounterCipher implements PacketCipher {
  readonly rtpTag: number;
  /** Never shorter (RFC 4568 §6.2.2). */
  readonly rtcpTag = LONG_TAG;
  readonly tagIsLast = true;
  readonly #suite: CryptoSuite;
  readonly #keySalt: Buffer;
  readonly #rtp: AesCounter;
  readonly #rtpHmac: HmacSha1;
  #rtcp: { readonly aes: AesCounter; readonly hmac: HmacSha1 } | undefined;

  constructor(suite: CryptoSuite, keySalt: Buffer) {
    this.rtpTag = suite.endsWith('_32') ? SHORT_TAG : LONG_TAG;
    this.#suite = suite;
    this.#keySalt = keySalt;
    const { cipher, authentication, salt } = sessionKeys(suite, keySalt, 'rtp');
    this.#rtp = new AesCounter(cipher, salt);
    this.#rtpHmac = new HmacSha1(authentication);
  }

  sealRtp(packet: Buffer, payloadAt: number, end: number, ssrc: number, index: number): void {
    this.#rtp.apply(packet, payloadAt, end, ssrc, index);
    this.#rtpHmac.digest(packet, end, Math.floor(index / 0x10000));
    this.#rtpHmac.write(packet, end, this.rtpTag);
  }

  openRtp(packet: Buffer, payloadAt: number, end: number, tagAt: number, ssrc: number, index: number): boolean {
    this.#rtpHmac.digest(packet, end, Math.floor(index / 0x10000));
    if (!this.#rtpHmac.matches(packet, tagAt, this.rtpTag)) return false;
    this.#rtp.apply(packet, payloadAt, end, ssrc, index);
    return true;
  }

  sealRtcp(packet: Buffer, end: number, ssrc: number, index: number): void {
    const { aes, hmac } = this.#forRtcp();
    aes.apply(packet, RTCP_CLEAR, end, ssrc, index);
    packet.writeUInt32BE((index | ENCRYPTED) >>> 0, end);
    hmac.digest(packet, end + INDEX_WORD);
    hmac.write(packet, end + INDEX_WORD, this.rtcpTag);
  }

  openRtcp(packet: Buffer, end: number, tagAt: number, ssrc: number, word: number): boolean {
    const { aes, hmac } = this.#forRtcp();
    hmac.digest(packet, end + INDEX_WORD);
    if (!hmac.matches(packet, tagAt, this.rtcpTag)) return false;
    aes.apply(packet, RTCP_CLEAR, end, ssrc, word & ~ENCRYPTED);
    return true;
  }

  // Many a call has no RTCP at all.
  #forRtcp(): { readonly aes: AesCounter; readonly hmac: HmacSha1 } {
    if (this.#rtcp === undefined) {
      const { cipher, authentication, salt } = sessionKeys(this.#suite, this.#keySalt, 'rtcp');
      this.#rtcp = { aes: new AesCounter(cipher, salt), hmac: new HmacSha1(authentication) };
    }
    return this.#rtcp;
  }
}
