import { createHash } from 'node:crypto';

/** Web sites whose pages may open a WebSocket, as browsers name them: `https://phone.example.com`, with the port where it is not the scheme's own. */
export type Origins = 'any' | readonly string[];

/** What a request for a WebSocket gets. */
export interface UpgradeAnswer {
  readonly accepted: boolean;
  /** The whole HTTP response. */
  readonly response: Buffer;
  /** Why it was refused. */
  readonly why: string;
}

/** Octets that the request may have: browsers send a kilobyte, and cookies. */
export const UPGRADE_OCTETS = 8_192;

const SUB_PROTOCOL = 'sip';
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\x00-\x08\x0a-\x1f\x7f]*)$/;
const REASONS = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  426: 'Upgrade Required',
  431: 'Request Header Fields Too Large',
} as const;
/** Fields of which two could be read in two ways. */
const SINGLE = ['host', 'origin', 'sec-websocket-key', 'sec-websocket-version'];

/**
 * Answers a request for a WebSocket (RFC 6455 §4.2, RFC 7118 §4.1): one that asks for the sub-protocol `sip`, and of a browser that
 * shows a page of a site that may. What is no browser sends no Origin, and could send any: passwords are what keeps it out.
 *
 * @param head the request with the empty line behind it
 */
export function answerUpgrade(head: Buffer, origins: Origins): UpgradeAnswer {
  const [requestLine = '', ...lines] = head.toString('latin1').slice(0, -4).split('\r\n');
  const fields = readFields(lines);
  const line = /^([A-Z]{1,16}) (\/[!-~]*) HTTP\/1\.(\d)$/.exec(requestLine);
  if (line === null || fields === undefined) return refusal(400, 'this is no HTTP request');
  if (line[1] !== 'GET') return refusal(405, `${line[1]} opens no WebSocket`, ['Allow: GET']);
  if (line[3] === '0') return refusal(400, 'HTTP/1.0 has no WebSockets');
  const twice = SINGLE.find((name) => (fields.get(name)?.length ?? 0) > 1);
  if (twice !== undefined) return refusal(400, `the field ${twice} is there twice`);
  if (fields.get('host') === undefined) return refusal(400, 'there is no Host');
  if (hasBody(fields)) return refusal(400, 'the request has a body');
  if (!tokens(fields, 'upgrade').includes('websocket') || !tokens(fields, 'connection').includes('upgrade'))
    return refusal(426, 'only WebSockets are served here', ['Upgrade: websocket', 'Connection: Upgrade']);
  if (fields.get('sec-websocket-version')?.[0] !== '13')
    return refusal(426, 'only version 13 of WebSockets is spoken', ['Sec-WebSocket-Version: 13']);
  const key = fields.get('sec-websocket-key')?.[0] ?? '';
  if (!/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key)) return refusal(400, 'Sec-WebSocket-Key is not 16 octets in base64');
  const origin = fields.get('origin')?.[0];
  if (origin !== undefined && !isAmong(origins, origin))
    return refusal(403, `the origin ${origin.slice(0, 200)} is not let in`);
  if (
    !(fields.get('sec-websocket-protocol') ?? []).some((value) =>
      value.split(',').some((name) => name.trim() === SUB_PROTOCOL),
    )
  )
    return refusal(400, 'the sub-protocol sip is not asked for');
  const accept = createHash('sha1')
    .update(key + ACCEPT_SUFFIX)
    .digest('base64');
  const response = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    `Sec-WebSocket-Protocol: ${SUB_PROTOCOL}`,
  ];
  return { accepted: true, response: Buffer.from(`${response.join('\r\n')}\r\n\r\n`, 'latin1'), why: '' };
}

/** What a request gets whose head does not end. */
export function tooLargeUpgrade(): UpgradeAnswer {
  return refusal(431, `the request is larger than ${UPGRADE_OCTETS} octets`);
}

/** The reason is ours, or holds what the client itself sent; as plain text a browser runs nothing of it. */
function refusal(status: keyof typeof REASONS, why: string, more: readonly string[] = []): UpgradeAnswer {
  const body = Buffer.from(`${why}\n`, 'latin1');
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${body.length}`,
    ...more,
    ...(more.some((field) => field.startsWith('Connection:')) ? [] : ['Connection: close']),
  ];
  return {
    accepted: false,
    response: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]),
    why,
  };
}

function readFields(lines: readonly string[]): Map<string, string[]> | undefined {
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    const key = name.toLowerCase();
    const values = fields.get(key);
    if (values === undefined) fields.set(key, [value.trim()]);
    else values.push(value.trim());
  }
  return fields;
}

function tokens(fields: ReadonlyMap<string, readonly string[]>, name: string): string[] {
  return (fields.get(name) ?? []).flatMap((value) => value.split(',').map((token) => token.trim().toLowerCase()));
}

function hasBody(fields: ReadonlyMap<string, readonly string[]>): boolean {
  const lengths = fields.get('content-length') ?? [];
  return fields.has('transfer-encoding') || lengths.some((length) => length !== '0');
}

function isAmong(origins: Origins, origin: string): boolean {
  return origins === 'any' || origins.includes(origin.toLowerCase());
}
