const PLAIN = /^RTP\/AVPF?$/i;
const SECURE = /^RTP\/SAVPF?$/i;
const DTLS = /^UDP\/TLS\/RTP\/SAVPF?$/i;

/**
 * Which streams are fit: plain ones; encrypted ones; either; or, in an answer to an offer of ours with keys, whatever has a key (some
 * answer RTP/SAVP with RTP/AVP and `a=crypto`). Where either is fit a key beside RTP/AVP is taken as well, as phones offer that
 * encrypt where they can.
 */
export type Wanted = 'plain' | 'secure' | 'either' | 'keyed';

export function isPlain(profile: string): boolean {
  return PLAIN.test(profile);
}

export function isSecure(profile: string): boolean {
  return SECURE.test(profile);
}

export function isDtls(profile: string): boolean {
  return DTLS.test(profile);
}

/** The profile of RTP that is encrypted or not; whether feedback comes early (AVPF) stays as it is. */
export function profileOf(profile: string, encrypted: boolean): string {
  return `RTP/${encrypted ? 'S' : ''}AVP${/F$/i.test(profile) ? 'F' : ''}`;
}

export function isFit(profile: string, hasKey: boolean, wanted: Wanted): boolean {
  const plain = isPlain(profile);
  const secure = isSecure(profile);
  switch (wanted) {
    case 'plain':
      return plain;
    case 'secure':
      return secure && hasKey;
    case 'either':
      return plain || (secure && hasKey);
    case 'keyed':
      return (plain || secure) && hasKey;
  }
}
