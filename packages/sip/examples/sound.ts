import type { Endpoint } from '@vats/kernel';

/** A session of one G.711 stream (RFC 8866, RFC 3551). A program with sound puts its own RTP port here. */
export function sessionOf({ address }: Pick<Endpoint, 'address'>, port: number): string {
  const network = `IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`;
  return [
    'v=0',
    `o=- 1 1 ${network}`,
    's=-',
    `c=${network}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 8`,
    'a=rtpmap:8 PCMA/8000',
    '',
  ].join('\r\n');
}
