import { parseMessage, type SipRequest } from '@vats/sip';

/** An INVITE as a trunk sends it, with these parts of one's own. */
export function trunkInvite(changes: {
  readonly uri?: string;
  readonly to?: string;
  readonly from?: string;
  readonly headers?: readonly string[];
}): SipRequest {
  const {
    uri = 'sip:s@198.51.100.1',
    to = '<sip:s@198.51.100.1>',
    from = '<sip:+79161112233@itsp>',
    headers = [],
  } = changes;
  const text = [
    `INVITE ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.70;branch=z9hG4bKx',
    `From: ${from};tag=f`,
    `To: ${to}`,
    'Call-ID: c',
    'CSeq: 1 INVITE',
    'Contact: <sip:itsp@192.0.2.70>',
    'Max-Forwards: 70',
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  const parsed = parseMessage(Buffer.from(text));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error(`no INVITE: ${text}`);
  return parsed.value;
}
