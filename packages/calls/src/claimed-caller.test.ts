import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asksToHide, claimedCallerOf, hidesCaller, preferredNumbersOf, privacyOf } from './claimed-caller.ts';
import { diversionsIn } from './diversions.ts';
import { trunkInvite as invite } from './testing/trunk-invite.ts';
import { calledNumberOf } from './trunk-request.ts';

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
    expect(claimedCallerOf(invite({ from, headers }), { source: 'trusted-trunk' })).toEqual(caller);
  });
});

const ASSERTED = 'P-Asserted-Identity: "Boss" <sip:+74951234567@itsp>';
const REMOTE = 'Remote-Party-ID: "Old PBX" <sip:+78121234567@pbx>;party=calling;screen=yes;privacy=off';
const FROM = '"Ivan" <sip:+79161112233@itsp>';
const IVAN = { number: '+79161112233', name: 'Ivan' };

describe('whose word counts', () => {
  test.each([
    ['RFC 3325 §5: who is asserted by a trunk that is not trusted is who From says', 'trunk', [ASSERTED, REMOTE], IVAN],
    [
      'RFC 3325 §5: by one that is, who is asserted',
      'trusted-trunk',
      [REMOTE, ASSERTED],
      { number: '+74951234567', name: 'Boss' },
    ],
    [
      'Remote-Party-ID where nothing else is asserted',
      'trusted-trunk',
      [REMOTE],
      { number: '+78121234567', name: 'Old PBX' },
    ],
    ['who is called is not who calls', 'trusted-trunk', [REMOTE.replace('calling', 'called')], IVAN],
    ['what a trunk prefers is not what it asserts', 'trusted-trunk', [ASSERTED.replace('Asserted', 'Preferred')], IVAN],
    [
      'RFC 3325 §9.2: a PBX says what it prefers',
      'pbx',
      [ASSERTED, 'P-Preferred-Identity: <sip:+74957654321@pbx>'],
      { number: '+74957654321', name: 'Boss' },
    ],
    [
      'RFC 3325 §9.1: a sip address that is a name, and a telephone number',
      'trusted-trunk',
      ['P-Asserted-Identity: "Boss" <sip:boss@itsp>, <tel:+7-495-123-45-67>'],
      { number: '+74951234567', name: 'Boss' },
    ],
    [
      'RFC 5876 §4.5: a second one of a scheme does not count',
      'trusted-trunk',
      [ASSERTED, 'P-Asserted-Identity: <sip:+70000000000@itsp>'],
      { number: '+74951234567', name: 'Boss' },
    ],
  ] as const)('%s', (_, source, headers, caller) => {
    expect(claimedCallerOf(invite({ from: FROM, headers }), { source })).toEqual(caller);
  });

  test.each(['trunk', 'trusted-trunk'] as const)('RFC 3323 §4.2: who hides is hidden whoever says it: %s', (source) => {
    const hides = [
      'Privacy: id',
      'Privacy: ID;critical',
      'Privacy: user',
      'Privacy: header;session',
      'Remote-Party-ID: <sip:+78121234567@pbx>;party=calling;privacy=full',
      'Remote-Party-ID: <sip:+78121234567@pbx>;privacy=uri',
    ];
    for (const header of hides) {
      expect(claimedCallerOf(invite({ from: FROM, headers: [header, ASSERTED] }), { source }), header).toEqual({});
    }
  });

  test('RFC 3323 §4.2: none says that who is asserted may be shown, though From names nobody', () => {
    const headers = [ASSERTED, 'Privacy: none'];
    const hidden = invite({ from: '"Anonymous" <sip:anonymous@anonymous.invalid>', headers });
    expect(claimedCallerOf(hidden, { source: 'trusted-trunk' })).toEqual({ number: '+74951234567', name: 'Boss' });
    expect(claimedCallerOf(hidden, { source: 'trunk' })).toEqual({});
  });

  test('RFC 3323 §4.2: a PBX that hides says all the same whose call it is', () => {
    const hidden = invite({ from: '<sip:anonymous@anonymous.invalid>', headers: [ASSERTED, 'Privacy: id'] });
    expect(claimedCallerOf(hidden, { source: 'pbx' })).toEqual({ number: '+74951234567', name: 'Boss' });
    expect(hidesCaller(hidden)).toBe(true);
    const old = invite({ from: FROM, headers: [REMOTE.replace('privacy=off', 'privacy=full')] });
    expect(hidesCaller(old)).toBe(true);
    expect(hidesCaller(invite({ from: FROM, headers: [REMOTE] }))).toBe(false);
    expect(claimedCallerOf(invite({ from: '<sip:anonymous@anonymous.invalid>' }), { source: 'pbx' })).toEqual({});
  });

  test('a name alone may be hidden', () => {
    const headers = [REMOTE.replace('privacy=off', 'privacy=name')];
    expect(claimedCallerOf(invite({ from: FROM, headers }), { source: 'trusted-trunk' })).toEqual({
      number: '+78121234567',
    });
    expect(claimedCallerOf(invite({ from: FROM, headers }), { source: 'trunk' })).toEqual({ number: '+79161112233' });
  });

  test('the session alone is kept from others by any call through here', () => {
    const privacy = privacyOf(invite({ headers: ['Privacy: session'] }));
    expect(asksToHide(privacy)).toBe(false);
  });

  test('RFC 3325 §9.2: the numbers that a phone prefers', () => {
    const headers = [
      'P-Preferred-Identity: <sip:84951234567@h>, <tel:+74957654321>',
      'P-Asserted-Identity: <tel:+79990000000>',
    ];
    expect(preferredNumbersOf(invite({ headers }))).toEqual(['+74951234567', '+74957654321']);
    expect(preferredNumbersOf(invite({ headers: ['P-Preferred-Identity: <sip:boss@h>'] }))).toEqual([]);
  });
});

describe('how the call was sent on before', () => {
  test('RFC 5806 §9.1: the last diversion stands first, and is the last here', () => {
    const headers = [
      'Diversion: <sip:84957654321@h>;reason=no-answer, <tel:+74951234567>;reason=unconditional;counter=2',
    ];
    expect(diversionsIn(invite({ headers }))).toEqual([
      { number: '+74951234567', reason: 'unconditional', count: 2 },
      { number: '+74957654321', reason: 'no-answer', count: 1 },
    ]);
  });

  test('RFC 7044 §5: who stands before an entry with a cause diverted the call, by mp or by its place', () => {
    const headers = [
      'History-Info: <sip:+74957654321@h;cause=302>;index=1.2;mp=1, <sip:+79160000000@h;cause=486>;index=1.2.1',
      'History-Info: <sip:84951234567@h?Reason=SIP%3Bcause%3D302>;index=1, <sip:+7@h>;index=1.1',
    ];
    expect(diversionsIn(invite({ headers }))).toEqual([
      { number: '+74951234567', reason: 'unconditional', count: 1 },
      { number: '+74957654321', reason: 'user-busy', count: 1 },
    ]);
  });

  test('of both the one that tells more is read; who is private is known and not shown', () => {
    const headers = [
      'Diversion: <sip:+74951234567@h>;reason=away;privacy=full',
      'History-Info: <sip:+70000000001@h>;index=1',
    ];
    expect(diversionsIn(invite({ headers }))).toEqual([
      { number: '+74951234567', reason: 'away', count: 1, isPrivate: true },
    ]);
  });

  test('of many the first is kept, and the latest; the first stands for what is left out', () => {
    const values = Array.from(
      { length: 20 },
      (_, i) => `<sip:+7495000000${i % 10}@h>;reason=no-answer;counter=${1 + i}`,
    );
    const kept = diversionsIn(invite({ headers: values.map((value) => `Diversion: ${value}`) }));
    expect(kept).toHaveLength(5);
    expect(kept[0]).toMatchObject({ number: '+74950000009', count: 100 });
    expect(kept[4]).toMatchObject({ number: '+74950000000', count: 1 });
  });
});

const ALL = ['request-uri', 'to', 'diversion', 'history-info', 'p-called-party-id'] as const;

test('whatever stands there, it is read', () => {
  const text = fc.stringMatching(/^[ -~]{0,60}$/);
  fc.assert(
    fc.property(text, text, text, fc.constantFrom('trunk', 'trusted-trunk', 'pbx'), (one, two, three, source) => {
      const headers = ['Diversion', 'History-Info'].map((name) => `${name}: ${one}`);
      const who = ['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID'].map((name) => `${name}: ${two}`);
      const request = invite({ headers: [...headers, ...who, `Privacy: ${three}`] });
      const { number, raw = '', name = '' } = claimedCallerOf(request, { source });
      expect(number ?? '').toMatch(/^[+0-9*#]*$/);
      expect(raw.length).toBeLessThanOrEqual(64);
      expect(name.length).toBeLessThanOrEqual(128);
      expect(calledNumberOf(request, ALL, () => false) ?? '').toMatch(/^[+0-9*#\s().\u00a0-]*$/);
      for (const each of diversionsIn(request)) expect(each.number).toMatch(/^[+0-9*#]*$/);
      expect(preferredNumbersOf(request).join('')).toMatch(/^[+0-9*#]*$/);
    }),
    { numRuns: 1_000 },
  );
});

test('a display name of thousands of characters is cut, and a number of as many is none', () => {
  const long = 'я'.repeat(3_000);
  const named = invite({ from: `"${long}" <sip:${'9'.repeat(1_000)}@itsp>` });
  const { number, raw, name } = claimedCallerOf(named, { source: 'trunk' });
  expect(number).toBeUndefined();
  expect(raw).toBe('9'.repeat(64));
  expect(name).toBe(long.slice(0, 128));
});
