const SDP = [
  'v=0',
  'o=alice 2890844526 2890844526 IN IP4 192.0.2.10',
  's=-',
  'c=IN IP4 192.0.2.10',
  't=0 0',
  'm=audio 24010 RTP/AVP 8 0 101',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=sendrecv',
  '',
].join('\r\n');

function invite(...optional: string[]): Buffer {
  const lines = [
    'INVITE sip:201@office.example:5060 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.10:5061;branch=z9hG4bK-524287-1;rport',
    'From: "Alice" <sip:alice@office.example>;tag=a73kszlfl',
    'To: <sip:201@office.example>',
    'Call-ID: 3848276298220188511@192.0.2.10',
    'CSeq: 7014 INVITE',
    'Contact: <sip:alice@192.0.2.10:5061;transport=udp>',
    'Max-Forwards: 70',
    'User-Agent: bench',
    'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE',
    ...optional,
    'Content-Type: application/sdp',
    `Content-Length: ${SDP.length}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${SDP}`, 'latin1');
}

/** A phone's INVITE without credentials: about the size at which the peers' published figures were taken. */
export const PLAIN_INVITE = invite('Supported: replaces');

/** The same with everything that a B2BUA may have to look at. */
export const FULL_INVITE = invite(
  'Route: <sip:192.0.2.1;lr>, <sip:192.0.2.2:5080;lr>',
  'Expires: 180',
  'Supported: replaces, timer, 100rel',
  'Require: timer',
  'Proxy-Authorization: Digest username="alice", realm="office.example", nonce="84f1c1ae6cbe5ua9c8e88dfa3ecm3459",' +
    ' uri="sip:201@office.example:5060", response="6629fae49393a05397450978507c4ef1", algorithm=MD5,' +
    ' cnonce="0a4f113b", qop=auth, nc=00000001',
);

/** What the fields of the messages above are; those that only the full one has are marked. */
export const EXPECTED = {
  method: 'INVITE',
  requestUri: 'sip:201@office.example:5060',
  viaTransport: 'UDP',
  viaHost: '192.0.2.10',
  viaPort: 5061,
  branch: 'z9hG4bK-524287-1',
  rport: 'asked',
  fromUser: 'alice',
  fromTag: 'a73kszlfl',
  toUser: '201',
  toTag: undefined,
  callId: '3848276298220188511@192.0.2.10',
  cseqNumber: 7014,
  cseqMethod: 'INVITE',
  contactUser: 'alice',
  contactHost: '192.0.2.10',
  contactPort: 5061,
  maxForwards: 70,
  allow: ['INVITE', 'ACK', 'CANCEL', 'OPTIONS', 'BYE'],
  contentType: 'application/sdp',
  contentLength: SDP.length,
} as const;

export const EXPECTED_PLAIN = {
  ...EXPECTED,
  routeHosts: [],
  expires: undefined,
  supported: ['replaces'],
  require: [],
  username: undefined,
  response: undefined,
} as const;

export const EXPECTED_FULL = {
  ...EXPECTED,
  routeHosts: ['192.0.2.1', '192.0.2.2'],
  expires: 180,
  supported: ['replaces', 'timer', '100rel'],
  require: ['timer'],
  username: 'alice',
  response: '6629fae49393a05397450978507c4ef1',
} as const;
