import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../message/parse-message.ts';
import { looksNew } from './new-request.ts';

const request = (method: string, ...lines: string[]): Buffer =>
  Buffer.from(
    [`${method} sip:b@h SIP/2.0`, 'Via: SIP/2.0/UDP a;branch=z9hG4bKa', ...lines, '', ''].join('\r\n'),
    'latin1',
  );

describe('RFC 3261 §12.2: only what surely begins something is taken for new', () => {
  test.each(['INVITE', 'REGISTER', 'OPTIONS', 'SUBSCRIBE', 'PUBLISH', 'MESSAGE', 'NOTIFY', 'REFER'])(
    '%s without a To tag',
    (method) => {
      expect(looksNew(request(method, 'To: <sip:b@h>'))).toBe(true);
      expect(looksNew(request(method, 't: <sip:b@h>', 'From: <sip:a@h>;tag=x'))).toBe(true);
      expect(looksNew(request(method, 'To: <sip:b@h>;tag=x'))).toBe(false);
    },
  );

  test.each(['ACK', 'BYE', 'CANCEL', 'INFO', 'UPDATE', 'PRACK', 'INVITES', 'invite'])('%s is not', (method) => {
    expect(looksNew(request(method, 'To: <sip:b@h>'))).toBe(false);
  });

  test.each([
    ['a response', Buffer.from('SIP/2.0 200 OK\r\nTo: <sip:b@h>\r\n\r\n')],
    ['without To', request('INVITE')],
    ['a folded To', request('INVITE', 'To: <sip:b@h>\r\n ;tag=x')],
    ['a To tag in capitals', request('INVITE', 'TO: <sip:b@h>;TAG=x')],
    ['a To that does not end', Buffer.from('INVITE sip:b@h SIP/2.0\r\nTo: <sip:b@h>')],
    ['nothing', Buffer.alloc(0)],
  ])('%s is not', (_, octets) => {
    expect(looksNew(octets)).toBe(false);
  });

  test('nothing that has a To tag when it is parsed looks new', () => {
    const name = fc.constantFrom('To', 't', 'TO', 'to', 'tO', 'T');
    const gap = fc.constantFrom(':', ': ', ' : ', ':\r\n ', ':\t');
    const value = fc.constantFrom('<sip:b@h>', '"tag" <sip:b@h>', 'sip:b@h', '<sip:b@h>;x=y', '"a\\"" <sip:b@h>');
    const tag = fc.constantFrom('', ';tag=x', ' ; tag = x', ';x="y";TAG=z', '\r\n ;tag=x', ';ta\r\n g=x');
    const order = fc.boolean();
    let looked = 0;
    fc.assert(
      fc.property(name, gap, value, tag, order, fc.constantFrom('INVITE', 'REGISTER'), (n, g, v, t, first, method) => {
        const line = `${n}${g}${v}${t}`;
        const lines = first ? [line, 'Subject: To: x'] : ['Subject: x\r\n To: <sip:c@h>', line];
        const octets = request(method, ...lines);
        const parsed = parseMessage(octets);
        if (!looksNew(octets)) return;
        looked++;
        expect(parsed.ok && parsed.value.toTag).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
    expect(looked).toBeGreaterThan(100);
  });
});
