import { describe, expect, test } from 'vitest';
import { LIMITS } from './limits.ts';
import { SipUri } from './sip-uri.ts';
import { TelUri } from './tel-uri.ts';
import { formatUri, parseUri, type Uri } from './uri.ts';
import { UnsafeValue } from './wire-text.ts';

function uriOf(text: string): Uri {
  const parsed = parseUri(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.code}`);
  return parsed.value;
}

function sipUriOf(text: string): SipUri {
  const uri = uriOf(text);
  if (uri.kind !== 'sip') throw new Error(text);
  return uri;
}

describe('SIP URIs (RFC 3261 §19.1)', () => {
  test('all parts', () => {
    const uri = sipUriOf('SIPS:al%69ce:p%3Aw@office.example:5061;transport=tcp;lr?Subject=a%20b&Priority=urgent');
    expect(uri).toMatchObject({ scheme: 'sips', user: 'alice', userText: 'al%69ce', password: 'p:w' });
    expect(uri).toMatchObject({ host: 'office.example', port: 5061 });
    expect(uri.params.get('Transport')).toBe('tcp');
    expect(uri.params.has('lr')).toBe(true);
    expect(uri.headers).toEqual([
      ['Subject', 'a b'],
      ['Priority', 'urgent'],
    ]);
  });

  test.each([
    ['sip:alice@atlanta.example', { user: 'alice', host: 'atlanta.example' }],
    ['sip:alice:secret@atlanta.example;transport=tcp', { user: 'alice', password: 'secret' }],
    ['sips:alice@atlanta.example?subject=project%20x&priority=urgent', { scheme: 'sips' }],
    ['sip:+1-212-555-1212:1234@gateway.example;user=phone', { user: '+1-212-555-1212', password: '1234' }],
    ['sip:alice@192.0.2.4', { host: '192.0.2.4' }],
    ['sip:atlanta.example;method=REGISTER?to=alice%40atlanta.example', { headers: [['to', 'alice@atlanta.example']] }],
    ['sip:alice;day=tuesday@atlanta.example', { user: 'alice;day=tuesday' }],
  ])('RFC 3261 §19.1.3: %s', (text, parts) => {
    expect(sipUriOf(text)).toMatchObject(parts);
    expect(formatUri(uriOf(text))).toBe(text);
  });

  test.each([
    'sip:office.example',
    'sip:201@[2001:db8::1]:5070;maddr=[2001:db8::2]',
    'sip:+74951234567;phone-context=x@gw.example;user=phone',
    'sip:al%69ce:p%3Aw@office.example:5061;transport=tcp;l%72?Subject=a%20b&Priority=urgent',
    'sip:a@h?x=',
    'sips:*43%23@office.example',
    'sip:#31#201@office.example',
    'sip:%00@office.example',
    'mailto:alice@office.example?subject=x',
    'urn:service:sos',
    'isbn:2983792873',
  ])('%s is written as it was read', (text) => {
    expect(formatUri(uriOf(text))).toBe(text);
  });

  test.each(['tel:+7-495-123-45-67;ext=12', 'tel:201;phone-context=office.example'])('RFC 3966 §3: %s', (text) => {
    expect(uriOf(text).kind).toBe('tel');
    expect(formatUri(uriOf(text))).toBe(text);
  });

  test('escapes are undone once (RFC 4475 §3.1.1.3)', () => {
    const uri = sipUriOf('sip:sips%3Auser%40example.com@example.net;n%61me=v%61lue%25%34%31');
    expect(uri.user).toBe('sips:user@example.com');
    expect(uri.params.get('name')).toBe('value%41');
  });

  test.each([
    ['', 'bad-scheme'],
    ['sip', 'bad-scheme'],
    [':a', 'bad-scheme'],
    ['s%70:a@b', 'bad-scheme'],
    ['sip:', 'bad-host'],
    ['sip:@host', 'bad-user'],
    ['sip:a:b:c@h', 'bad-user'],
    ['sip:a\\b@h', 'bad-user'],
    ['sip:a@', 'bad-host'],
    ['sip:a@b@c', 'trailing-text'],
    ['sip:a@[::1', 'bad-host'],
    ['sip:a@[fe80::1%25eth0]', 'bad-host'],
    ['sip:a@[192.0.2.1]', 'bad-host'],
    ['sip:a@::1', 'bad-host'],
    ['sip:a@h:', 'bad-port'],
    ['sip:a@h:0', 'bad-port'],
    ['sip:a@h:65536', 'bad-port'],
    ['sip:a@h:99999999999999999999', 'bad-port'],
    ['sip:a@h;', 'bad-param'],
    ['sip:a@h;=x', 'bad-param'],
    ['sip:a@h;x=', 'bad-param'],
    ['sip:a@h;x=1;X=2', 'repeated-param'],
    ['sip:a@h;x=%4', 'bad-escape'],
    ['sip:a%zz@h', 'bad-escape'],
    ['sip:a@h?x', 'bad-uri'],
    ['sip:a@h?=x', 'bad-uri'],
    ['sip:a b@h', 'trailing-text'],
    ['sip:a@h x', 'trailing-text'],
    ['tel:', 'bad-uri'],
    ['tel:+', 'bad-uri'],
    ['tel:hello', 'bad-uri'],
    ['http:', 'bad-uri'],
    ['1http:x', 'bad-scheme'],
    [`sip:a@h${Array.from({ length: LIMITS.paramsPerValue + 1 }, (_, n) => `;p${n}`).join('')}`, 'too-many'],
    [`sip:a@h?${Array.from({ length: LIMITS.headersPerUri + 1 }, (_, n) => `h${n}=1`).join('&')}`, 'too-many'],
  ])('%j is %s', (text, code) => {
    expect(parseUri(text)).toMatchObject({ ok: false, error: { code } });
  });

  test('RFC 3261 §19.1.2: a URI made of plain parts escapes what must be', () => {
    const uri = SipUri.of({ user: 'a b@c;d', password: 'x:y', host: '::1', port: 5060, params: { lr: '', x: 'ä=' } });
    expect(uri.toString()).toBe('sip:a%20b%40c;d:x%3Ay@[::1]:5060;lr;x=%E4%3D');
    expect(sipUriOf(uri.toString()).user).toBe('a b@c;d');
    expect(SipUri.of({ user: '*43#', host: 'h' }).toString()).toBe('sip:*43%23@h');
  });

  test('some parts replaced, the rest as it was', () => {
    const uri = sipUriOf('sip:al%69ce@office.example;x=%41?Subject=%41');
    expect(uri.with({ host: '192.0.2.1', port: 5070 }).toString()).toBe('sip:al%69ce@192.0.2.1:5070;x=%41?Subject=%41');
    expect(uri.with({ user: undefined, headers: [] }).toString()).toBe('sip:office.example;x=%41');
  });

  test('parts that would make another URI are refused', () => {
    expect(() => SipUri.of({ host: 'h>;x' })).toThrow(UnsafeValue);
    expect(() => SipUri.of({ host: '[::1]' })).toThrow(UnsafeValue);
    expect(() => SipUri.of({ host: '' })).toThrow(UnsafeValue);
    expect(() => SipUri.of({ host: 'h', port: 0 })).toThrow(UnsafeValue);
    expect(() => SipUri.of({ host: 'h', port: 1.5 })).toThrow(UnsafeValue);
    expect(() => TelUri.of('+7 495')).toThrow(UnsafeValue);
    expect(() => TelUri.of('+')).toThrow(UnsafeValue);
  });
});

test('the digits of a telephone number leave its separators out (RFC 3966 §5.1.1)', () => {
  const uri = uriOf('tel:+7(495)123-45.67;ext=1-2');
  expect(uri.kind === 'tel' && uri.digits).toBe('+74951234567');
  expect(TelUri.of('112', { 'phone-context': '+7' }).toString()).toBe('tel:112;phone-context=+7');
});
