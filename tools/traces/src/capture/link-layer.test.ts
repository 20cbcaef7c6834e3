import { expect, test } from 'vitest';
import { datagram, ethernet } from '../testing/frames.ts';
import { LINK_TYPE, unwrapLink } from './link-layer.ts';

const V4 = datagram({ address: '127.0.0.1', port: 1 }, { address: '127.0.0.2', port: 2 }, 'hello');
const V6 = datagram({ address: '::1', port: 1 }, { address: '::1', port: 2 }, 'hello');

test.each([
  ['Ethernet, IPv4', LINK_TYPE.ethernet, ethernet(V4), V4],
  ['Ethernet, IPv6', LINK_TYPE.ethernet, ethernet(V6), V6],
  ['one VLAN', LINK_TYPE.ethernet, ethernet(V4, [7]), V4],
  ['two VLANs', LINK_TYPE.ethernet, ethernet(V6, [7, 300]), V6],
  ['Linux cooked', LINK_TYPE.linuxCooked, Buffer.concat([Buffer.alloc(14), ethernet(V4).subarray(12)]), V4],
  ['Linux cooked v2', LINK_TYPE.linuxCooked2, Buffer.concat([Buffer.from([0x86, 0xdd]), Buffer.alloc(18), V6]), V6],
  ['BSD loopback', LINK_TYPE.null, Buffer.concat([Buffer.from([2, 0, 0, 0]), V4]), V4],
  ['BSD loopback of the other byte order', LINK_TYPE.null, Buffer.concat([Buffer.from([0, 0, 0, 30]), V6]), V6],
  ['OpenBSD loopback', LINK_TYPE.loop, Buffer.concat([Buffer.from([0, 0, 0, 24]), V6]), V6],
  ['raw IP', LINK_TYPE.raw, V4, V4],
  ['raw IPv6', LINK_TYPE.ipv6, V6, V6],
])('%s', (_name, linkType, frame, packet) => {
  expect(unwrapLink(linkType, frame)).toEqual({ ip: packet });
});

test.each([
  [
    'ARP',
    LINK_TYPE.ethernet,
    Buffer.concat([Buffer.alloc(12), Buffer.from([0x08, 0x06]), Buffer.alloc(28)]),
    'no IP: type 0x0806',
  ],
  ['five VLANs', LINK_TYPE.ethernet, ethernet(V4, [1, 2, 3, 4, 5]), 'VLAN frame is cut'],
  ['a short Ethernet frame', LINK_TYPE.ethernet, Buffer.alloc(13), 'Ethernet frame is cut'],
  ['a short cooked frame', LINK_TYPE.linuxCooked, Buffer.alloc(15), 'cooked frame is cut'],
  ['nothing', LINK_TYPE.raw, Buffer.alloc(0), 'raw frame is cut'],
  ['IPv5', LINK_TYPE.raw, Buffer.from([0x50]), 'version 5'],
  ['Bluetooth', 187, Buffer.alloc(40), 'link type 187'],
])('%s is passed over', (_name, linkType, frame, why) => {
  expect(unwrapLink(linkType, frame)).toEqual({ skipped: expect.stringContaining(why) });
});
