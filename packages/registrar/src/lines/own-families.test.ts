import { expect, test } from 'vitest';
import { familiesOf } from './own-families.ts';

const on = (transport: 'udp' | 'tcp', address: string) => ({ transport, endpoint: { address, port: 5060 } });

test('a server of both families is spoken to in one that we listen in, by its transport', () => {
  const both = [on('udp', '192.0.2.1'), on('tcp', '192.0.2.1'), on('tcp', '2001:db8::1')];
  expect(familiesOf(both, 'udp')).toEqual(['ipv4']);
  expect(familiesOf(both, 'tcp')).toEqual(['ipv4', 'ipv6']);
  expect(familiesOf([on('udp', '2001:db8::1')], 'udp')).toEqual(['ipv6']);
  expect(familiesOf([on('udp', '2001:db8::1')], 'tcp')).toEqual(['ipv6']);
  expect(familiesOf([], 'tcp')).toEqual(['ipv4', 'ipv6']);
});
