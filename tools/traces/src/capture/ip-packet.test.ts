import { SocketAddress } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ipv4, ipv6 } from '../testing/frames.ts';
import { readIp } from './ip-packet.ts';

const PAYLOAD = Buffer.from('payload!');

test('IPv4: addresses, protocol, payload; options and padding are left out', () => {
  const packet = Buffer.concat([ipv4('127.0.0.1', '10.20.30.255', 17, PAYLOAD), Buffer.alloc(9)]);
  expect(readIp(packet)).toEqual({
    source: '127.0.0.1',
    destination: '10.20.30.255',
    protocol: 17,
    payload: PAYLOAD,
    fragment: undefined,
  });
});

test('IPv4 fragments: where they belong, and which is the last', () => {
  const middle = readIp(ipv4('127.0.0.1', '127.0.0.2', 17, PAYLOAD, { id: 7, start: 16, more: true }));
  expect(middle?.fragment).toEqual({ id: 7, start: 16, last: false });
  const last = readIp(ipv4('127.0.0.1', '127.0.0.2', 17, PAYLOAD, { id: 7, start: 24, more: false }));
  expect(last?.fragment).toEqual({ id: 7, start: 24, last: true });
});

test('IPv6: extension headers are walked over', () => {
  const hopByHop = Buffer.from([17, 1, ...new Array(14).fill(0)]); // 16 octets, then UDP
  const packet = ipv6('::1', 'fd00::2', 0, Buffer.concat([hopByHop, PAYLOAD]));
  expect(readIp(packet)).toMatchObject({ source: '::1', destination: 'fd00::2', protocol: 17, payload: PAYLOAD });
});

test('IPv6 fragments; a datagram in one atomic fragment is whole (RFC 6946)', () => {
  const part = readIp(ipv6('::1', '::2', 17, PAYLOAD, { id: 9, start: 8, more: true }));
  expect(part).toMatchObject({ protocol: 17, payload: PAYLOAD, fragment: { id: 9, start: 8, last: false } });
  expect(readIp(ipv6('::1', '::2', 17, PAYLOAD, { id: 9, start: 0, more: false }))?.fragment).toBeUndefined();
});

test('IPv6 addresses are written as RFC 5952 wants them', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 }), (groups) => {
      const written = groups.map((group) => group.toString(16)).join(':');
      const { source } = readIp(ipv6(written, '::1', 17, PAYLOAD))!;
      const mapped = groups.slice(0, 5).every((group) => group === 0); // Node writes ::ffff:127.0.0.1 and the like
      if (!mapped) expect(source).toBe(new SocketAddress({ address: written, family: 'ipv6' }).address);
    }),
  );
});

test('what is cut or lies about its length is not read', () => {
  for (const packet of [ipv4('1.2.3.4', '5.6.7.8', 17, PAYLOAD), ipv6('::1', '::2', 0, Buffer.from([17, 9, 0, 0]))]) {
    for (let length = 0; length < packet.length; length++) expect(readIp(packet.subarray(0, length))).toBeUndefined();
  }
  const endless = ipv6('::1', '::2', 0, Buffer.alloc(8 * 20));
  expect(readIp(endless)).toBeUndefined();
});
