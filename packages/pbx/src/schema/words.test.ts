import { expect, test } from 'vitest';
import { isProxyUri } from './trunk.ts';
import { extension, host, isHost, line, login, refName, secret, timezone } from './words.ts';

const table = [
  ['extension', extension, ['1', '201', '00000000'], ['', '2o1', '123456789', '*43', '٢٠١', ' 201']],
  [
    'login',
    login,
    ['anna', '201', 'user.11_a-b', 'A'],
    ['', 'a b', 'a@b', '-a', '.a', 'anna:', 'анна', 'a'.repeat(65)],
  ],
  ['name to refer to', refName, ['main', 'ночь', '8-800'], ['', 'a b', '-a', 'a/b', '../../etc/passwd']],
  ['line of text', line(10), ['Анна П.', 'x'], ['', '   ', 'a\nb', 'a\u0000b', 'x'.repeat(11)]],
  ['password', secret, ['x', 'пароль', 'a b"c'], ['', 'a\nb', 'x'.repeat(129)]],
  ['time zone', timezone, ['Europe/Moscow', 'Asia/Yekaterinburg', 'UTC'], ['', 'Moscow', '+03:00', 'Europe/Moskow']],
  [
    'host',
    host,
    ['acme.example', '192.0.2.1', '2001:db8::1', 'localhost'],
    ['', 'a b', 'a..b', '-a.b', '192.0.2.300', 'http://a', 'a/b', 'a:5060'],
  ],
] as const;

for (const [what, schema, good, bad] of table) {
  test.each(good)(`%j is a ${what}`, (text) => {
    expect(schema.safeParse(text).success).toBe(true);
  });
  test.each(bad)(`%j is no ${what}`, (text) => {
    expect(schema.safeParse(text).success).toBe(false);
  });
}

test('hosts are one in any case of letters', () => {
  expect(host.decode('ACME.Example')).toBe('acme.example');
  expect(isHost('ACME.Example')).toBe(true);
});

test.each(['sip:10.0.0.1', 'sip:itsp.example:5070', 'sip:[2001:db8::1]:5060', 'sips:itsp.example'])(
  '%s is a proxy',
  (uri) => {
    expect(isProxyUri(uri)).toBe(true);
  },
);

test.each([
  '10.0.0.1',
  'sip:',
  'sip:user@itsp.example',
  'sip:itsp.example:0',
  'sip:itsp.example:65536',
  'sip:2001:db8::1',
  'sip:a b',
  'tel:112',
  'sip:a;b',
])('%s is no proxy', (uri) => {
  expect(isProxyUri(uri)).toBe(false);
});
