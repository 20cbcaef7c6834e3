import type { Flow } from '@vats/sip';
import { describe, expect, test } from 'vitest';
import { Addressing } from './addressing.ts';

const bound = { host: '10.0.0.5', port: 5060 };
const flowFrom = (address: string, transport = 'udp'): Flow =>
  ({ transport, observed: { address, port: 40_000 } }) as unknown as Flow;

const own = { on: () => '10.0.0.5', towards: (remote: string) => (remote.includes(':') ? 'fd00::5' : '10.0.0.6') };

const addressing = new Addressing({
  media: ['10.0.0.5'],
  advertise: { host: '203.0.113.10' },
  advertiseMedia: '203.0.113.11',
  local: [
    { address: '10.0.0.0', prefix: 8 },
    { address: 'fc00::', prefix: 7 },
  ],
});

test.each(['10.1.2.3', 'fd00::7'])('%s is local and sees where we listen', (address) => {
  expect(addressing.sentBy(flowFrom(address), bound)).toEqual(bound);
  expect(addressing.advertisedMedia(flowFrom(address), own)).toBeUndefined();
});

test.each(['198.51.100.7', '11.0.0.1', '2001:db8::1'])('%s sees what is advertised', (address) => {
  expect(addressing.sentBy(flowFrom(address), bound)).toEqual({ host: '203.0.113.10', port: 5060 });
  expect(addressing.advertisedMedia(flowFrom(address), own)).toBe('203.0.113.11');
});

test('an advertised port replaces the bound one', () => {
  const natted = new Addressing({ advertise: { host: 'pbx.example', port: 5070 }, media: ['10.0.0.5'], local: [] });
  expect(natted.sentBy(flowFrom('10.1.2.3'), bound)).toEqual({ host: 'pbx.example', port: 5070 });
});

test.each(['tls', 'ws', 'wss'])('it is the port of UDP and TCP: over %s we listen on another one', (transport) => {
  const natted = new Addressing({ advertise: { host: 'pbx.example', port: 5070 }, media: ['10.0.0.5'], local: [] });
  const secure = { host: '10.0.0.5', port: 5061 };
  expect(natted.sentBy(flowFrom('198.51.100.7', transport), secure)).toEqual({ host: 'pbx.example', port: 5061 });
});

test('nothing advertised: everyone is told the bound address', () => {
  const plain = new Addressing({ media: ['10.0.0.5'], local: [] });
  expect(plain.sentBy(flowFrom('198.51.100.7'), bound)).toEqual(bound);
  expect(plain.advertisedMedia(flowFrom('198.51.100.7'), own)).toBeUndefined();
});

describe('media on all addresses of the machine', () => {
  const told = (media: readonly string[], from: string, advertiseMedia?: string) => {
    const local = [{ address: '10.0.0.0', prefix: 8 }];
    const everywhere = new Addressing({ media, local, ...(advertiseMedia !== undefined && { advertiseMedia }) });
    return everywhere.advertisedMedia(flowFrom(from), own);
  };

  test('local peers, and all where nothing is advertised, are told the address by which they reach us', () => {
    expect(told(['0.0.0.0'], '10.1.2.3', '203.0.113.10')).toBe('10.0.0.5');
    expect(told(['0.0.0.0'], '198.51.100.7', '203.0.113.10')).toBe('203.0.113.10');
    expect(told(['0.0.0.0'], '198.51.100.7')).toBe('10.0.0.5');
    expect(told(['10.0.0.9', '::'], '198.51.100.7')).toBeUndefined();
    expect(told(['10.0.0.9', '::'], '2001:db8::1')).toBe('10.0.0.5');
  });

  test('where the family of a phone has none, one of the other family', () => {
    expect(told(['0.0.0.0'], '2001:db8::1')).toBe('10.0.0.6');
    expect(told(['::'], '10.1.2.3')).toBe('fd00::5');
    expect(told(['10.0.0.9'], '2001:db8::1')).toBeUndefined();
  });
});
