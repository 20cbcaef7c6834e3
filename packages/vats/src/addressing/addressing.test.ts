import type { Flow } from '@vats/sip';
import { expect, test } from 'vitest';
import { Addressing } from './addressing.ts';

const bound = { host: '10.0.0.5', port: 5060 };
const flowFrom = (address: string): Flow => ({ observed: { address, port: 40_000 } }) as unknown as Flow;

const addressing = new Addressing({
  advertise: { host: '203.0.113.10' },
  advertiseMedia: '203.0.113.11',
  local: [
    { address: '10.0.0.0', prefix: 8 },
    { address: 'fc00::', prefix: 7 },
  ],
});

test.each(['10.1.2.3', 'fd00::7'])('%s is local and sees where we listen', (address) => {
  expect(addressing.sentBy(flowFrom(address), bound)).toEqual(bound);
  expect(addressing.advertisedMedia(flowFrom(address))).toBeUndefined();
});

test.each(['198.51.100.7', '11.0.0.1', '2001:db8::1'])('%s sees what is advertised', (address) => {
  expect(addressing.sentBy(flowFrom(address), bound)).toEqual({ host: '203.0.113.10', port: 5060 });
  expect(addressing.advertisedMedia(flowFrom(address))).toBe('203.0.113.11');
});

test('an advertised port replaces the bound one', () => {
  const natted = new Addressing({ advertise: { host: 'pbx.example', port: 5070 }, local: [] });
  expect(natted.sentBy(flowFrom('10.1.2.3'), bound)).toEqual({ host: 'pbx.example', port: 5070 });
});

test('nothing advertised: everyone is told the bound address', () => {
  const plain = new Addressing({ local: [] });
  expect(plain.sentBy(flowFrom('198.51.100.7'), bound)).toEqual(bound);
  expect(plain.advertisedMedia(flowFrom('198.51.100.7'))).toBeUndefined();
});
