import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DialogView, writeDialogInfo, writeDialogs } from './dialog-info.ts';
import { writeMessageSummary } from './message-summary.ts';
import { writeReginfo } from './reginfo.ts';
import { readXml, type XmlElement } from './xml-reader.ts';
import { shortXmlText, xmlText } from './xml-text.ts';

function tree(octets: Buffer): XmlElement {
  const parsed = readXml(octets);
  if (!parsed.ok) throw new Error(`${parsed.error.code} at ${parsed.error.at} of ${octets}`);
  return parsed.value;
}

const RINGING: DialogView = {
  id: 'x.b1',
  direction: 'recipient',
  state: 'early',
  local: { uri: 'sip:201@acme.example' },
  remote: { uri: 'sip:202@acme.example', name: 'Boris "Bob" <S&P>' },
};

describe('dialog-info', () => {
  test('RFC 4235 §4.1: says version, full state, entity, and of each dialog id, direction, state and parties', () => {
    expect(writeDialogInfo('sip:201@acme.example', 3, writeDialogs([RINGING])).toString()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="3" state="full" entity="sip:201@acme.example">' +
        '<dialog id="x.b1" direction="recipient"><state>early</state><local><identity>sip:201@acme.example</identity><target uri="sip:201@acme.example"/></local>' +
        '<remote><identity display="Boris &quot;Bob&quot; &lt;S&amp;P&gt;">sip:202@acme.example</identity><target uri="sip:202@acme.example"/></remote></dialog></dialog-info>\n',
    );
  });

  test('without dialogs names a terminated one: some phones let an empty document change nothing', () => {
    expect(writeDialogs([])).toBe('<dialog id="none"><state>terminated</state></dialog>');
  });

  test('names so many dialogs at most', () => {
    const document = writeDialogInfo('sip:a@b', 0, writeDialogs(Array.from({ length: 500 }, () => RINGING)));
    expect(tree(document).children.length).toBe(20);
    expect(document.length).toBeLessThan(12_000);
  });

  test('whatever stands in names and addresses, it is well-formed XML', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ unit: 'binary', maxLength: 200 }),
        (name, uri) => {
          const party = { uri, name };
          const root = tree(writeDialogInfo(uri, 0, writeDialogs([{ ...RINGING, local: party, remote: party }])));
          expect(root.children[0]?.children.map((child) => child.name)).toEqual(['state', 'local', 'remote']);
        },
      ),
    );
  });
});

test('RFC 3842 §5.2: a mailbox is told in lines', () => {
  expect(
    writeMessageSummary('sip:201@acme.example', {
      newMessages: 2,
      oldMessages: 8,
      newUrgent: 0,
      oldUrgent: 2,
    }).toString(),
  ).toBe('Messages-Waiting: yes\r\nMessage-Account: sip:201@acme.example\r\nVoice-Message: 2/8 (0/2)\r\n');
  expect(writeMessageSummary('sip:a@b', { newMessages: 0, oldMessages: 0 }).toString()).toContain(
    'Messages-Waiting: no\r\n',
  );
});

test('RFC 3680 §5.1: an address-of-record is told with its contacts', () => {
  const contact = {
    id: 'c1',
    uri: 'sip:anna@10.0.0.2;x=<y>',
    expires: 300,
    registeredFor: 20,
    callId: 'a&b',
    cseq: 2,
    event: 'refreshed',
    q: 0.5,
    userAgent: 'Phone <1>',
  } as const;
  const root = tree(writeReginfo('sip:201@acme.example', 1, [contact]));
  expect(root.children[0]?.children[0]?.children[0]?.text).toBe('sip:anna@10.0.0.2;x=<y>');
  expect(writeReginfo('sip:201@acme.example', 1, [contact]).toString()).toContain(
    '<contact id="c1" state="active" event="refreshed" expires="300" duration-registered="20" callid="a&amp;b" cseq="2" q="0.5">',
  );
  expect(writeReginfo('sip:201@acme.example', 1, []).toString()).toContain('state="init"></registration>');
});

test('text for XML loses what XML cannot hold, and is cut where people write it', () => {
  expect(xmlText('a\0b\x1f\ud800c\ufffe')).toBe('abc');
  expect(xmlText('Иван & Co')).toBe('Иван &amp; Co');
  expect(shortXmlText('x'.repeat(1_000)).length).toBe(128);
});
