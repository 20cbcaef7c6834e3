/** The crypto suites that are served (RFC 4568 §6.2, RFC 6188, RFC 7714), as `a=crypto` names them. */
export type CryptoSuite =
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AES_256_CM_HMAC_SHA1_80'
  | 'AES_256_CM_HMAC_SHA1_32'
  | 'AEAD_AES_128_GCM'
  | 'AEAD_AES_256_GCM';

/** Octets of a suite's master key and master salt, which stand in this order in an `inline:` key. */
export interface KeyLengths {
  readonly key: 16 | 32;
  readonly salt: 12 | 14;
}

export const CRYPTO_SUITES: Readonly<Record<CryptoSuite, KeyLengths>> = {
  AES_CM_128_HMAC_SHA1_80: { key: 16, salt: 14 },
  AES_CM_128_HMAC_SHA1_32: { key: 16, salt: 14 },
  AES_256_CM_HMAC_SHA1_80: { key: 32, salt: 14 },
  AES_256_CM_HMAC_SHA1_32: { key: 32, salt: 14 },
  AEAD_AES_128_GCM: { key: 16, salt: 12 },
  AEAD_AES_256_GCM: { key: 32, salt: 12 },
};

/**
 * What we offer, preferred first. The first is the one that every SRTP phone must know, and the cheapest here; the others are for
 * phones that are allowed AEAD only. Tags of 32 bits are accepted, never offered.
 */
export const OFFERED_SUITES: readonly CryptoSuite[] = [
  'AES_CM_128_HMAC_SHA1_80',
  'AEAD_AES_256_GCM',
  'AEAD_AES_128_GCM',
];

/** The suite of this name, in whatever case it is written (RFC 4568 §9.1 has it as a token); undefined for one that is not served. */
export function cryptoSuite(name: string): CryptoSuite | undefined {
  const upper = name.toUpperCase();
  return Object.hasOwn(CRYPTO_SUITES, upper) ? (upper as CryptoSuite) : undefined;
}
