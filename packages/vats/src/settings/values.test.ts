import { expect, test } from 'vitest';
import { advertised, cidr, endpointText, ipAddress, listenUrl, origin, portRange, rate, storeUrl } from './values.ts';

const at = (transport: string, address: string, port: number) => ({ transport, endpoint: { address, port } });

const READ = [
  [listenUrl, 'udp://127.0.0.1:5060', at('udp', '127.0.0.1', 5060)],
  [listenUrl, 'tcp://[::1]:5070', at('tcp', '::1', 5070)],
  [listenUrl, 'UDP://0.0.0.0', at('udp', '0.0.0.0', 5060)],
  [listenUrl, 'udp://[2001:db8::1]', at('udp', '2001:db8::1', 5060)],
  [listenUrl, 'udp://127.0.0.1:0', at('udp', '127.0.0.1', 0)],
  [listenUrl, 'tls://127.0.0.1', at('tls', '127.0.0.1', 5061)],
  [listenUrl, 'WSS://[::1]', at('wss', '::1', 443)],
  [origin, 'https://Phone.example.com:443/', 'https://phone.example.com'],
  [origin, 'http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
  [endpointText, '127.0.0.1:8080', { address: '127.0.0.1', port: 8080 }],
  [endpointText, '[::]:80', { address: '::', port: 80 }],
  [advertised, '203.0.113.10', { host: '203.0.113.10' }],
  [advertised, 'sip.example.com:5080', { host: 'sip.example.com', port: 5080 }],
  [advertised, '[2001:db8::1]:5080', { host: '2001:db8::1', port: 5080 }],
  [advertised, '2001:db8::1', { host: '2001:db8::1' }],
  [cidr, '10.0.0.0/8', { address: '10.0.0.0', prefix: 8 }],
  [cidr, '::1', { address: '::1', prefix: 128 }],
  [cidr, '192.0.2.1', { address: '192.0.2.1', prefix: 32 }],
  [portRange, '20000-29999', { from: 20_000, to: 29_999 }],
  [portRange, '1024-1027', { from: 1_024, to: 1_027 }],
  [rate, '200/s', 200],
  [rate, '90/m', 1.5],
  [rate, '36/h', 0.01],
] as const;

test.each(READ)('%#: %s is read, and written back to be read the same', (schema, text, value) => {
  expect(schema.decode(text)).toEqual(value);
  expect(schema.decode(schema.encode(value as never))).toEqual(value);
});

test.each([
  [
    listenUrl,
    [
      '127.0.0.1:5060',
      'udp://localhost:5060',
      'udp://127.0.0.1:65536',
      'udp://',
      'http://127.0.0.1:80',
      'udp:127.0.0.1',
      'udp://::1:5060',
    ],
  ],
  [listenUrl, ['sctp://127.0.0.1:5061', 'https://127.0.0.1:443', 'wss://phone.example:443']],
  [origin, ['phone.example.com', 'https://', 'https://a/b', 'https://a@b', 'ftp://a', 'null', '*']],
  [endpointText, ['8080', 'localhost:8080', '127.0.0.1', '127.0.0.1:', '::1:80']],
  [advertised, ['', 'a b', 'a:0', 'a:65536', '[a]:5060', '2001:db8::1]:5060']],
  [ipAddress, ['', 'eth0', '10.0.0.0/8', '[::1]', '300.1.1.1']],
  [cidr, ['', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '10.0.0.0/8/8', '::/129', 'a/8']],
  [portRange, ['20000', '29999-20000', '80-1024', '65000-65536', '20000-20002', '20000 - 29999', 'a-b']],
  [rate, ['200', '200/d', '0/s', '-1/s', '1.5/s', '/s']],
  [storeUrl, ['', 'data/vats.db', 'postgres://u:p@h/d', 'postgresql://h/d', 'mysql://h/d', 'sqlite:', 'sqlite: ']],
])('%#: other text is refused', (schema, texts) => {
  for (const text of texts) expect(schema.safeParse(text).success, text).toBe(false);
});

test('a URL with a password in it is never repeated', () => {
  const refused = storeUrl.safeParse('postgres://admin:hunter2@db/vats');
  expect(JSON.stringify(refused.error?.issues)).not.toContain('hunter2');
});
