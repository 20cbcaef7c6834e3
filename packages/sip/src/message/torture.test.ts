import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRequest, checkResponse } from './check-message.ts';
import { rewrite } from './draft-of.ts';
import type { SipMessage } from './message.ts';
import { parseMessage } from './parse-message.ts';
import { fromWire } from './wire-text.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const OURS = join(ROOT, 'fixtures/torture');
/** The messages of RFC 4475 and of shipped phones, which are not ours to copy; read where they lie beside the project. */
const CORPUS = join(ROOT, '../shared/corpus');

interface TortureCase {
  readonly file: string;
  readonly title: string;
  readonly sections: readonly string[];
  readonly expect:
    | 'good'
    | { readonly unreadable: string }
    | { readonly refused: number; readonly reason: string }
    | { readonly discarded: string };
  readonly reads?: Readonly<Record<string, unknown>>;
}

const cases = JSON.parse(readFileSync(join(OURS, 'index.json'), 'utf8')) as TortureCase[];

describe('fixtures/torture', () => {
  test('every message is in the index', () => {
    const files = readdirSync(OURS).filter((name) => name.endsWith('.sip'));
    expect(cases.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  test.each(cases)('$file: $title', ({ file, expect: expected, reads = {} }) => {
    const octets = readFileSync(join(OURS, file));
    expect(outcomeOf(octets)).toEqual(expected);
    const parsed = parseMessage(octets);
    if (parsed.ok)
      for (const [field, value] of Object.entries(reads)) expect(read(parsed.value, field), field).toEqual(value);
  });

  test.each(cases.filter((torture) => torture.expect === 'good'))(
    '$file is written again and read the same',
    ({ file }) => {
      expectSameWhenRewritten(readFileSync(join(OURS, file)));
    },
  );
});

function outcomeOf(octets: Buffer): unknown {
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
function read(message: SipMessage, field: string): unknown {
  const [, kind, name] = /^(value|values|text)\.(.*)$/.exec(field) ?? [];
  if (kind === 'value') return message.value(name!);
  if (kind === 'values') return message.values(name!);
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
  'routes.length': (m) => good(m.routes).length,
  supported: (m) => m.supported,
  require: (m) => m.require,
  contentLength: (m) => m.contentLength && good(m.contentLength),
  'contentType.subtype': (m) => m.contentType && good(m.contentType).subtype,
  'body.length': (m) => m.body.length,
  'credentials.username': (m) => good(m.credentials('Authorization')[0]!).get('username'),
  'credentials.realm': (m) => good(m.credentials('Authorization')[0]!).get('realm'),
  'credentials.nc': (m) => good(m.credentials('Authorization')[0]!).get('nc'),
  'credentials.count': (m) => m.credentials('Authorization').length,
  'credentials.fault': (m) => faultOf(m.credentials('Authorization')[0]!),
};

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly code: string } };

function good<T>(parsed: Outcome<T>): T {
  if (!parsed.ok) throw new Error(`bad: ${parsed.error.code}`);
  return parsed.value;
}

function faultOf(parsed: Outcome<unknown>): string | undefined {
  return parsed.ok ? undefined : parsed.error.code;
}

function requestUriOf(message: SipMessage) {
  if (message.kind !== 'request') throw new Error('no request');
  return good(message.requestUri);
}

function sipPart(uri: ReturnType<typeof requestUriOf>, part: 'user' | 'host' | 'port'): unknown {
  return uri.kind === 'sip' ? uri[part] : undefined;
}

function contactUris(message: SipMessage): string[] {
  const contacts = good(message.contacts);
  return contacts.star ? [] : contacts.list.map(({ uri }) => uri.toString());
}

/** What was read, written from its lines, is read again as the same; canonical messages come out octet for octet. */
function expectSameWhenRewritten(octets: Buffer): void {
  const message = good(parseMessage(octets));
  const again = good(parseMessage(rewrite(message)));
  const bodyLength = String(message.body.length);
  const lines = message.lines().map((line) => (isLength(line.name) ? { ...line, value: bodyLength } : line));
  const added = message.has('Content-Length') ? [] : [{ name: 'Content-Length', value: bodyLength }];
  expect(again.lines()).toEqual([...lines, ...added]);
  expect(again.body.equals(message.body)).toBe(true);
  expect(rewrite(again).equals(again.bytes)).toBe(true);
}

function isLength(name: string): boolean {
  return ['content-length', 'l'].includes(name.toLowerCase());
}

/** Asks for everything; a value may be bad, but asking must answer. */
function readEverything(message: SipMessage): void {
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
    expect(accessor()).toBeDefined();
  }
}

interface CorpusCase {
  readonly name: string;
  readonly file: string;
  readonly valid: boolean;
  readonly kind: 'request' | 'response';
  readonly codes?: readonly number[];
  readonly mayAccept?: boolean;
}

describe.runIf(existsSync(join(CORPUS, 'index.json')))('RFC 4475', () => {
  const corpus = existsSync(CORPUS)
    ? (JSON.parse(readFileSync(join(CORPUS, 'index.json'), 'utf8')) as CorpusCase[])
    : [];

  test.each(corpus)('$name', (torture) => {
    const octets = readFileSync(join(CORPUS, torture.file));
    const outcome = outcomeOf(octets);
    const parsed = parseMessage(octets);
    if (parsed.ok) readEverything(parsed.value);
    if (torture.valid) {
      expect(outcome).toBe('good');
      expectSameWhenRewritten(octets);
    } else if (torture.kind === 'response') expect(outcome).not.toBe('good');
    else if (!LEFT_TO_OTHERS.has(torture.name)) {
      expect(outcome).toHaveProperty('refused');
      expect(torture.codes).toContain((outcome as { refused: number }).refused);
    }
  });

  /** Date is not ours to judge where it is not used (RFC 4475 §3.1.2.12). */
  const LEFT_TO_OTHERS = new Set(['baddate']);
});

describe.runIf(existsSync(join(CORPUS, 'phones')))('messages of shipped products', () => {
  const directory = join(CORPUS, 'phones');
  const files = existsSync(directory)
    ? readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sip'))
    : [];

  test.each(files)('%s', (file) => {
    const octets = readFileSync(join(directory, file));
    expect(outcomeOf(octets)).toBe('good');
    readEverything(good(parseMessage(octets)));
    expectSameWhenRewritten(octets);
  });
});
