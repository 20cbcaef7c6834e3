import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
export const KEY_OCTETS = 32;

/**
 * Seals secrets with AES-256-GCM. `context` is where the secret belongs: sealed text that is moved elsewhere does not
 * open there, so rows of a database cannot be exchanged by someone who can write it but has no key.
 */
export class SecretBox {
  /** Made once: of octets, every cipher would make it anew, which takes longer than the sealing. */
  readonly #key: KeyObject;

  constructor(key: Buffer) {
    if (key.length !== KEY_OCTETS) throw new RangeError(`a key has ${KEY_OCTETS} octets, not ${key.length}`);
    this.#key = createSecretKey(key);
  }

  /** Version, nonce, tag, ciphertext. */
  seal(text: string, context: string): Buffer {
    // A random nonce of 96 bits is safe for 2^32 sealings with one key (NIST SP 800-38D §8.3).
    const nonce = randomBytes(NONCE_OCTETS);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
  }

  /** Undefined when another key, or for another context, or nobody sealed it. */
  open(sealed: Uint8Array, context: string): string | undefined {
    const tagAt = 1 + NONCE_OCTETS;
    const textAt = tagAt + TAG_OCTETS;
    if (sealed.length < textAt || sealed[0] !== VERSION) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(1, tagAt))
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(tagAt, textAt));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  /** A key for another purpose, from which this one cannot be found (HKDF, RFC 5869). */
  keyFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', purpose, KEY_OCTETS));
  }
}
