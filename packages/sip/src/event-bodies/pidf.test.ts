import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACTIVITIES, writePidf } from './pidf.ts';
import { readPidf } from './read-pidf.ts';
import { readXml } from './xml-reader.ts';

function read(text: string) {
  return readPidf(Buffer.from(text));
}

/** What linphone 5 publishes. */
const LINPHONE = `<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<p1:presence xmlns:p1="urn:ietf:params:xml:ns:pidf" entity="sip:anna@acme.example" xmlns:p2="urn:ietf:params:xml:ns:pidf:data-model" xmlns:p3="urn:ietf:params:xml:ns:pidf:rpid">
  <p1:tuple id="x7v4q"><p1:status><p1:basic>open</p1:basic></p1:status><p1:contact priority="0.8">sip:anna@acme.example</p1:contact><p1:timestamp>2026-11-27T20:00:00Z</p1:timestamp></p1:tuple>
  <p2:person id="t1"><p3:activities><p3:away/></p3:activities></p2:person>
</p1:presence>`;

describe('a PIDF that is published', () => {
  test('RFC 3863 §4.1: basic, activities and note are read, whatever its prefixes are', () => {
    expect(read(LINPHONE)).toEqual({ ok: true, value: { open: true, activities: ['away'] } });
    expect(
      read(`<presence xmlns="urn:ietf:params:xml:ns:pidf"><tuple id="a"><status><basic> closed </basic></status>
        <note>at &lt;lunch&gt; &#x2603;<![CDATA[ & back]]></note></tuple></presence>`),
    ).toEqual({ ok: true, value: { open: false, activities: [], note: 'at <lunch> ☃ & back' } });
  });

  test('is open when one of its tuples is, or when none says', () => {
    const tuple = (basic: string): string => `<tuple id="a"><status><basic>${basic}</basic></status></tuple>`;
    const of = (inner: string) => read(`<presence xmlns="urn:ietf:params:xml:ns:pidf">${inner}</presence>`);
    expect(of(tuple('closed') + tuple('open'))).toMatchObject({ value: { open: true } });
    expect(of(tuple('closed'))).toMatchObject({ value: { open: false } });
    expect(of('')).toMatchObject({ value: { open: true } });
    expect(of(tuple('ajar'))).toMatchObject({ ok: false, error: { code: 'bad-basic' } });
  });

  test('of another namespace is none', () => {
    expect(read('<presence/>')).toMatchObject({ error: { code: 'not-presence' } });
    expect(read('<presence xmlns="urn:other"/>')).toMatchObject({ error: { code: 'not-presence' } });
  });

  test('what we write is read back', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.uniqueArray(fc.constantFrom(...ACTIVITIES)),
        fc.option(fc.stringMatching(/^[a-z<>&"' \u0430-\u044f]{1,60}$/), { nil: undefined }),
        (open, activities, note) => {
          const words = note?.replace(/\s+/g, ' ').trim();
          expect(readPidf(writePidf('sip:a&b@acme.example', { open, activities, note }))).toEqual({
            ok: true,
            value: { open, activities, ...(words !== undefined && words !== '' && { note: words }) },
          });
        },
      ),
    );
  });
});

describe('the XML reader', () => {
  test.each([
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'doctype'],
    ['<a>&b;</a>', 'entity'],
    ['<a b="&b;"/>', 'entity'],
    ['<a>&#0;</a>', 'entity'],
    ['<a>&#x110000;</a>', 'entity'],
    ['<a>b & c</a>', 'entity'],
    ['<a><?php echo 1 ?></a>', 'instruction'],
    ['<?xml version="1.0"?><?xml version="1.0"?><a/>', 'instruction'],
    ['<a><b></a></b>', 'bad-tag'],
    ['<a', 'bad-attribute'],
    ['<a b/>', 'bad-attribute'],
    ['<a b=c/>', 'bad-attribute'],
    ['<a b="1" b="2"/>', 'bad-attribute'],
    ['<a b="<"/>', 'bad-attribute'],
    ['<b:a/>', 'unknown-prefix'],
    ['<a>', 'not-closed'],
    ['<a><!-- </a>', 'not-closed'],
    ['', 'no-element'],
    ['<a/><b/>', 'outside-element'],
    ['x<a/>', 'outside-element'],
    ['<a/>x', 'outside-element'],
    ['</a>', 'bad-tag'],
    [`${'<a>'.repeat(17)}`, 'too-deep'],
    [`<a>${'<b/>'.repeat(256)}</a>`, 'too-many'],
    [`<a ${Array.from({ length: 17 }, (_, i) => `b${i}=""`).join(' ')}/>`, 'too-many'],
    ['a'.repeat(16_385), 'too-long'],
  ])('refuses %s by name', (text, code) => {
    expect(readXml(Buffer.from(text))).toMatchObject({ ok: false, error: { code } });
  });

  test('refuses octets that are no UTF-8', () => {
    expect(readXml(Buffer.from('<a>\xff</a>', 'latin1'))).toMatchObject({ error: { code: 'not-utf8' } });
  });

  test('no octets make it throw, nor let it take longer than their length allows', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '<a',
      '</a>',
      '="',
      "'",
      '&',
      '&amp;',
      '&#',
      ';',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      ' ',
      'x:',
      'xmlns',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 200 }), (pieces) => {
        readXml(Buffer.from(pieces.join('')));
      }),
      { numRuns: 500 },
    );
    for (const each of ['<', '&', '&#', '<a ', '<!--', '<![CDATA[', '<a b="', "<a b='", '&amp', ' ', '<a>']) {
      const octets = Buffer.from(each.repeat(Math.floor(16_384 / each.length)));
      const before = process.cpuUsage();
      for (let i = 0; i < 20; i++) readXml(octets);
      const { user } = process.cpuUsage(before);
      // 20 documents of 16 KiB: milliseconds when it is linear, minutes when it is not.
      expect(user, each).toBeLessThan(2_000_000);
    }
  });
});
