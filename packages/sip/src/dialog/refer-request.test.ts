import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { readRefer } from './refer-request.ts';

function refer(...lines: string[]): SipRequest {
  const text = [
    'REFER sip:b@192.0.2.1 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1',
    'From: <sip:a@192.0.2.2>;tag=a',
    'To: <sip:b@192.0.2.1>;tag=b',
    'Call-ID: x',
    'CSeq: 2 REFER',
    ...lines,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  const parsed = parseMessage(Buffer.from(text, 'latin1'));
  if (!parsed.ok || !(parsed.value instanceof SipRequest)) throw new Error('no request');
  return parsed.value;
}

describe('a REFER', () => {
  test('RFC 3515 §2.1: the address alone is the target, method and headers are for us', () => {
    const replaces = 'a%40b%3Bto-tag%3Dc%3Bfrom-tag%3Dd%3Bearly-only';
    const read = readRefer(
      refer(
        `Refer-To: "C" <sip:203;phone-context=x@pbx.example;user=phone;method=INVITE?Replaces=${replaces}&Subject=x>`,
      ),
    );
    if (!read.ok) throw new Error(read.error.code);
    expect(read.value.target.toString()).toBe('sip:203;phone-context=x@pbx.example;user=phone');
    expect(read.value.replaces).toEqual({ callId: 'a@b', toTag: 'c', fromTag: 'd', earlyOnly: true });
    expect(read.value.withoutSubscription).toBe(false);
  });

  test.each(['r: <tel:+74951234567>', 'Refer-To: tel:+74951234567'])('RFC 3515 §2.1: %s', (line) => {
    const read = readRefer(refer(line));
    expect(read.ok && read.value.target.toString()).toBe('tel:+74951234567');
  });

  test('without the angle brackets that its headers need it is read all the same', () => {
    const read = readRefer(refer('Refer-To: sip:203@pbx.example?Replaces=x%3Bto-tag%3Da%3Bfrom-tag%3Db'));
    expect(read.ok && read.value.replaces?.callId).toBe('x');
  });

  test.each([
    [[], 'no-refer-to'],
    [['Refer-To: <sip:1@a>', 'Refer-To: <sip:2@a>'], 'several-refer-to'],
    [['Refer-To: <sip:1@a>, <sip:2@a>'], 'several-refer-to'],
    [['Refer-To: <<>'], 'bad-refer-to'],
    [['Refer-To: <http://a/>'], 'bad-scheme'],
    [['Refer-To: <sip:1@a;method=SUBSCRIBE>'], 'bad-method'],
    [['Refer-To: <sip:1@a?Replaces=x>'], 'bad-replaces'],
    [
      ['Refer-To: <sip:1@a?Replaces=x%3Bto-tag%3Da%3Bfrom-tag%3Db&replaces=y%3Bto-tag%3Da%3Bfrom-tag%3Db>'],
      'bad-replaces',
    ],
  ] as const)('RFC 3515 §2.4.2: %j is %s', (lines, code) => {
    const read = readRefer(refer(...lines));
    expect(read.ok ? undefined : read.error.code).toBe(code);
  });

  test.each([
    ['Refer-Sub: false', true],
    ['Refer-Sub: FALSE;x=y', true],
    ['Refer-Sub: true', false],
    ['Refer-Sub: falsely', false],
  ])('RFC 4488 §4: %s', (line, without) => {
    const read = readRefer(refer('Refer-To: <sip:1@a>', line));
    expect(read.ok && read.value.withoutSubscription).toBe(without);
  });

  test('RFC 3892 §3: Referred-By is read, and harms nobody where it can not be', () => {
    const good = readRefer(refer('Refer-To: <sip:1@a>', 'Referred-By: <sip:201@a>;cid="x@a"'));
    expect(good.ok && good.value.referredBy?.uri.toString()).toBe('sip:201@a');
    const bad = readRefer(refer('Refer-To: <sip:1@a>', 'Referred-By: <<'));
    expect(bad.ok && bad.value.referredBy).toBeUndefined();
  });

  test('nothing throws', () => {
    const value = fc.string({ maxLength: 60 }).map((text) => text.replace(/[^ -~]/g, '%'));
    fc.assert(
      fc.property(value, value, (to, sub) => {
        expect(typeof readRefer(refer(`Refer-To: ${to}`, `Refer-Sub: ${sub}`)).ok).toBe('boolean');
      }),
    );
  });
});
