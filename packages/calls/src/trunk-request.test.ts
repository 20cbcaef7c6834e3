import { describe, expect, test } from 'vitest';
import { claimedCallerOf } from './claimed-caller.ts';
import { trunkInvite as invite } from './testing/trunk-invite.ts';
import { calledNumberOf, DEFAULT_PLACES, type NumberPlace } from './trunk-request.ts';

const ALL: readonly NumberPlace[] = ['request-uri', 'to', 'diversion', 'history-info', 'p-called-party-id'];
const own = (number: string): boolean => number === '+74951234567' || number === '*100';

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
    [
      'in History-Info',
      { headers: ['History-Info: <sip:84951234567@h>;index=1, <sip:line@h;cause=302>;index=1.1'] },
      '84951234567',
    ],
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

test('ten digits from an operator are a Russian number without its prefix', () => {
  const ten = invite({ uri: 'sip:4951234567@h', from: '<sip:9161234567@itsp>' });
  expect(calledNumberOf(ten, ['to', 'request-uri'], own)).toBe('4951234567');
  const both = invite({ uri: 'sip:89990000000@h', to: '<sip:4951234567@h>' });
  expect(calledNumberOf(both, DEFAULT_PLACES, own)).toBe('4951234567');
  expect(claimedCallerOf(ten, { source: 'trunk' })).toEqual({ number: '+79161234567', raw: '9161234567' });
});
