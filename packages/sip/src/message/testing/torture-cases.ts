import { deepStrictEqual, ok } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRequest, checkResponse } from '../check-message.ts';
import type { Contact } from '../contact.ts';
import { rewrite } from '../draft-of.ts';
import type { SipMessage } from '../message.ts';
import { parseMessage } from '../parse-message.ts';
import type { Uri } from '../uri.ts';
import { fromWire } from '../wire-text.ts';

const ROOT = join(import.meta.dirname, '../../../../..');
/** Our torture messages. */
export const TORTURE_FOLDER = join(ROOT, 'fixtures/torture');
/** The messages of RFC 4475 and of shipped phones, which are not ours to copy; read where they lie beside the project. */
export const CORPUS_FOLDER = join(process.env.VATS_SHARED ?? join(ROOT, '../shared'), 'corpus');

/** One message of `fixtures/torture`, as its index has it; see the folder's README. */
export interface TortureCase {
  readonly file: string;
  readonly title: string;
  /** What it is about: `RFC 4475 §3.1.1.1`. */
  readonly sections: readonly string[];
  readonly expect:
    | 'good'
    | { readonly unreadable: string }
    | { readonly refused: number; readonly reason: string }
    | { readonly discarded: string };
  readonly reads?: Readonly<Record<string, unknown>>;
  /** What a whole switch answers a stranger. */
  readonly answer?: number | 'silence' | 'challenge';
}

export function tortureCases(): TortureCase[] {
  return JSON.parse(readFileSync(join(TORTURE_FOLDER, 'index.json'), 'utf8')) as TortureCase[];
}

/** What becomes of these octets, in the words of the index. */
export function outcomeOf(octets: Buffer): unknown {
  const parsed = parseMessage(octets);
  if (!parsed.ok) return { unreadable: parsed.error.code };
  const message = parsed.value;
  if (message.kind === 'request') {
    const fault = checkRequest(message);
    return fault === undefined ? 'good' : { refused: fault.status, reason: fault.reason };
  }
  const fault = checkResponse(message);
  return fault === undefined ? 'good' : { discarded: fault.reason };
}

/** The fields that an index may name; null stands for an absent value. */
export function readField(message: SipMessage, field: string): unknown {
  const [, kind, name] = /^(value|values|list|text)\.(.*)$/.exec(field) ?? [];
  if (kind === 'value') return message.value(name!);
  if (kind === 'values') return message.values(name!);
  if (kind === 'list') return message.list(name!);
  if (kind === 'text')
    return fromWire(name === 'reason' && message.kind === 'response' ? message.reason : message.value(name!)!);
  return FIELDS[field]!(message) ?? null;
}

const FIELDS: Readonly<Record<string, (message: SipMessage) => unknown>> = {
  method: (m) => (m.kind === 'request' ? m.method : undefined),
  requestUri: (m) => String(requestUriOf(m)),
  'requestUri.user': (m) => sipPart(requestUriOf(m), 'user'),
  'requestUri.host': (m) => sipPart(requestUriOf(m), 'host'),
  'requestUri.port': (m) => sipPart(requestUriOf(m), 'port'),
  status: (m) => (m.kind === 'response' ? m.status : undefined),
  reason: (m) => (m.kind === 'response' ? m.reason : undefined),
  'topVia.transport': (m) => good(m.topVia).transport,
  'topVia.host': (m) => good(m.topVia).host,
  'topVia.port': (m) => good(m.topVia).port,
  'topVia.branch': (m) => good(m.topVia).branch,
  'topVia.received': (m) => good(m.topVia).received,
  'vias.length': (m) => good(m.vias).length,
  'from.displayName': (m) => good(m.from).displayName,
  'from.uri': (m) => good(m.from).uri.toString(),
  'to.displayName': (m) => good(m.to).displayName,
  'to.user': (m) => sipPart(good(m.to).uri, 'user'),
  'to.uri': (m) => good(m.to).uri.toString(),
  fromTag: (m) => m.fromTag,
  toTag: (m) => m.toTag,
  callId: (m) => good(m.callId),
  'cseq.number': (m) => good(m.cseq).number,
  'cseq.method': (m) => good(m.cseq).method,
  maxForwards: (m) => m.maxForwards && good(m.maxForwards),
  expires: (m) => m.expires && good(m.expires),
  'contacts.star': (m) => good(m.contacts).star,
  'contacts.length': (m) => contactUris(m).length,
  'contacts.uris': contactUris,
  'contacts.users': (m) => contactsOf(m).map(({ uri }) => sipPart(uri, 'user')),
  'contact.params': (m) => {
    const uri = contactsOf(m)[0]?.uri;
    return uri?.kind === 'sip' ? Object.fromEntries(uri.params) : undefined;
  },
  'routes.length': (m) => good(m.routes).length,
  supported: (m) => m.supported,
  require: (m) => m.require,
  proxyRequire: (m) => m.proxyRequire,
  contentLength: (m) => m.contentLength && good(m.contentLength),
  'contentType.subtype': (m) => m.contentType && good(m.contentType).subtype,
  'body.length': (m) => m.body.length,
  'credentials.username': (m) => good(m.credentials('Authorization')[0]!).get('username'),
  'credentials.realm': (m) => good(m.credentials('Authorization')[0]!).get('realm'),
  'credentials.nc': (m) => good(m.credentials('Authorization')[0]!).get('nc'),
  'credentials.scheme': (m) => good(m.credentials('Authorization')[0]!).scheme,
  'credentials.count': (m) => m.credentials('Authorization').length,
  'credentials.fault': (m) => faultOf(m.credentials('Authorization')[0]!),
};

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly code: string } };

export function good<T>(parsed: Outcome<T>): T {
  if (!parsed.ok) throw new Error(`bad: ${parsed.error.code}`);
  return parsed.value;
}

export function faultOf(parsed: Outcome<unknown>): string | undefined {
  return parsed.ok ? undefined : parsed.error.code;
}

function requestUriOf(message: SipMessage) {
  if (message.kind !== 'request') throw new Error('no request');
  return good(message.requestUri);
}

function sipPart(uri: Uri, part: 'user' | 'host' | 'port'): unknown {
  return uri.kind === 'sip' ? uri[part] : undefined;
}

function contactsOf(message: SipMessage): readonly Contact[] {
  const contacts = good(message.contacts);
  return contacts.star ? [] : contacts.list;
}

function contactUris(message: SipMessage): string[] {
  return contactsOf(message).map(({ uri }) => uri.toString());
}

/** What was read, written from its lines, is read again as the same; canonical messages come out octet for octet. */
export function expectSameWhenRewritten(octets: Buffer): void {
  const message = good(parseMessage(octets));
  const again = good(parseMessage(rewrite(message)));
  const bodyLength = String(message.body.length);
  const lines = message.lines().map((line) => (isLength(line.name) ? { ...line, value: bodyLength } : line));
  const added = message.has('Content-Length') ? [] : [{ name: 'Content-Length', value: bodyLength }];
  deepStrictEqual(again.lines(), [...lines, ...added]);
  ok(again.body.equals(message.body));
  ok(rewrite(again).equals(again.bytes));
}

function isLength(name: string): boolean {
  return ['content-length', 'l'].includes(name.toLowerCase());
}

/** Asks for everything; a value may be bad, but asking must answer. */
export function readEverything(message: SipMessage): void {
  for (const accessor of [
    () => [message.topVia, message.vias, message.from, message.to, message.callId, message.cseq, message.contacts],
    () => [
      message.maxForwards,
      message.expires,
      message.minExpires,
      message.routes,
      message.recordRoutes,
      message.event,
    ],
    () => [message.contentType, message.contentLength, message.contentDisposition, message.body, message.reasons],
    () => [
      message.supported,
      message.require,
      message.proxyRequire,
      message.allow,
      message.retryAfter,
      message.timestamp,
    ],
    () => [message.credentials('Authorization'), message.challenges('WWW-Authenticate'), message.lines()],
    () => message.lines().map(({ name }) => [message.value(name), message.values(name), message.list(name)]),
  ]) {
    ok(accessor() !== undefined);
  }
}

/** The typed fields of a message that cannot be read, by name. */
export function unreadableFields(message: SipMessage): string[] {
  const fields: Record<string, readonly (Outcome<unknown> | undefined)[]> = {
    Via: [message.vias],
    From: [message.from],
    To: [message.to],
    'Call-ID': [message.callId],
    CSeq: [message.cseq],
    Contact: [message.contacts],
    'Max-Forwards': [message.maxForwards],
    Expires: [message.expires],
    'Min-Expires': [message.minExpires],
    Route: [message.routes],
    'Record-Route': [message.recordRoutes],
    Event: [message.event],
    'Content-Type': [message.contentType],
    'Content-Length': [message.contentLength],
    'Content-Disposition': [message.contentDisposition],
    Reason: [message.reasons],
    'Retry-After': [message.retryAfter],
    Timestamp: [message.timestamp],
    Authorization: message.credentials('Authorization'),
    'Proxy-Authorization': message.credentials('Proxy-Authorization'),
    'WWW-Authenticate': message.challenges('WWW-Authenticate'),
    'Proxy-Authenticate': message.challenges('Proxy-Authenticate'),
    'Request-URI': message.kind === 'request' ? [message.requestUri] : [],
  };
  return Object.keys(fields).filter((name) => fields[name]!.some((field) => field?.ok === false));
}
