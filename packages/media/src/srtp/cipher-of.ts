import type { CryptoSuite } from '../sdp/crypto-suite.ts';
import { AeadCipher } from './aead-cipher.ts';
import { CounterCipher } from './counter-cipher.ts';
import type { PacketCipher } from './packet-cipher.ts';

/** @param keySalt base64, as `a=crypto` has it */
export function cipherOf(suite: CryptoSuite, keySalt: string): PacketCipher {
  const octets = keyOctets(keySalt);
  return suite.startsWith('AEAD_') ? new AeadCipher(suite, octets) : new CounterCipher(suite, octets);
}

/** In memory of its own: in Node's pool a key would lie between packets, and keep 64 KiB of them as long as the call lasts. */
export function keyOctets(keySalt: string): Buffer {
  const octets = Buffer.alloc(Buffer.byteLength(keySalt, 'base64'));
  octets.write(keySalt, 'base64');
  return octets;
}
