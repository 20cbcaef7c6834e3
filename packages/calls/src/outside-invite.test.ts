import { expect, test } from 'vitest';
import { offeredTo, outsideAddresses, type ShownOutside, shownBy } from './outside-invite.ts';
import type { TrunkLine } from './parts.ts';

const LINE: TrunkLine = {
  domain: 'd',
  name: 'itsp',
  host: 'sip.itsp.example',
  target: () => undefined,
  lastResort: () => undefined,
  failed: () => {},
  worked: () => {},
  number: '74951234567',
  writes: '7',
};
const WAY = { trunk: 'itsp', send: '79161234567' };

const OWN = '+74957654321';
const shown = (callerId: string | undefined, more: Partial<ShownOutside> = {}): ShownOutside => ({
  callerId,
  anonymous: false,
  ...more,
});

test('the caller ID is written as the trunk wants it; without one the line’s own number is shown as it is', () => {
  const named = outsideAddresses(LINE, WAY, shown(OWN));
  expect(String(named.from)).toBe('<sip:74957654321@sip.itsp.example>');
  expect(named.requestUri).toBe('sip:79161234567@sip.itsp.example');
  expect(String(named.to)).toBe('<sip:79161234567@sip.itsp.example>');
  expect(named.headers).toEqual([['P-Asserted-Identity', '<sip:74957654321@sip.itsp.example>']]);
  expect(String(outsideAddresses(LINE, WAY, shown(undefined)).from)).toBe('<sip:74951234567@sip.itsp.example>');
  const { writes: _, ...plain } = LINE;
  expect(String(outsideAddresses(plain, WAY, shown(OWN)).from)).toBe('<sip:+74957654321@sip.itsp.example>');
});

test('who shows nothing and has nothing to show is anonymous, and nothing is asserted', () => {
  const { number: _, ...nameless } = LINE;
  const { from, headers } = outsideAddresses(nameless, WAY, shown(undefined));
  expect(String(from)).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>');
  expect(headers).toEqual([]);
});

test.each([
  [['p-preferred-identity'], false, [['P-Preferred-Identity', '<sip:74957654321@sip.itsp.example>']]],
  [
    ['remote-party-id'],
    false,
    [['Remote-Party-ID', '<sip:74957654321@sip.itsp.example>;party=calling;screen=yes;privacy=off']],
  ],
  [
    ['p-asserted-identity', 'remote-party-id'],
    true,
    [
      ['Privacy', 'id'],
      ['P-Asserted-Identity', '<sip:74957654321@sip.itsp.example>'],
      ['Remote-Party-ID', '<sip:74957654321@sip.itsp.example>;party=calling;screen=yes;privacy=full'],
    ],
  ],
  [[], false, []],
  [[], true, [['Privacy', 'id']]],
] as const)('RFC 3325 §9.1: a trunk that wants %j, anonymous %s, is told %j', (send, anonymous, headers) => {
  const line = { ...LINE, identity: { send } };
  const made = outsideAddresses(line, WAY, shown(OWN, { anonymous }));
  expect(made.headers).toEqual(headers);
  expect(String(made.from)).toBe(
    anonymous ? '"Anonymous" <sip:anonymous@anonymous.invalid>' : '<sip:74957654321@sip.itsp.example>',
  );
});

const DIVERTED = [
  { number: '+78121234567', reason: 'unconditional', count: 2 },
  { number: OWN, reason: 'no-answer', count: 1 },
] as const;

test('RFC 5806 §9.1: the last diversion stands first, in numbers as the trunk wants them', () => {
  const line: TrunkLine = { ...LINE, identity: { send: [], forwarded: ['diversion'] } };
  expect(outsideAddresses(line, WAY, shown(OWN, { diverted: DIVERTED })).headers).toEqual([
    ['Diversion', '<sip:74957654321@sip.itsp.example>;reason=no-answer;counter=1;privacy=off'],
    ['Diversion', '<sip:78121234567@sip.itsp.example>;reason=unconditional;counter=2;privacy=off'],
  ]);
});

test('RFC 7044 §5: History-Info says who was called first, and whom the call was sent on to', () => {
  const line: TrunkLine = { ...LINE, identity: { send: [], forwarded: ['history-info'] } };
  expect(outsideAddresses(line, WAY, shown(OWN, { diverted: DIVERTED })).headers).toEqual([
    ['History-Info', '<sip:78121234567@sip.itsp.example>;index=1'],
    ['History-Info', '<sip:74957654321@sip.itsp.example;cause=302>;index=1.1;mp=1'],
    ['History-Info', '<sip:79161234567@sip.itsp.example;cause=408>;index=1.1.1;mp=1.1'],
  ]);
});

test('a diversion that is private names nobody, and both headers say the same of it', () => {
  const line: TrunkLine = { ...LINE, identity: { send: [], forwarded: ['diversion', 'history-info'] } };
  const diverted = [{ number: OWN, reason: 'follow-me', count: 1, isPrivate: true }] as const;
  expect(outsideAddresses(line, WAY, shown(OWN, { diverted })).headers).toEqual([
    ['Diversion', '<sip:anonymous@anonymous.invalid>;reason=follow-me;counter=1;privacy=full'],
    ['History-Info', '<sip:anonymous@anonymous.invalid?Privacy=history>;index=1'],
    ['History-Info', '<sip:79161234567@sip.itsp.example;cause=404>;index=1.1;mp=1'],
  ]);
});

test('a trunk that wants no word of diversions gets none', () => {
  expect(outsideAddresses(LINE, WAY, shown(OWN, { diverted: DIVERTED })).headers.map(([name]) => name)).toEqual([
    'P-Asserted-Identity',
  ]);
});

test('whose call is sent on may stand in From, while we say that we send it', () => {
  const made = outsideAddresses(LINE, WAY, shown(OWN, { original: '+79031112233' }));
  expect(String(made.from)).toBe('<sip:79031112233@sip.itsp.example>');
  expect(made.headers).toEqual([['P-Asserted-Identity', '<sip:74957654321@sip.itsp.example>']]);
  const hidden = outsideAddresses(LINE, WAY, shown(OWN, { original: '' }));
  expect(String(hidden.from)).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>');
  expect(hidden.headers[0]).toEqual(['Privacy', 'id']);
});

test('what a trunk would show again is a number as we write it, and nothing of an anonymous call', () => {
  expect(shownBy(LINE, shown(OWN))).toBe('+74957654321');
  expect(shownBy(LINE, shown(undefined))).toBe('+74951234567');
  expect(shownBy(LINE, shown(OWN, { anonymous: true }))).toBe('');
  expect(shownBy(LINE, shown(OWN, { original: '89031112233' }))).toBe('+79031112233');
  expect(shownBy(LINE, shown(OWN, { original: '' }))).toBe('');
});

test.each([
  [{}, { keys: 'events' }],
  [
    { codecs: ['PCMA', 'PCMU'], dtmf: 'rfc4733' },
    { sound: ['pcma', 'pcmu'], keys: 'events' },
  ],
  [{ dtmf: 'info' }, { keys: 'info' }],
  [{ dtmf: 'inband' }, { keys: 'tones' }],
] as const)('a trunk with %j may be offered %j', (settings, offered) => {
  expect(offeredTo({ ...LINE, ...settings })).toEqual(offered);
});
