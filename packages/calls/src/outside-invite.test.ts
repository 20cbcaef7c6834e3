import { expect, test } from 'vitest';
import { offeredTo, outsideAddresses, shownBy } from './outside-invite.ts';
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

test('the caller ID is written as the trunk wants it; without one the line’s own number is shown as it is', () => {
  const named = outsideAddresses(LINE, WAY, '+74957654321');
  expect(String(named.from)).toBe('<sip:74957654321@sip.itsp.example>');
  expect(named.requestUri).toBe('sip:79161234567@sip.itsp.example');
  expect(String(named.to)).toBe('<sip:79161234567@sip.itsp.example>');
  expect(named.headers).toEqual([['P-Asserted-Identity', '<sip:74957654321@sip.itsp.example>']]);
  expect(String(outsideAddresses(LINE, WAY, undefined).from)).toBe('<sip:74951234567@sip.itsp.example>');
  const { writes: _, ...plain } = LINE;
  expect(String(outsideAddresses(plain, WAY, '+74957654321').from)).toBe('<sip:+74957654321@sip.itsp.example>');
});

test('who shows nothing and has nothing to show is anonymous, and nothing is asserted', () => {
  const { number: _, ...nameless } = LINE;
  const { from, headers } = outsideAddresses(nameless, WAY, undefined);
  expect(String(from)).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>');
  expect(headers).toEqual([]);
});

test('what a trunk would show again is a number as we write it, and nothing of an anonymous call', () => {
  expect(shownBy(LINE, WAY, '+74957654321')).toBe('+74957654321');
  expect(shownBy(LINE, WAY, undefined)).toBe('+74951234567');
  expect(shownBy(LINE, { ...WAY, anonymous: true }, '+74957654321')).toBe('');
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
