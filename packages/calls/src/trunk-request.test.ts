import { parseMessage, type SipRequest } from '@vats/sip';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calledNumberOf, claimedCallerOf, DEFAULT_PLACES, type NumberPlace } from './trunk-request.ts';

const ALL: readonly NumberPlace[] = ['request-uri', 'to', 'diversion', 'p-called-party-id'];
const own = (number: string): boolean => number === '+74951234567' || number === '*100';

function invite(changes: {
  readonly uri?: string;
  readonly to?: string;
  readonly from?: string;
  readonly headers?: readonly string[];
}): SipRequest {
  const {
    uri = 'sip:s@198.51.100.1',
    to = '<sip:s@198.51.100.1>',
    from = '<sip:+79161112233@itsp>',
    headers = [],
  } = changes;
  const text = [
    `INVITE ${uri} SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.70;branch=z9hG4bKx',
    `From: ${from};tag=f`,
    `To: ${to}`,
    'Call-ID: c',
    'CSeq: 1 INVITE',
    'Contact: <sip:itsp@192.0.2.70>',
    'Max-Forwards: 70',
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  const parsed = parseMessage(Buffer.from(text));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error(`no INVITE: ${text}`);
  return parsed.value;
}

describe('the number that was called', () => {
  test.each([
    ['in the Request-URI', { uri: 'sip:84951234567@h' }, '84951234567'],
    ['in a tel Request-URI', { uri: 'tel:+7-495-123-45-67' }, '+74951234567'],
    ['with parameters of its own', { uri: 'sip:+74951234567;npdi;rn=+7000@h;user=phone' }, '+74951234567'],
    ['escaped', { uri: 'sip:%2B74951234567@h' }, '+74951234567'],
    [
      'in To, while the Request-URI holds our Contact user',
      { uri: 'sip:4a8f2c@h', to: '<sip:74951234567@h>' },
      '74951234567',
    ],
    [
      'in To, while the Request-URI holds another number',
      { uri: 'sip:89990000000@h', to: '"Q" <sip:74951234567@h>' },
      '74951234567',
    ],
    ['in Diversion', { headers: ['Diversion: <sip:+74951234567@h>;reason=unconditional'] }, '+74951234567'],
    [
      'in the second Diversion',
      { headers: ['Diversion: <sip:1@h>, <sip:+74951234567@h>;reason=no-answer'] },
      '+74951234567',
    ],
    ['in P-Called-Party-ID', { headers: ['P-Called-Party-ID: <sip:84951234567@h>'] }, '84951234567'],
    ['a short code', { uri: 'sip:*100@h' }, '*100'],
    [
      'none of the domain’s, so the first there is',
      { uri: 'sip:89990000000@h', to: '<sip:89990000001@h>' },
      '89990000000',
    ],
    ['no number anywhere', {}, undefined],
    [
      'letters, unicode digits, 200 digits',
      { uri: `sip:${'1'.repeat(200)}@h`, to: '<sip:office@h>', headers: ['Diversion: <sip:%D9%A2%D9%A0@h>'] },
      undefined,
    ],
    [
      'a header that cannot be read',
      { headers: ['Diversion: <<>>', 'P-Called-Party-ID: <sip:84951234567@h>'] },
      '84951234567',
    ],
  ] as const)('%s', (_, changes, number) => {
    expect(calledNumberOf(invite(changes), ALL, own)).toBe(number);
  });

  test('is looked for where it is said, in the order that is said', () => {
    const request = invite({ uri: 'sip:*100@h', headers: ['Diversion: <sip:84951234567@h>'] });
    expect(calledNumberOf(request, ['diversion', 'request-uri'], own)).toBe('84951234567');
    expect(calledNumberOf(request, DEFAULT_PLACES, own)).toBe('*100');
  });
});

describe('who calls', () => {
  test.each([
    ['+79161112233', '"Ivan" <sip:+79161112233@itsp>', [], { number: '+79161112233', name: 'Ivan' }],
    ['a national number', '<sip:89161112233@itsp>', [], { number: '+79161112233', raw: '89161112233' }],
    ['a short number', '<sip:2001@itsp>', [], { number: '2001' }],
    [
      'a name that is the number',
      '"89161112233" <sip:89161112233@itsp>',
      [],
      { number: '+79161112233', raw: '89161112233' },
    ],
    ['no number at all', '<sip:skype.ivan@itsp>', [], { raw: 'skype.ivan' }],
    [
      'who is asserted',
      '<sip:2001@itsp>',
      ['P-Asserted-Identity: "Office" <sip:+79161112233@itsp>, <tel:+7916>'],
      { number: '+79161112233', name: 'Office' },
    ],
    [
      'who is asserted by tel',
      '<sip:2001@itsp>',
      ['P-Asserted-Identity: <tel:+79161112233>'],
      { number: '+79161112233' },
    ],
    ['an asserted nobody', '<sip:2001@itsp>', ['P-Asserted-Identity: <sip:unknown@itsp>'], { number: '2001' }],
    ['anonymous', '"Anonymous" <sip:anonymous@anonymous.invalid>', [], {}],
    ['anonymous of our host', '<sip:Anonymous@198.51.100.1>', ['P-Asserted-Identity: <sip:+79161112233@itsp>'], {}],
    ['any user at anonymous.invalid', '<sip:79161112233@anonymous.invalid>', [], {}],
    ['unknown', '<sip:unknown@itsp>', [], {}],
    ['no user', '<sip:itsp>', [], {}],
    ['Privacy: id', '"Ivan" <sip:+79161112233@itsp>', ['Privacy: id'], {}],
    ['Privacy: user;critical', '<sip:+79161112233@itsp>', ['Privacy: user;critical'], {}],
    ['Privacy: none', '<sip:+79161112233@itsp>', ['Privacy: none'], { number: '+79161112233' }],
  ] as const)('%s', (_, from, headers, caller) => {
    expect(claimedCallerOf(invite({ from, headers }), { trusted: true })).toEqual(caller);
  });

  test('who is asserted by somebody who is not trusted is not believed', () => {
    const request = invite({ headers: ['P-Asserted-Identity: <sip:+74951234567@itsp>'] });
    expect(claimedCallerOf(request, { trusted: false })).toEqual({ number: '+79161112233' });
  });
});

test('whatever stands there, it is read', () => {
  const text = fc.stringMatching(/^[ -~]{0,60}$/);
  fc.assert(
    fc.property(text, text, text, (one, two, three) => {
      const request = invite({ headers: [`Diversion: ${one}`, `P-Asserted-Identity: ${two}`, `Privacy: ${three}`] });
      const { number, raw = '', name = '' } = claimedCallerOf(request, { trusted: true });
      expect(number ?? '').toMatch(/^[+0-9*#]*$/);
      expect(raw.length).toBeLessThanOrEqual(64);
      expect(name.length).toBeLessThanOrEqual(128);
      expect(calledNumberOf(request, ALL, own) ?? '').toMatch(/^[+0-9*#\s().\u00a0-]*$/);
    }),
    { numRuns: 500 },
  );
});

test('ten digits from an operator are a Russian number without its prefix', () => {
  const ten = invite({ uri: 'sip:4951234567@h', from: '<sip:9161234567@itsp>' });
  expect(calledNumberOf(ten, ['to', 'request-uri'], own)).toBe('4951234567');
  const both = invite({ uri: 'sip:89990000000@h', to: '<sip:4951234567@h>' });
  expect(calledNumberOf(both, DEFAULT_PLACES, own)).toBe('4951234567');
  expect(claimedCallerOf(ten, { trusted: true })).toEqual({ number: '+79161234567', raw: '9161234567' });
  expect(claimedCallerOf(ten, { trusted: false })).toEqual({ number: '9161234567' });
});
