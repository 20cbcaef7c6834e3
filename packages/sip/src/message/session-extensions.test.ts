import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UINT32_MAX } from './limits.ts';
import { parseMinSe, parseRAck, parseRSeq, parseSessionExpires } from './session-extensions.ts';

const blank = fc.constantFrom(' ', '\t', '  ');
const number = fc.integer({ min: 1, max: UINT32_MAX });

describe('RAck and RSeq', () => {
  test('RFC 3262 §7.2: what was written is read', () => {
    const parts = fc.record({ rseq: number, cseq: fc.integer({ min: 0, max: UINT32_MAX }), blank });
    fc.assert(
      fc.property(parts, ({ rseq, cseq, blank }) => {
        expect(parseRSeq(`${rseq}`)).toEqual({ ok: true, value: rseq });
        const value = { rseq, cseq, method: 'INVITE' };
        expect(parseRAck(`${rseq}${blank}${cseq}${blank}INVITE`)).toEqual({ ok: true, value });
      }),
    );
  });

  test.each(['', '1', '1 1', '1 1 INVITE x', '0 1 INVITE', '4294967296 1 INVITE', '1 -1 INVITE', 'a 1 INVITE'])(
    '%j is no RAck',
    (text) => {
      expect(parseRAck(text).ok).toBe(false);
    },
  );

  test.each(['', '0', '-1', '1.5', '4294967296', '99999999999999999999', '1 2'])(
    '%j is no RSeq (RFC 3262 §7.1)',
    (text) => {
      expect(parseRSeq(text).ok).toBe(false);
    },
  );
});

describe('Session-Expires and Min-SE', () => {
  test('RFC 4028 §4: what was written is read (RFC 4028 §5)', () => {
    const parts = fc.record({ seconds: number, refresher: fc.constantFrom('uac', 'uas', undefined) });
    fc.assert(
      fc.property(parts, ({ seconds, refresher }) => {
        const text = refresher === undefined ? `${seconds}` : `${seconds} ;x=1; Refresher=${refresher.toUpperCase()}`;
        expect(parseSessionExpires(text)).toEqual({ ok: true, value: { seconds, refresher } });
        expect(parseMinSe(text)).toEqual({ ok: true, value: seconds });
      }),
    );
  });

  test('a refresher that there is none of counts as none; a number without end as the greatest', () => {
    expect(parseSessionExpires('90;refresher=me')).toMatchObject({ value: { refresher: undefined } });
    expect(parseSessionExpires('99999999999')).toMatchObject({ value: { seconds: UINT32_MAX } });
  });

  test.each(['', 'soon', '-90', '90 seconds', ';refresher=uac'])('%j says no time', (text) => {
    expect(parseSessionExpires(text).ok).toBe(false);
  });
});

test('no octets throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const parse of [parseRAck, parseRSeq, parseSessionExpires, parseMinSe]) parse(text);
    }),
  );
});
