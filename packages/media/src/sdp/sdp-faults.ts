/** Why an SDP body is not served. */
export type SdpFault =
  | 'too-large'
  | 'malformed'
  | 'no-audio'
  | 'secure-media'
  | 'dtls-media'
  | 'plain-media'
  | 'no-usable-key'
  | 'bad-address'
  | 'no-common-codec';

/** How a fault is answered: SIP status, and code and text of a Warning header (RFC 3261 §20.43). */
export const SDP_FAULTS: Readonly<
  Record<SdpFault, { readonly status: 400 | 488; readonly warning: number; readonly text: string }>
> = {
  'too-large': { status: 488, warning: 399, text: 'Session description exceeds our limits' },
  malformed: { status: 400, warning: 399, text: 'Session description is malformed' },
  'no-audio': { status: 488, warning: 304, text: 'No audio stream over RTP/AVP or RTP/AVPF' },
  'secure-media': { status: 488, warning: 302, text: 'SRTP is switched off here' },
  'dtls-media': { status: 488, warning: 302, text: 'DTLS-SRTP is not served' },
  'plain-media': { status: 488, warning: 302, text: 'SRTP is required: RTP/SAVP with a=crypto' },
  'no-usable-key': { status: 488, warning: 306, text: 'No a=crypto line that can be used' },
  'bad-address': { status: 488, warning: 301, text: 'Media address cannot be used' },
  'no-common-codec': { status: 488, warning: 305, text: 'No codec in common' },
};
