import type { Endpoint } from '@vats/kernel';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { type Flow, parseMessage, type SipRequest } from '@vats/sip';
import { expect, test } from 'vitest';
import { Visitors } from './visitors.ts';

const PROXY: Endpoint = { address: '10.0.0.5', port: 5060 };
const OTHER: Endpoint = { address: '203.0.113.66', port: 5066 };

function visitors(proxies: Readonly<Record<string, string>> = { [PROXY.address]: 'X-Client-Address' }) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const known = new Visitors({ proxies, clock, log });
  const of = (from: Endpoint, lines: readonly string[], method = 'REGISTER') =>
    known.of(requestOf(method, lines), { observed: from, transport: 'udp' } as Flow);
  return { clock, log, known, of };
}

function requestOf(method: string, lines: readonly string[]): SipRequest {
  const head = [`${method} sip:acme.example SIP/2.0`, 'Via: SIP/2.0/UDP a;branch=z9hG4bKa', ...lines, '', ''];
  const parsed = parseMessage(Buffer.from(head.join('\r\n')));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  return parsed.value;
}

test('who comes directly is where he comes from, whatever he writes', () => {
  const { of } = visitors();
  for (const lines of [[], ['X-Client-Address: 192.0.2.1'], ['X-Client-Address: a', 'x-client-address : b']]) {
    expect(of(OTHER, lines)).toEqual({ ...OTHER, transport: 'udp', viaProxy: false });
  }
  expect(visitors({}).of(PROXY, ['X-Client-Address: 192.0.2.1'])).toEqual({
    ...PROXY,
    transport: 'udp',
    viaProxy: false,
  });
});

test.each([
  ['X-Client-Address: 192.0.2.1', '192.0.2.1'],
  ['x-client-address :   192.0.2.1  ', '192.0.2.1'],
  ['X-CLIENT-ADDRESS:\r\n\t192.0.2.1', '192.0.2.1'],
  ['X-Client-Address: 2001:db8::1', '2001:db8::1'],
  ['X-Client-Address: [2001:db8::1]', '2001:db8::1'],
  ['X-Client-Address: 192.0.2.1:5062', '192.0.2.1', 5062],
  ['X-Client-Address: [2001:db8::1]:5062', '2001:db8::1', 5062],
  ['X-Client-Address: 192.0.2.1:5062;transport=udp', '192.0.2.1', 5062, 'proxy udp'],
  ['X-Client-Address: [2001:db8::1]:5062 ; transport=TCP', '2001:db8::1', 5062, 'proxy tcp'],
  ['X-Client-Address: 192.0.2.1;transport=tls', '192.0.2.1', 0, 'proxy tls'],
])('a known proxy says by %j who its client is', (line, address, port = 0, transport = 'proxy') => {
  expect(visitors().of(PROXY, [line])).toEqual({ address, port, transport, viaProxy: true });
});

test.each([
  [[]],
  [['X-Client-Address:']],
  [['X-Client-Address: phone.example']],
  [['X-Client-Address: 192.0.2.1:65536']],
  [['X-Client-Address: 192.0.2.1:']],
  [['X-Client-Address: 192.0.2.1:0']],
  [['X-Client-Address: [192.0.2.1]:5060']],
  [['X-Client-Address: [192.0.2.1]']],
  [['X-Client-Address: fe80::1%eth0']],
  [['X-Client-Address: [fe80::1%eth0]:5060']],
  [['X-Client-Address: 0.0.0.0']],
  [['X-Client-Address: [::]:5060']],
  [['X-Client-Address: 192.0.2.1;transport=']],
  [['X-Client-Address: 192.0.2.1;transport=udp;transport=tcp']],
  [['X-Client-Address: 192.0.2.1;port=5060']],
  [['X-Client-Address: 2001:db8::1]:5060']],
  [['X-Client-Address: [2001:db8::1']],
  [['X-Client-Address: 192.0.2.1, 192.0.2.2']],
  [['X-Client-Address: 192.0.2.1', 'X-Client-Address: 192.0.2.1']],
  [['X-Client-Address: 192.0.2.1', 'x-client-address\t: 192.0.2.2']],
  [['X-Forwarded-For: 192.0.2.1']],
])('with %j it does not, and the request cannot be judged', (lines) => {
  const { known, log, of } = visitors();
  expect(of(PROXY, lines)).toBeUndefined();
  expect(known.unnamed).toBe(1);
  expect(log.lines).toMatchObject([
    { level: 'warn', event: 'access.proxy-names-no-client', fields: { proxy: PROXY.address, method: 'REGISTER' } },
  ]);
});

test('its own pings have no client, and no other method is one', () => {
  const { known, of } = visitors();
  expect(of(PROXY, [], 'OPTIONS')).toEqual({ ...PROXY, transport: 'udp', viaProxy: true, isPing: true });
  expect(of(PROXY, ['X-Client-Address: 192.0.2.1'], 'OPTIONS')).toEqual({
    address: '192.0.2.1',
    port: 0,
    transport: 'proxy',
    viaProxy: true,
  });
  expect(of(PROXY, ['X-Client-Address: nonsense'], 'OPTIONS')).toBeUndefined();
  expect(of(PROXY, [], 'NOTIFY')).toBeUndefined();
  expect(known.unnamed).toBe(2);
});

test('each proxy is believed for its own header alone', () => {
  const { of } = visitors({ '10.0.0.5': 'X-Client-Address', '10.0.0.6': 'X-Real-IP' });
  const lines = ['X-Client-Address: 192.0.2.1', 'X-Real-IP: 192.0.2.2'];
  expect(of(PROXY, lines)?.address).toBe('192.0.2.1');
  expect(of({ ...PROXY, address: '10.0.0.6' }, lines)?.address).toBe('192.0.2.2');
});

test('what it leaves out costs one line of the log a second', () => {
  const { clock, log, known, of } = visitors();
  for (let i = 0; i < 10; i++) of(PROXY, []);
  expect(log.events).toHaveLength(1);
  clock.advance(1_000);
  of(PROXY, []);
  expect(log.events).toHaveLength(2);
  expect(known.unnamed).toBe(11);
});
