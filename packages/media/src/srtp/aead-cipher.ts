import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { CryptoSuite } from '../sdp/crypto-suite.ts';
import { ENCRYPTED, type PacketCipher } from './packet-cipher.ts';
import { sessionKeys } from './session-keys.ts';

const RTCP_CLEAR = 8;
const TAG = 16;
const IV = 12;
const OPTIONS = { authTagLength: TAG };

interface Keys {
  readonly key: KeyObject;
  readonly salt: Buffer;
}

/** AES-GCM (RFC 7714). node:crypto has no way to use one cipher object for several packets here. */
export class AeadCipher implements PacketCipher {
  readonly rtpTag = TAG;
  readonly rtcpTag = TAG;
  readonly tagIsLast = false;
  readonly #name: 'aes-128-gcm' | 'aes-256-gcm';
  readonly #rtp: Keys;
  readonly #rtcp: Keys;
  readonly #iv = Buffer.alloc(IV);
  /** What an SRTCP packet's tag covers beside its text: its header and its index word. */
  readonly #about = Buffer.alloc(RTCP_CLEAR + 4);

  constructor(suite: CryptoSuite, keySalt: Buffer) {
    this.#name = suite === 'AEAD_AES_256_GCM' ? 'aes-256-gcm' : 'aes-128-gcm';
    this.#rtp = keysOf(suite, keySalt, 'rtp');
    this.#rtcp = keysOf(suite, keySalt, 'rtcp');
  }

  sealRtp(packet: Buffer, payloadAt: number, end: number, ssrc: number, index: number): void {
    this.#seal(this.#rtp, packet, payloadAt, end, packet.subarray(0, payloadAt), ssrc, index);
  }

  openRtp(packet: Buffer, payloadAt: number, end: number, tagAt: number, ssrc: number, index: number): boolean {
    return this.#open(this.#rtp, packet, payloadAt, end, tagAt, packet.subarray(0, payloadAt), ssrc, index);
  }

  sealRtcp(packet: Buffer, end: number, ssrc: number, index: number): void {
    const word = (index | ENCRYPTED) >>> 0;
    this.#seal(this.#rtcp, packet, RTCP_CLEAR, end, this.#aboutRtcp(packet, word), ssrc, index);
    packet.writeUInt32BE(word, end + TAG);
  }

  openRtcp(packet: Buffer, end: number, tagAt: number, ssrc: number, word: number): boolean {
    const about = this.#aboutRtcp(packet, word);
    return this.#open(this.#rtcp, packet, RTCP_CLEAR, end, tagAt, about, ssrc, word & ~ENCRYPTED);
  }

  #seal(keys: Keys, packet: Buffer, at: number, end: number, about: Buffer, ssrc: number, index: number): void {
    const cipher = createCipheriv(this.#name, keys.key, this.#ivOf(keys, ssrc, index), OPTIONS);
    cipher.setAAD(about);
    cipher.update(packet.subarray(at, end)).copy(packet, at);
    cipher.final();
    cipher.getAuthTag().copy(packet, end);
  }

  #open(
    keys: Keys,
    packet: Buffer,
    at: number,
    end: number,
    tagAt: number,
    about: Buffer,
    ssrc: number,
    index: number,
  ): boolean {
    const cipher = createDecipheriv(this.#name, keys.key, this.#ivOf(keys, ssrc, index), OPTIONS);
    cipher.setAAD(about);
    cipher.setAuthTag(packet.subarray(tagAt, tagAt + TAG));
    const text = cipher.update(packet.subarray(at, end));
    try {
      cipher.final();
    } catch {
      return false;
    }
    text.copy(packet, at);
    return true;
  }

  /** RFC 7714 §8.1 and §9.1: an SRTCP index of 31 bits stands where the one of 48 bits does. */
  #ivOf({ salt }: Keys, ssrc: number, index: number): Buffer {
    const iv = this.#iv;
    salt.copy(iv);
    iv.writeUInt32BE((iv.readUInt32BE(2) ^ ssrc) >>> 0, 2);
    iv.writeUInt32BE((iv.readUInt32BE(6) ^ Math.floor(index / 0x10000)) >>> 0, 6);
    iv.writeUInt16BE(iv.readUInt16BE(10) ^ (index % 0x10000), 10);
    return iv;
  }

  #aboutRtcp(packet: Buffer, word: number): Buffer {
    packet.copy(this.#about, 0, 0, RTCP_CLEAR);
    this.#about.writeUInt32BE(word, RTCP_CLEAR);
    return this.#about;
  }
}

function keysOf(suite: CryptoSuite, keySalt: Buffer, of: 'rtp' | 'rtcp'): Keys {
  const { cipher, salt } = sessionKeys(suite, keySalt, of);
  return { key: createSecretKey(cipher), salt };
}
