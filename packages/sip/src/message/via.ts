import type { Parsed } from '@vats/kernel';
import { DIGIT, isAllOf, SLASH } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { assertHostPort, formatHostPort, readHost, readPort } from './host.ts';
import { Params, readParams } from './params.ts';
import { readWhole, type ValueFault } from './value-fault.ts';
import { assertToken } from './wire-text.ts';

/** What every branch made by RFC 3261's rules begins with (§8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

export interface ViaParts {
  /** As in RFC 3261: UDP, TCP, TLS, WS, WSS… */
  readonly transport: string;
  /** Sent-by: name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly params?: Params | Readonly<Record<string, string>>;
}

/** One Via value (RFC 3261 §20.42, RFC 3581). */
export class Via {
  readonly protocol: string;
  readonly version: string;
  /** In upper case. */
  readonly transport: string;
  /** Host of `sent-by`: a name or an address, IPv6 without brackets. */
  readonly host: string;
  /** Port of `sent-by`, undefined when not written. */
  readonly port: number | undefined;
  readonly params: Params;
  readonly branch: string | undefined;

  constructor(
    protocol: string,
    version: string,
    transport: string,
    host: string,
    port: number | undefined,
    params: Params,
  ) {
    this.protocol = protocol;
    this.version = version;
    this.transport = transport;
    this.host = host;
    this.port = port;
    this.params = params;
    this.branch = params.get('branch');
  }

  /**
   * @throws UnsafeValue for a transport, host or port that would make another Via of it
   * @example Via.of({ transport: 'UDP', host: '192.0.2.1', port: 5060, params: { branch, rport: '' } })
   */
  static of(parts: ViaParts): Via {
    assertToken(parts.transport, 'transport');
    assertHostPort(parts.host, parts.port);
    const params = parts.params instanceof Params ? parts.params : Params.of(parts.params ?? {});
    return new Via('SIP', '2.0', parts.transport.toUpperCase(), parts.host, parts.port, params);
  }

  /** True when the branch was made by RFC 3261 and identifies the transaction by itself (§17.2.3). */
  get hasMagicCookie(): boolean {
    const { branch } = this;
    return branch !== undefined && branch.length > MAGIC_COOKIE.length && branch.startsWith(MAGIC_COOKIE);
  }

  /** The address that the message was seen to come from (RFC 3261 §18.2.1), IPv6 without brackets. */
  get received(): string | undefined {
    const text = this.params.get('received');
    return text?.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  }

  /** RFC 3581: 'asked' for an empty parameter, the port when filled in, undefined when absent or unreadable. */
  get rport(): number | 'asked' | undefined {
    const text = this.params.get('rport');
    if (text === undefined || text === '') return text === '' ? 'asked' : undefined;
    const port = isAllOf(text, DIGIT) ? Number(text) : 0;
    return port >= 1 && port <= 65_535 ? port : undefined;
  }

  get maddr(): string | undefined {
    const text = this.params.get('maddr');
    return text?.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  }

  /** This Via with one parameter set; '' makes it a flag. */
  withParam(name: string, value: string): Via {
    return this.withParams(this.params.with(name, value));
  }

  withParams(params: Params): Via {
    return new Via(this.protocol, this.version, this.transport, this.host, this.port, params);
  }

  toString(): string {
    const { protocol, version, transport, host, port, params } = this;
    return `${protocol}/${version}/${transport} ${formatHostPort(host, port)}${params}`;
  }
}

/** @example parseVia('SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa1;rport') */
export function parseVia(text: string): Parsed<Via, ValueFault> {
  return readWhole(text, readVia);
}

/** Reads one Via and stops at a comma or the end. */
export function readVia(cursor: Cursor): Via | undefined {
  return readViaAs(cursor, false);
}

/** As {@link readVia}, but empty parameters are passed over: enough to know where an answer belongs (RFC 4475 §3.1.2.1). */
export function readViaForgiving(cursor: Cursor): Via | undefined {
  return readViaAs(cursor, true);
}

const USUAL_BEGINNING = 'SIP/2.0/UDP ';

function readViaAs(cursor: Cursor, forgiving: boolean): Via | undefined {
  cursor.skipSpace();
  let protocol = 'SIP';
  let version = '2.0';
  let transport = 'UDP';
  if (cursor.text.startsWith(USUAL_BEGINNING, cursor.at) && cursor.at + USUAL_BEGINNING.length <= cursor.end) {
    cursor.at += USUAL_BEGINNING.length;
  } else {
    protocol = cursor.token();
    if (protocol === '' || !takeSlash(cursor)) return cursor.fail('bad-via');
    version = cursor.token();
    if (version === '' || !takeSlash(cursor)) return cursor.fail('bad-via');
    transport = cursor.token().toUpperCase();
    if (transport === '') return cursor.fail('bad-via');
    const afterTransport = cursor.at;
    cursor.skipSpace();
    if (cursor.at === afterTransport) return cursor.fail('bad-via');
  }
  cursor.skipSpace();
  const host = readHost(cursor);
  if (host === undefined) return undefined;
  const port = readPort(cursor, true);
  if (port === undefined) return undefined;
  const params = readParams(cursor, forgiving);
  if (params === undefined) return undefined;
  return new Via(protocol, version, transport, host, port < 0 ? undefined : port, params);
}

function takeSlash(cursor: Cursor): boolean {
  cursor.skipSpace();
  if (!cursor.take(SLASH)) return false;
  cursor.skipSpace();
  return true;
}
