import {
  formatCSeq,
  formatMediaType,
  formatReason,
  parseAuthValue,
  parseContact,
  parseCSeq,
  parseExpires,
  parseList,
  parseMaxForwards,
  parseMediaType,
  parseNameAddr,
  parseReason,
  parseRetryAfter,
  parseTimestamp,
  parseTokenWithParams,
  parseVia,
  readNameAddr,
  splitList,
} from '@vats/sip';
import { demand, type Target } from '../target.ts';

interface Read<T> {
  readonly ok: boolean;
  readonly value?: T;
}

/** @param write undefined where values of this kind are only read */
function valueTarget<T>(
  read: (text: string) => Read<T>,
  write: ((value: T) => string) | undefined,
  seeds: readonly string[],
  words: readonly string[],
): Target {
  return {
    seeds,
    words: [...words, ...SHARED_WORDS],
    longest: 1_024,
    run: (octets) => {
      const text = octets.toString('latin1');
      const parsed = read(text);
      demand(same(parsed, read(text)), 'asked twice, it answers differently');
      if (!parsed.ok || write === undefined) return;
      const written = write(parsed.value as T);
      const again = read(written);
      demand(again.ok, `what was written is not read again: ${JSON.stringify(written)}`);
      demand(write(again.value as T) === written, `written again it differs: ${JSON.stringify(written)}`);
    },
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const SHARED_WORDS = [
  ';tag=',
  ';lr',
  '=',
  '"',
  '\\"',
  ',',
  ';',
  ' ',
  '\t',
  '\r\n ',
  '<',
  '>',
  '%41',
  '[::1]',
  '*',
  'sip:',
];
const ADDRESS_WORDS = [
  'sips:',
  'tel:+7',
  '@office.example',
  ';expires=',
  ';q=0.5',
  ';transport=tcp',
  '?Subject=x',
  '&',
  'h',
  '[2001:db8::1]',
  ':5060',
];
const ADDRESSES = [
  '"A. \\"B\\"" <sip:a:p@h:5060;lr?x=y>;tag=1',
  'A <tel:+7495;phone-context=x>',
  'sip:a@h;tag=1',
  '<urn:x:y>;+sip.instance="<urn:uuid:0>"',
];

/** Each header value that the stack reads. */
export const TARGETS: Readonly<Record<string, Target>> = {
  'name-addr': valueTarget(parseNameAddr, String, ADDRESSES, ADDRESS_WORDS),
  contact: valueTarget(
    (text) => {
      const parsed = parseContact(text);
      if (parsed.ok) void [parsed.value.q, parsed.value.expires, parsed.value.instance, parsed.value.regId];
      return parsed;
    },
    String,
    [...ADDRESSES, '<sip:a@h>;expires=300;q=0.7;reg-id=1;+sip.instance="<urn:uuid:1>"', '<sip:a@h, sip:5060>'],
    [...ADDRESS_WORDS, ';reg-id=1', ';+sip.instance='],
  ),
  via: valueTarget(
    parseVia,
    String,
    ['SIP/2.0/UDP h:5060;branch=z9hG4bK1;rport;received=192.0.2.1', 'SIP / 2.0 / TCP [::1] ; ttl=1;maddr=224.0.0.1'],
    [
      'SIP/2.0/',
      'UDP',
      'TLS',
      'WS',
      ';branch=z9hG4bK',
      ';received=',
      ';rport=5060',
      ';maddr=',
      ';ttl=',
      ':5060',
      '[::1]',
      ' / ',
    ],
  ),
  cseq: valueTarget(parseCSeq, formatCSeq, ['1 INVITE', '4294967295 a'], ['INVITE', ' ', '0']),
  'auth-value': valueTarget(
    parseAuthValue,
    String,
    ['Digest realm="a\\"b", nonce="n", qop="auth,auth-int", algorithm=MD5, stale=true', 'Bearer abc.def=='],
    [
      'Digest ',
      'realm=',
      'nonce=',
      'username=',
      'uri=',
      'response=',
      'algorithm=',
      'SHA-256',
      'qop=',
      'nc=00000001',
      'cnonce=',
      'opaque=',
    ],
  ),
  'media-type': valueTarget(
    parseMediaType,
    formatMediaType,
    ['application/sdp;level=1', 'multipart/mixed; boundary="a b"'],
    ['application', '/', 'sdp', ';boundary='],
  ),
  'token-with-params': valueTarget(
    parseTokenWithParams,
    undefined,
    ['dialog;id=1;x="y"', 'session;handling=optional'],
    ['dialog', ';id='],
  ),
  reason: valueTarget(
    parseReason,
    formatReason,
    ['SIP;cause=200;text="Call completed elsewhere"', 'Q.850;cause=16'],
    ['SIP', 'Q.850', ';cause=', ';text='],
  ),
  'retry-after': valueTarget(
    parseRetryAfter,
    undefined,
    ['120 (I (am) \\) away);duration=60', '5'],
    ['(', ')', '\\', ';duration='],
  ),
  timestamp: valueTarget(parseTimestamp, undefined, ['54.21 0.5', '.5', '1'], ['.', ' ']),
  numbers: valueTarget<unknown>(
    (text) => ({ ok: true, value: [parseExpires(text), parseMaxForwards(text)] }),
    undefined,
    ['3600', ' 70 '],
    [],
  ),
  list: valueTarget<readonly unknown[]>(
    (text) => {
      const parts = splitList(text);
      demand(
        parts.every((part) => /^[^\0- ](?:.*[^\0- ])?$/s.test(part)),
        'an empty or blank-edged element',
      );
      return parseList(text, readNameAddr);
    },
    (values) => values.map(String).join(', '),
    ['<sip:a;lr>, "b,c" <sip:d>,,<sip:e?f=g>'],
    ADDRESS_WORDS,
  ),
};
