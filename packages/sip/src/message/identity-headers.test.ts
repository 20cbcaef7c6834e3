import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIVERSION_REASONS, formatDiversion, MOST_DIVERSIONS, parseDiversion } from './diversion.ts';
import {
  causeOfReason,
  compareIndices,
  formatHistoryEntry,
  type HistoryEntry,
  parseHistoryEntry,
  reasonOfCause,
} from './history-info.ts';
import { parseRemotePartyId, readIdentities } from './identities.ts';
import { splitList } from './lists.ts';
import { NameAddr } from './name-addr.ts';
import { readPrivacy } from './privacy.ts';
import { SipUri } from './sip-uri.ts';
import { isSafeValue } from './wire-text.ts';

describe('Privacy', () => {
  test.each([
    [['id'], ['id'], false],
    [['ID ; Critical'], ['id', 'critical'], false],
    [['header;user', 'session'], ['header', 'user', 'session'], false],
    [['id,critical'], ['id', 'critical'], false],
    [['none'], ['none'], false],
    [['history'], ['history'], false],
    [['id;shadow'], ['id'], true],
    [['<>'], [], true],
    [['', ';;'], [], false],
    [[], [], false],
  ])('RFC 3323 §4.2: %j asks for %j', (values, kinds, isUnknown) => {
    const read = readPrivacy(values);
    expect([...read.kinds]).toEqual(kinds);
    expect(read.isUnknown).toBe(isUnknown);
  });
});

describe('P-Asserted-Identity and P-Preferred-Identity', () => {
  const told = (values: readonly string[]) => {
    const { sip, tel } = readIdentities(values);
    return { sip: sip?.toString(), tel: tel?.toString() };
  };

  test('RFC 3325 §9.1: one sip and one tel URI, in any order', () => {
    const tel = '<tel:+74951234567>';
    const sip = '"Anna" <sip:+74951234567@itsp.example>';
    expect(told([tel, sip])).toEqual({ sip, tel });
    expect(told([sip])).toEqual({ sip, tel: undefined });
    expect(told(['sips:a@h']).sip).toBe('<sips:a@h>');
  });

  test('RFC 5876 §4.5: of several with one scheme the first counts, other schemes and nonsense do not', () => {
    expect(told(['<urn:x:y>', '<<>>', '<sip:a@h>', '<sip:b@h>', '<tel:+1>', '<tel:+2>'])).toEqual({
      sip: '<sip:a@h>',
      tel: '<tel:+1>',
    });
    const many = [...Array<string>(16).fill('x'), '<sip:a@h>'];
    expect(told(many).sip).toBeUndefined();
  });
});

describe('Remote-Party-ID', () => {
  test.each([
    ['"A" <sip:201@h>;party=calling;screen=yes;privacy=off', 'calling', true, false, false],
    ['<sip:201@h>;screen=no;privacy=full', 'calling', false, true, true],
    ['<sip:201@h>;Party=Called;privacy=name', 'called', false, false, true],
    ['sip:201@h;privacy=uri-network', 'calling', false, true, false],
    ['<tel:+7495>', 'calling', false, false, false],
  ] as const)('%s', (text, party, isScreened, hidesNumber, hidesName) => {
    const read = parseRemotePartyId(text);
    expect(read.ok && read.value).toMatchObject({ party, isScreened, hidesNumber, hidesName });
  });
});

describe('Diversion', () => {
  test.each([
    ['<sip:+7495@h>;reason=no-answer;counter=2;privacy=off', 'no-answer', 2, false],
    ['<tel:+7495>;reason="User-Busy";privacy=full', 'user-busy', 1, true],
    ['<sip:a@h>;reason=lunch', 'unknown', 1, false],
    ['<sip:a@h>;reason=no_answer', 'no-answer', 1, false],
    ['<sip:a@h>;reason="a b";counter=0', 'unknown', 1, false],
    ['<sip:a@h>;counter=999999999', 'unknown', MOST_DIVERSIONS, false],
    ['<sip:a@h>;counter=-1', 'unknown', 1, false],
    ['<sip:a@h>;counter=99999999999999999999', 'unknown', 1, false],
  ] as const)('RFC 5806 §9.1: %s', (text, reason, counter, isPrivate) => {
    const read = parseDiversion(text);
    expect(read.ok && read.value).toMatchObject({ reason, counter, isPrivate });
  });

  test('RFC 5806 §9.1: what is written is read again as it was', () => {
    const address = NameAddr.of({ uri: SipUri.of({ user: '+74951234567', host: 'itsp.example' }) });
    const written = formatDiversion({ address, reason: 'user-busy', counter: 3, isPrivate: false });
    expect(written).toBe('<sip:+74951234567@itsp.example>;reason=user-busy;counter=3;privacy=off');
    const read = parseDiversion(formatDiversion({ address, reason: 'away', counter: 1, isPrivate: true }));
    expect(read.ok && read.value).toMatchObject({ reason: 'away', counter: 1, isPrivate: true });
  });
});

describe('History-Info', () => {
  test('RFC 7044 §5: index, cause, mp, and the Reason and Privacy that are escaped in the URI', () => {
    const text =
      '<sip:+7495@h;cause=302?Reason=SIP%3Bcause%3D486%3Btext%3D%22Busy%22&Privacy=history>;index=1.2.10;mp=1.2';
    const read = parseHistoryEntry(text);
    expect(read.ok && read.value).toMatchObject({
      index: [1, 2, 10],
      mappedFrom: [1, 2],
      cause: 302,
      ended: 486,
      isPrivate: true,
    });
    expect(read.ok && read.value.address.toString()).toBe('<sip:+7495@h;cause=302>');
  });

  test.each([
    '<sip:a@h>',
    '<sip:a@h>;index=',
    '<sip:a@h>;index=1..2',
    '<sip:a@h>;index=1.x',
    `<sip:a@h>;index=${'1.'.repeat(40)}1`,
  ])('RFC 7044 §5: %s has no index that could place it', (text) => {
    expect(parseHistoryEntry(text).ok).toBe(false);
  });

  test('RFC 7044 §5: indices are in the order of the way, number by number', () => {
    const ordered = [[1], [1, 1], [1, 1, 1], [1, 2], [1, 10], [2]];
    expect([...ordered].reverse().sort(compareIndices)).toEqual(ordered);
  });

  test('RFC 7044 §5: what is written is read again as it was', () => {
    const address = NameAddr.of({ uri: SipUri.of({ user: '+7495', host: 'h' }) });
    const entry: HistoryEntry = { address, index: [1, 1], cause: 486, ended: 302, isPrivate: true, mappedFrom: [1] };
    const written = formatHistoryEntry(entry);
    expect(written).toBe('<sip:+7495@h;cause=486?Reason=SIP%3Bcause%3D302&Privacy=history>;index=1.1;mp=1');
    const read = parseHistoryEntry(written);
    expect(read.ok && { ...read.value, address: undefined }).toEqual({ ...entry, address: undefined });
  });

  test('a reason of Diversion that has a cause is the same one when it comes back (RFC 7544)', () => {
    const kept = ['unconditional', 'no-answer', 'deflection', 'user-busy', 'unavailable', 'unknown'];
    for (const reason of DIVERSION_REASONS) {
      expect(reasonOfCause(causeOfReason(reason))).toBe(kept.includes(reason) ? reason : 'unknown');
    }
    expect(reasonOfCause(487)).toBe('deflection');
    expect(reasonOfCause(301)).toBeUndefined();
  });
});

const PIECES = [
  '<sip:a@h>',
  '"x" <tel:+7>',
  ';index=1.1',
  ';reason=no-answer',
  ';counter=9',
  '?Reason=SIP',
  '%3B',
  '\\"',
  ',',
  ';',
  '<',
  '>',
  '\0',
  '\xff',
];
const odd = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 12 })), { maxLength: 12 })
  .map((parts) => parts.join(''));

test('whatever stands in these headers, it is read without a fault of ours, and what is written of it is one value', () => {
  fc.assert(
    fc.property(odd, (text) => {
      for (const value of splitList(text)) {
        const diversion = parseDiversion(value);
        if (diversion.ok && isSafeValue(value)) {
          const written = formatDiversion(diversion.value);
          expect(splitList(written)).toEqual([written]);
        }
        const entry = parseHistoryEntry(value);
        if (entry.ok && isSafeValue(value)) {
          const written = formatHistoryEntry(entry.value);
          expect(splitList(written)).toEqual([written]);
          expect(parseHistoryEntry(written).ok).toBe(true);
        }
        parseRemotePartyId(value);
      }
      readIdentities(splitList(text));
      readPrivacy([text]);
    }),
    { numRuns: 2_000 },
  );
});
