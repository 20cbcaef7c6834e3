import { expect, test } from 'vitest';
import { parseList } from './lists.ts';
import { parseVia, readVia, Via } from './via.ts';
import { UnsafeValue } from './wire-text.ts';

function viaOf(text: string): Via {
  const parsed = parseVia(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.code}`);
  return parsed.value;
}

test('all that a Via says (RFC 3261 §20.42)', () => {
  const via = viaOf(
    'SIP / 2.0 / udp  [2001:db8::9] : 5061 ;branch= z9hG4bKa;rport;maddr=[::1];received=192.0.2.1;ttl=3',
  );
  expect(via).toMatchObject({ protocol: 'SIP', version: '2.0', transport: 'UDP', host: '2001:db8::9', port: 5061 });
  expect(via).toMatchObject({ branch: 'z9hG4bKa', rport: 'asked', maddr: '::1', received: '192.0.2.1' });
  expect(via.toString()).toBe(
    'SIP/2.0/UDP [2001:db8::9]:5061;branch=z9hG4bKa;rport;maddr=[::1];received=192.0.2.1;ttl=3',
  );
});

test.each([
  ['rport=5070', 5070],
  ['rport', 'asked'],
  ['rport=0', undefined],
  ['rport=65536', undefined],
  ['rport=x', undefined],
  ['x', undefined],
])('%s means %s (RFC 3581 §3)', (param, rport) => {
  expect(viaOf(`SIP/2.0/UDP h;${param}`).rport).toBe(rport);
});

test.each(['received=2001:db8::1', 'received=[2001:db8::1]'])('%s is read either way (RFC 5118 §4.5)', (param) => {
  expect(viaOf(`SIP/2.0/UDP h;${param}`).received).toBe('2001:db8::1');
});

test('RFC 3261 §8.1.1.7: a branch tells its transaction only behind the magic cookie', () => {
  expect(viaOf('SIP/2.0/UDP h;branch=z9hG4bK1').hasMagicCookie).toBe(true);
  expect(viaOf('SIP/2.0/UDP h;branch=z9hG4bK').hasMagicCookie).toBe(false);
  expect(viaOf('SIP/2.0/UDP h;branch=1').hasMagicCookie).toBe(false);
  expect(viaOf('SIP/2.0/UDP h').hasMagicCookie).toBe(false);
});

test.each([
  '',
  'SIP',
  'SIP/2.0',
  'SIP/2.0/',
  'SIP/2.0/UDP',
  'SIP/2.0/UDP ',
  'SIP/2.0/UDP[::1]',
  'SIP/2.0/UDP h:x',
  'SIP/2.0/UDP h;;a',
  'SIP/2.0/UDP h h2',
  'SIP/2.0/UDP h,',
  'SIP 2.0/UDP h',
])('%j is no Via', (text) => {
  expect(parseVia(text).ok).toBe(false);
  expect(parseList(text, readVia).ok).toBe(false);
});

test('a Via of ours', () => {
  const via = Via.of({ transport: 'tcp', host: '::1', port: 5060, params: { branch: 'z9hG4bKa', rport: '' } });
  expect(via.toString()).toBe('SIP/2.0/TCP [::1]:5060;branch=z9hG4bKa;rport');
  expect(() => Via.of({ transport: 'T CP', host: 'h' })).toThrow(UnsafeValue);
  expect(() => Via.of({ transport: 'TCP', host: 'h;x' })).toThrow(UnsafeValue);
});
