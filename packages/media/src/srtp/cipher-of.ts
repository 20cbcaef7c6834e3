import type { CryptoSuite } from '../sdp/crypto-suite.ts';
import { AeadCipher } from './aead-cipher.ts';
import { CounterCipher } from './counter-cipher.ts';
import type { PacketCipher } from './packet-cipher.ts';

/** @param keySalt base64, as `a=crypto` has it */
export function cipherOf(suite: CryptoSuite, keySalt: string): PacketCipher {
  const octets = Buffer.from(keySalt, 'base64');
  return suite.startsWith('AEAD_') ? new AeadCipher(suite, octets) : new CounterCipher(suite, octets);
}
