import { describe, expect, test } from 'vitest';
import { readAuthValue } from './auth-values.ts';
import { readContact } from './contact.ts';
import { readCSeq } from './cseq.ts';
import { Cursor } from './cursor.ts';
import { HeadIndex, indexHead, unfolded } from './head-index.ts';
import { LIMITS } from './limits.ts';
import { readList, splitRest } from './lists.ts';
import { readMediaType } from './media-type.ts';
import { readNameAddr } from './name-addr.ts';
import { readReason, readRetryAfter, readTimestamp, readTokenWithParams } from './token-headers.ts';
import { readUri } from './uri.ts';
import type { Reader } from './value-fault.ts';
import { readVia, readViaForgiving } from './via.ts';

/** Octets that count how often they are looked at. */
function counting(text: string): { octets: Uint8Array; readonly reads: number } {
  const octets = Buffer.from(text, 'latin1');
  const counter = { octets: octets as Uint8Array, reads: 0 };
  counter.octets = new Proxy(octets, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) counter.reads++;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return counter;
}

/** The work that one octet may cost, whatever stands around it: a few passes, never one pass for each other octet. */
const READS_PER_OCTET = 8;

const PIECES = [
  'a',
  ' ',
  '"',
  '\\',
  ',',
  ';',
  '<',
  '>',
  '=',
  '%',
  '%41',
  '@',
  ':',
  '/',
  '(',
  ')',
  '()',
  '[',
  ']',
  '*',
  '0',
  '\xe9',
  '" ',
  '"",',
  ';a',
  ';a=',
  ';a="',
  ';a=b',
  '<sip:',
  '<sip:a@b>,',
  'sip:a@b,',
  'a <',
  'a, ',
  'SIP/2.0/UDP a,',
  'SIP/2.0/UDP a;',
  'a=b,',
  '\t ',
];
const PREFIXES = [
  '',
  '"',
  '<',
  '<sip:',
  'sip:',
  '<sip:a@b',
  '<sip:a@b>',
  'SIP/2.0/UDP a',
  'Digest ',
  'Digest a="',
  '1 ',
  'a/b',
];

const READERS: Readonly<Record<string, (cursor: Cursor) => unknown>> = {
  readUri,
  readNameAddr,
  readContact,
  readVia,
  readViaForgiving,
  readAuthValue,
  readMediaType,
  readTokenWithParams,
  readReason,
  readRetryAfter,
  readTimestamp,
  readCSeq,
  addresses: (cursor) => readList(cursor, readNameAddr as Reader<unknown>, []),
  contacts: (cursor) => readList(cursor, readContact as Reader<unknown>, []),
  vias: (cursor) => readList(cursor, readVia as Reader<unknown>, []),
  splitRest: (cursor) => splitRest(cursor, []),
};

describe('a hostile value costs work in proportion to its octets', () => {
  test.each(Object.entries(READERS))('%s', (_name, read) => {
    for (const prefix of PREFIXES) {
      for (const piece of PIECES) {
        const text = (prefix + piece.repeat(1_000)).slice(0, 1_000);
        const counter = counting(text);
        read(new Cursor(counter.octets, text, 0, text.length));
        expect(counter.reads, JSON.stringify(text.slice(0, 40))).toBeLessThan(READS_PER_OCTET * text.length);
      }
    }
  });
});

describe('a hostile head costs work in proportion to its octets', () => {
  const lines = [
    'a',
    ':',
    'a:',
    'a :',
    ' ',
    '\r\n',
    '\r\n ',
    'Via:\r\n ',
    'Content-Length:',
    'a:b\r\n',
    'a\r\n',
    'Content-Lengtx: 1\r\n',
    'To: "\\\0"\r\n',
    '\0',
    '\r',
    '\n',
  ];

  test.each(lines)('%j again and again', (piece) => {
    const text = `OPTIONS sip:a@h SIP/2.0\r\n${piece.repeat(LIMITS.messageOctets / piece.length)}`;
    const counter = counting(text);
    indexHead(counter.octets, 0, new HeadIndex());
    expect(counter.reads).toBeLessThan(READS_PER_OCTET * text.length);
  });

  test('the index is as long as the header lines are many', () => {
    const index = new HeadIndex();
    const text = `OPTIONS sip:a@h SIP/2.0\r\n${'a:\r\n'.repeat(LIMITS.headers)}\r\n`;
    expect(indexHead(Buffer.from(text), 0, index)).toBeUndefined();
    expect(index.entries.length).toBe(4 * LIMITS.headers);
  });
});

test('undoing folds yields no more than was there', () => {
  const folds = '\r\n \r\n\t'.repeat(1_000);
  expect(unfolded(folds)).toBe('');
  expect(unfolded(`a${folds}b`)).toBe('a b');
});
