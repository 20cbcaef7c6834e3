import {
  checkRequest,
  checkResponse,
  fromWire,
  LIMITS,
  parseMessage,
  type SipMessage,
  writeResponseTo,
} from '@vats/sip';

export interface HostileMessage {
  readonly name: string;
  readonly octets: Buffer;
}

/** Headers that have a reader of their own, and one that has none. */
const HEADERS = [
  ...[
    'Via',
    'From',
    'To',
    'Contact',
    'Route',
    'Record-Route',
    'Call-ID',
    'CSeq',
    'Max-Forwards',
    'Expires',
    'Supported',
  ],
  ...[
    'Require',
    'Allow',
    'Authorization',
    'Proxy-Authenticate',
    'Content-Type',
    'Content-Disposition',
    'Event',
    'Reason',
  ],
  ...['Retry-After', 'Timestamp', 'Content-Length', 'X-Other'],
];
/** What a value begins with, and what follows again and again. */
const PREFIXES = ['', '"', '<sip:', '<sip:a@b>', 'SIP/2.0/UDP a', 'Digest '];
const PIECES = [
  ...['a', ',', ';', '"', '\\', '"\\"', '<', '>', '%41', '@', '(', '()', '[', '=', ' ', '\r\n ', '\r\n\t\r\n '],
  ...[
    ';a',
    ';a=b',
    ';a="',
    ';a="\\',
    ',<sip:a@b>',
    '<sip:a@b>,',
    'a=b,',
    'a="b",',
    'SIP/2.0/UDP a;branch=z,',
    '?a=b&',
    'a,',
  ],
];
const LINE = LIMITS.lineOctets - 32;

/** Every header with every value of these, as many long lines of it as fit; and what is hostile to the message as a whole. */
export function hostileMessages(): readonly HostileMessage[] {
  const all: HostileMessage[] = [];
  for (const header of HEADERS) {
    for (const prefix of PREFIXES) {
      for (const piece of PIECES) {
        const value = (prefix + piece.repeat(LINE)).slice(0, LINE).replace(/[\r\n\t ]+$/, '');
        all.push(filled(`${header}: ${JSON.stringify(prefix)} ${JSON.stringify(piece)}`, `${header}: ${value}\r\n`));
      }
    }
  }
  for (const line of [
    'a:b\r\n',
    'Via: SIP/2.0/UDP a\r\n',
    'a\r\n',
    ':\r\n',
    'To: "\\\0"\r\n',
    'X\t \t : \r\n',
    '\xe9: \xe9\r\n',
  ]) {
    all.push(filled(`many lines ${JSON.stringify(line)}`, line));
  }
  for (const uri of [
    `sip:${'a@'.repeat(4_000)}`,
    `sip:a?${'b=c&'.repeat(2_000)}`,
    `sip:a;${'b=c;'.repeat(2_000)}`,
    '%'.repeat(8_000),
  ]) {
    all.push(
      filled(`Request-URI ${uri.slice(0, 12)}`, 'Via: SIP/2.0/UDP a;branch=z9hG4bK\r\n', `OPTIONS ${uri} SIP/2.0`),
    );
  }
  return all;
}

function filled(name: string, line: string, start = 'OPTIONS sip:a@b SIP/2.0'): HostileMessage {
  const room = LIMITS.messageOctets - start.length - 4;
  // Beyond so many lines a message is none, and costs less.
  const lines = Math.min(LIMITS.headers, Math.floor(room / line.length));
  return { name, octets: Buffer.from(`${start}\r\n${line.repeat(lines)}\r\n`, 'latin1') };
}

const OBSERVED = { address: '192.0.2.1', port: 5060 };

/** Parses it and reads all that there is to read, as often as a careless reader would. */
export function workThrough(octets: Buffer): void {
  const parsed = parseMessage(octets);
  if (!parsed.ok) return;
  const message = parsed.value;
  if (message.kind === 'request') {
    checkRequest(message);
    void message.requestUri;
    writeResponseTo(message, OBSERVED, { status: 200, toTag: 'x' });
  } else checkResponse(message);
  readAll(message);
}

function readAll(message: SipMessage): void {
  for (const field of FIELDS) void message[field];
  for (const header of ['Authorization', 'Proxy-Authorization'] as const) message.credentials(header);
  for (const header of ['WWW-Authenticate', 'Proxy-Authenticate'] as const) message.challenges(header);
  for (const header of HEADERS) {
    message.list(header);
    for (const value of message.values(header)) fromWire(value);
  }
}

const FIELDS = [
  ...([
    'topVia',
    'vias',
    'from',
    'to',
    'fromTag',
    'toTag',
    'callId',
    'cseq',
    'maxForwards',
    'contacts',
    'routes',
  ] as const),
  ...([
    'recordRoutes',
    'expires',
    'minExpires',
    'contentType',
    'contentDisposition',
    'event',
    'reasons',
    'retryAfter',
  ] as const),
  ...(['timestamp', 'contentLength', 'supported', 'require', 'proxyRequire', 'allow', 'body'] as const),
];
