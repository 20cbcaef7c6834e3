import { createCipheriv } from 'node:crypto';
import { CRYPTO_SUITES, type CryptoSuite } from '../sdp/crypto-suite.ts';

/** What packets of one kind are protected with. */
export interface SessionKeys {
  readonly cipher: Buffer;
  /** For HMAC-SHA1; unused by AEAD. */
  readonly authentication: Buffer;
  readonly salt: Buffer;
}

const AUTHENTICATION_OCTETS = 20;
const BLOCK = 16;
/** Labels of RFC 3711 §4.3.2; those of SRTCP are as many higher. */
const CIPHER_KEY = 0;
const AUTHENTICATION_KEY = 1;
const SALT = 2;
const OF_RTCP = 3;

/**
 * Derives session keys from a master key (RFC 3711 §4.3, RFC 6188 §3, RFC 7714 §11), with a key derivation rate of 0.
 *
 * @param keySalt master key and master salt, as an `inline:` key holds them
 */
export function sessionKeys(suite: CryptoSuite, keySalt: Buffer, of: 'rtp' | 'rtcp'): SessionKeys {
  const lengths = CRYPTO_SUITES[suite];
  if (keySalt.length !== lengths.key + lengths.salt)
    throw new RangeError(`a key of ${keySalt.length} octets for ${suite}`);
  const master = keySalt.subarray(0, lengths.key);
  // A shorter salt stands at the left, with zeros behind it.
  const salt = Buffer.alloc(BLOCK);
  keySalt.copy(salt, 0, lengths.key);
  const first = of === 'rtcp' ? OF_RTCP : 0;
  const derive = (label: number, octets: number): Buffer => {
    const blocks = Math.ceil(octets / BLOCK);
    const counters = Buffer.alloc(blocks * BLOCK);
    for (let i = 0; i < blocks; i++) {
      salt.copy(counters, i * BLOCK);
      counters[i * BLOCK + 7]! ^= first + label;
      counters[i * BLOCK + BLOCK - 1] = i;
    }
    const aes = createCipheriv(`aes-${8 * lengths.key}-ecb`, master, null).setAutoPadding(false);
    return aes.update(counters).subarray(0, octets);
  };
  return {
    cipher: derive(CIPHER_KEY, lengths.key),
    authentication: derive(AUTHENTICATION_KEY, AUTHENTICATION_OCTETS),
    salt: derive(SALT, lengths.salt),
  };
}
