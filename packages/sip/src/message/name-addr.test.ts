import { expect, test } from 'vitest';
import { MALFORMED_EXPIRES, parseContact } from './contact.ts';
import { parseList } from './lists.ts';
import { NameAddr, parseNameAddr, readNameAddr } from './name-addr.ts';
import { SipUri } from './sip-uri.ts';

function addressOf(text: string): NameAddr {
  const parsed = parseNameAddr(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.code}`);
  return parsed.value;
}

test.each([
  ['<sip:a@h>', undefined, 'sip:a@h', ''],
  ['"Anna \\"A\\" <x>" <sip:a@h;lr>;tag=1', 'Anna "A" <x>', 'sip:a@h;lr', ';tag=1'],
  ['Anna  Lee <sip:a@h>', 'Anna  Lee', 'sip:a@h', ''],
  ['Anna<sip:a@h> ; tag = 1', 'Anna', 'sip:a@h', ';tag=1'],
  ['"" <sip:a@h>', undefined, 'sip:a@h', ''],
  ['sip:a@h;tag=1', undefined, 'sip:a@h', ';tag=1'],
  [' sip:a@h ;tag=1', undefined, 'sip:a@h', ';tag=1'],
  ['tel:+7495;tag=1', undefined, 'tel:+7495', ';tag=1'],
  ['<http://office.example/a?b=c>;x', undefined, 'http://office.example/a?b=c', ';x'],
])('%s', (text, displayName, uri, params) => {
  const address = addressOf(text);
  expect(address.displayName).toBe(displayName);
  expect(address.uri.toString()).toBe(uri);
  expect(address.params.toString()).toBe(params);
  expect(addressOf(address.toString())).toEqual(address);
});

test.each([
  ['', 'bad-scheme'],
  ['Anna', 'bad-scheme'],
  ['Anna, Lee <sip:a@h>', 'bad-scheme'],
  ['"Anna <sip:a@h>', 'unterminated-quote'],
  ['"Anna" sip:a@h', 'no-angle-bracket'],
  ['<sip:a@h', 'bad-uri'],
  ['< sip:a@h>', 'bad-scheme'],
  ['<sip:a@h >', 'bad-uri'],
  ['<sip:a@h> tag=1', 'trailing-text'],
  ['<sip:a@h>;tag=1;tag=2', 'repeated-param'],
  ['sip:a@h?Subject=x', 'needs-angle-brackets'],
  ['sip:a@h x', 'trailing-text'],
  ['<sip:a@h>, <sip:b@h>', 'trailing-text'],
  ['<sip:a@h, sip:5060>', 'bad-uri'],
])('%j is %s', (text, code) => {
  expect(parseNameAddr(text)).toMatchObject({ ok: false, error: { code } });
});

test('RFC 3261 §25.1: a display name is Unicode for people and quoted octets on the wire', () => {
  const address = NameAddr.of({ displayName: 'Анна "А" \\', uri: SipUri.of({ user: 'anna', host: 'h' }) });
  expect(address.toString()).toBe(`${Buffer.from('"Анна \\"А\\" \\\\"').toString('latin1')} <sip:anna@h>`);
  expect(addressOf(address.toString()).displayName).toBe('Анна "А" \\');
});

test('control characters of a display name do not reach the wire', () => {
  const uri = SipUri.of({ host: 'h' });
  expect(NameAddr.of({ displayName: 'a\r\nVia: x\0\x7f', uri }).toString()).toBe('"aVia: x" <sip:h>');
});

test('an unquoted name that should have been quoted is quoted when passed on (RFC 4475 §3.1.2.15)', () => {
  expect(addressOf('Anna (A) <sip:a@h>').toString()).toBe('"Anna (A)" <sip:a@h>');
  expect(addressOf('Anna A. <sip:a@h>').toString()).toBe('Anna A. <sip:a@h>');
});

test('RFC 3261 §19.3: an empty tag is none', () => {
  expect(addressOf('<sip:a@h>;tag=').tag).toBeUndefined();
  expect(addressOf('<sip:a@h>;Tag=x').tag).toBe('x');
});

test('parts are replaced, the rest stays as written', () => {
  const address = addressOf('"A \\B" <sip:a@h>;tag=1;x="y z"');
  expect(address.with({ params: address.params.with('tag', '2') }).toString()).toBe('"A \\B" <sip:a@h>;tag=2;x="y z"');
  expect(address.with({ displayName: undefined }).toString()).toBe('<sip:a@h>;tag=1;x="y z"');
});

test('a list of addresses; an empty element is a fault', () => {
  const parsed = parseList('<sip:a,b@h;lr>, "x, y" <sip:c@h> ,sip:d@h', readNameAddr);
  expect(parsed.ok && parsed.value.map(({ uri }) => uri.toString())).toEqual(['sip:a,b@h;lr', 'sip:c@h', 'sip:d@h']);
  expect(parseList('<sip:a@h>,, <sip:b@h>', readNameAddr).ok).toBe(false);
  expect(parseList('<sip:a@h>,', readNameAddr).ok).toBe(false);
});

test('what a Contact says of a binding (RFC 3261 §20.10, RFC 5626 §9.1)', () => {
  const parsed = parseContact('<sip:a@h>;q=0.75;expires=300;+sip.instance="<urn:uuid:1>";reg-id=2');
  if (!parsed.ok) throw new Error(parsed.error.code);
  expect(parsed.value).toMatchObject({ q: 0.75, expires: 300, instance: 'urn:uuid:1', regId: 2 });
  expect(parsed.value.with({ displayName: 'A' })).toMatchObject({ q: 0.75, displayName: 'A' });
});

test.each([
  [';expires=soon', MALFORMED_EXPIRES],
  [';expires=99999999999', 0xffff_ffff],
  ['', undefined],
])('a Contact with %j expires in %s', (params, expires) => {
  const parsed = parseContact(`<sip:a@h>${params}`);
  expect(parsed.ok && parsed.value.expires).toBe(expires);
});

test.each(['2', '1.1', '0.1234', '-1', 'x', '.5'])('q=%s is no preference', (q) => {
  const parsed = parseContact(`<sip:a@h>;q=${q}`);
  expect(parsed.ok && parsed.value.q).toBeUndefined();
});

test('of two addresses in one pair of brackets the first is meant', () => {
  const parsed = parseContact('<sip:a@192.0.2.1, sip:5060>;q=1');
  expect(parsed.ok && parsed.value.toString()).toBe('<sip:a@192.0.2.1>;q=1');
});
