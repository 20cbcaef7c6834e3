import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAuthValue } from './auth-values.ts';
import { checkRequest, checkResponse } from './check-message.ts';
import { requestDraftOf, rewrite } from './draft-of.ts';
import { findHeadEnd, readContentLength } from './framing-fields.ts';
import type { SipMessage } from './message.ts';
import { NameAddr, parseNameAddr } from './name-addr.ts';
import { Params } from './params.ts';
import { parseMessage } from './parse-message.ts';
import { SipUri } from './sip-uri.ts';
import { formatUri, parseUri } from './uri.ts';
import { sameUri } from './uri-compare.ts';
import { UriParams } from './uri-params.ts';
import { parseVia, Via } from './via.ts';
import { fromWire, isSafeValue, toWire } from './wire-text.ts';
import { writeRequest, writeResponse } from './write-message.ts';
import { writeResponseTo } from './write-response-to.ts';

const TOKEN_CHARACTERS = "abcXYZ019-.!%*_+`'~";
const token = fc.string({ unit: fc.constantFrom(...TOKEN_CHARACTERS), minLength: 1, maxLength: 12 });
const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const wire = fc.string({ unit: octet, maxLength: 40 });
const headerValue = wire.map((text) => text.trim()).filter(isSafeValue);
const reasonPhrase = headerValue.filter((text) => !text.includes('\0'));
/** Odd characters that matter to some grammar far more often than chance would bring them. */
const spiced = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'<>",;=?@:/[]\\% \t()*'),
    fc.constantFrom('sip:', 'a', '1', '%41', '\r\n ', '\0', '\xe9'),
    octet,
  ),
  maxLength: 60,
});
const host = fc.constantFrom('office.example', '192.0.2.1', '2001:db8::1', 'h', 'a_b-c.example.');
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
const names = fc.uniqueArray(token, { maxLength: 5, selector: (name) => name.toLowerCase() });
const optionalWire = fc.option(wire, { nil: undefined });
const body = fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets));

const uriParamNames = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom(...'abcXYZ01-._~'), minLength: 1, maxLength: 8 }),
  {
    maxLength: 5,
    selector: (name) => name.toLowerCase(),
  },
);
const sipUri = fc
  .record({
    user: optionalWire,
    password: optionalWire,
    host,
    port,
    names: uriParamNames,
    value: wire,
    scheme: fc.constantFrom('sip', 'sips'),
  })
  .map(({ names, value, user, ...parts }) =>
    SipUri.of({
      ...parts,
      user: user === '' ? undefined : user,
      scheme: parts.scheme as 'sip' | 'sips',
      password: user === undefined || user === '' ? undefined : parts.password,
      params: UriParams.of(Object.fromEntries(names.map((name) => [name, value]))),
    }),
  );
const params = fc
  .tuple(names, headerValue)
  .map(([list, value]) => list.reduce((all, name) => all.with(name, value), Params.NONE));

describe('what is written is read again', () => {
  test('SIP URIs', () => {
    fc.assert(
      fc.property(sipUri, (uri) => {
        const parsed = parseUri(uri.toString());
        expect(parsed).toEqual({ ok: true, value: uri });
        expect(parsed.ok && sameUri(parsed.value, uri)).toBe(true);
      }),
    );
  });

  test('addresses with Unicode names', () => {
    const displayName = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((name) => /^[^\x00-\x1f\x7f]+$/.test(name));
    fc.assert(
      fc.property(displayName, sipUri, params, (name, uri, parameters) => {
        const address = NameAddr.of({ displayName: name, uri, params: parameters });
        const parsed = parseNameAddr(address.toString());
        expect(parsed).toEqual({ ok: true, value: address });
        expect(parsed.ok && parsed.value.displayName).toBe(name);
      }),
    );
  });

  test('Vias', () => {
    fc.assert(
      fc.property(token, host, port, params, (transport, sentBy, sentByPort, parameters) => {
        const via = Via.of({ transport, host: sentBy, port: sentByPort, params: parameters });
        expect(parseVia(via.toString())).toEqual({ ok: true, value: via });
      }),
    );
  });

  test('Unicode through the wire', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fromWire(toWire(text))).toBe(text);
      }),
    );
  });

  const headers = fc.array(fc.tuple(token, headerValue), { maxLength: 20 });

  test('requests, octet for octet', () => {
    fc.assert(
      fc.property(token, sipUri, headers, body, (method, uri, fields, content) => {
        const octets = writeRequest({ method, uri: formatUri(uri), headers: fields, body: content });
        const message = must(parseMessage(octets));
        expect(rewrite(message).equals(octets)).toBe(true);
        expect(message.body.equals(content)).toBe(true);
        if (message.kind !== 'request') throw new Error('a request became a response');
        expect(requestDraftOf(message)).toMatchObject({ method, uri: formatUri(uri) });
        expect(message.lines().slice(0, -1)).toEqual(fields.map(([name, value]) => ({ name, value })));
        expect(findHeadEnd(octets)).toBe(octets.length - content.length);
        expect(readContentLength(octets.subarray(0, findHeadEnd(octets)))).toEqual({ ok: true, value: content.length });
      }),
    );
  });

  test('responses, octet for octet', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 699 }),
        reasonPhrase,
        headers,
        body,
        (status, reason, fields, content) => {
          const octets = writeResponse({ status, reason, headers: fields, body: content });
          const message = must(parseMessage(octets));
          expect(message).toMatchObject({ kind: 'response', status, reason });
          expect(rewrite(message).equals(octets)).toBe(true);
        },
      ),
    );
  });
});

describe('what was read is written as it was', () => {
  test('URIs of any text', () => {
    fc.assert(
      fc.property(spiced, (text) => {
        const parsed = parseUri(`sip:${text}`);
        if (parsed.ok) expect(formatUri(parsed.value)).toBe(`sip:${text}`.trimEnd());
      }),
      { numRuns: 1_000 },
    );
  });

  test('an address written once reads and writes the same ever after', () => {
    fc.assert(
      fc.property(spiced, (text) => {
        const parsed = parseNameAddr(text);
        if (!parsed.ok) return;
        const written = parsed.value.toString();
        expect(must(parseNameAddr(written)).toString()).toBe(written);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('whatever comes, nothing throws', () => {
  test('single values', () => {
    fc.assert(
      fc.property(spiced, (text) => {
        for (const read of [parseUri, parseNameAddr, parseVia, parseAuthValue]) expect(read(text)).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('noise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => surviveAll(Buffer.from(octets))));
  });

  test('headers of spiced values', () => {
    const name = fc.constantFrom(
      'Via',
      'From',
      'To',
      'Contact',
      'Route',
      'CSeq',
      'Content-Length',
      'Content-Type',
      'Authorization',
      'WWW-Authenticate',
      'Reason',
      'Retry-After',
      'Timestamp',
      'Event',
      'Allow',
      'X',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, spiced), { maxLength: 12 }), (fields) => {
        const lines = fields.map(([header, value]) => `${header}: ${value}\r\n`).join('');
        surviveAll(Buffer.from(`OPTIONS sip:a@h SIP/2.0\r\n${lines}\r\n`, 'latin1'));
      }),
      { numRuns: 1_000 },
    );
  });

  test('torture messages with octets changed, cut out, doubled and swapped', () => {
    const edit = fc.record({
      kind: fc.constantFrom('set', 'insert', 'remove', 'double'),
      at: fc.nat(),
      length: fc.integer({ min: 1, max: 30 }),
      octet: fc.oneof(fc.constantFrom(...Buffer.from('\r\n \t\0<>",;:@%\\=[]')), fc.nat(255)),
    });
    fc.assert(
      fc.property(fc.constantFrom(...TORTURE), fc.array(edit, { minLength: 1, maxLength: 6 }), (original, edits) => {
        surviveAll(edits.reduce(edited, original));
      }),
      { numRuns: 1_000 },
    );
  });
});

const DIRECTORY = join(import.meta.dirname, '../../../../fixtures/torture');
const TORTURE = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.sip'))
  .map((name) => readFileSync(join(DIRECTORY, name)))
  .filter((octets) => octets.length < 2_000);

interface Edit {
  readonly kind: string;
  readonly at: number;
  readonly length: number;
  readonly octet: number;
}

function edited(octets: Buffer, { kind, at, length, octet: code }: Edit): Buffer {
  const from = octets.length === 0 ? 0 : at % octets.length;
  const to = Math.min(from + length, octets.length);
  const [before, within, after] = [octets.subarray(0, from), octets.subarray(from, to), octets.subarray(to)];
  if (kind === 'remove') return Buffer.concat([before, after]);
  if (kind === 'double') return Buffer.concat([before, within, within, after]);
  if (kind === 'insert') return Buffer.concat([before, Buffer.of(code), octets.subarray(from)]);
  return Buffer.concat([before, Buffer.of(code), octets.subarray(Math.min(from + 1, octets.length))]);
}

/** Does with octets all that the stack may do with them; answers come, and what was indexed can be written. */
function surviveAll(octets: Buffer): void {
  const copy = Buffer.from(octets);
  readContentLength(octets);
  const parsed = parseMessage(octets);
  if (parsed.ok) readAndAnswer(parsed.value);
  expect(octets.equals(copy)).toBe(true);
}

function readAndAnswer(message: SipMessage): void {
  for (const read of ACCESSORS) expect(read(message)).toEqual(read(message));
  for (const { name, value } of message.lines()) {
    expect(message.values(name)).toContain(value);
    expect(isSafeValue(value)).toBe(true);
  }
  if (message.kind === 'response') {
    checkResponse(message);
    rewrite(message);
    return;
  }
  const fault = checkRequest(message);
  const answer = writeResponseTo(
    message,
    { address: '192.0.2.9', port: 5060 },
    { status: fault?.status ?? 200, toTag: 't' },
  );
  expect(must(parseMessage(answer))).toMatchObject({ kind: 'response' });
  if (fault === undefined) {
    const again = must(parseMessage(rewrite(message)));
    expect(again.kind === 'request' && checkRequest(again)).toBeUndefined();
  }
}

const ACCESSORS: readonly ((message: SipMessage) => unknown)[] = [
  (m) => m.topVia,
  (m) => m.vias,
  (m) => m.from,
  (m) => m.to,
  (m) => [m.fromTag, m.toTag],
  (m) => (m.from.ok ? m.from.value.displayName : undefined),
  (m) => m.callId,
  (m) => m.cseq,
  (m) => m.contacts,
  (m) => [m.routes, m.recordRoutes],
  (m) => [m.maxForwards, m.expires, m.minExpires, m.contentLength],
  (m) => [m.contentType, m.contentDisposition, m.event, m.reasons, m.retryAfter, m.timestamp],
  (m) => [m.supported, m.require, m.proxyRequire, m.allow],
  (m) => [m.credentials('Authorization'), m.challenges('WWW-Authenticate')],
  (m) => m.body.length,
  (m) => m.list('X'),
  (m) => (m.kind === 'request' ? m.requestUri : m.reason),
];

function must<T>(
  parsed: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly code: string } },
): T {
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
}
