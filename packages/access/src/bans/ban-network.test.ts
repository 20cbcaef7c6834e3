import { expect, test } from 'vitest';
import { readBanNetwork } from './ban-network.ts';

function read(text: string) {
  const where = readBanNetwork(text);
  if (typeof where === 'string') throw new Error(where);
  return where;
}

test('sources are told from other networks, and are written in one way', () => {
  const isSource = (text: string) => [read(text).isSource, read(text).text];
  expect(isSource('192.0.2.1')).toEqual([true, '192.0.2.1']);
  expect(isSource('::ffff:192.0.2.1')).toEqual([true, '192.0.2.1']);
  expect(isSource('192.0.2.1/32')).toEqual([true, '192.0.2.1']);
  expect(isSource('2001:DB8:0:1::7/64')).toEqual([true, '2001:db8:0:1::/64']);
  expect(isSource('2001:db8:0:1ff::/56')).toEqual([true, '2001:db8:0:100::/56']);
  expect(isSource('2001:db8::/48')).toEqual([true, '2001:db8::/48']);
  expect(isSource('2001:db8::/60')).toEqual([false, '2001:db8::/60']);
  expect(isSource('2001:db8::7')).toEqual([false, '2001:db8::7']);
  expect(isSource('192.168.1.16-32')).toEqual([false, '192.168.1.16-32']);
  expect(isSource('10.20.*')).toEqual([false, '10.20.*']);
  expect(isSource('::/0')).toEqual([false, '::/0']);
});

test('different spellings of the same addresses are the same network', () => {
  expect(read('10.20.*').identity).toBe(read('10.20.0.0/16').identity);
  expect(read(' 10.20.7.7/16 ').identity).toBe(read('10.20.0.0/16').identity);
  expect(read('2001:db8::7/128').identity).toBe(read('2001:DB8:0::7').identity);
  expect(read('10.20.0.0/16').identity).not.toBe(read('10.20.0.0/17').identity);
});

test('it knows the sources that it lies in', () => {
  expect(read('2001:db8::7').around).toEqual(['2001:db8::/64', '2001:db8::/56', '2001:db8::/48']);
  expect(read('2001:db8::/56').around).toEqual(['2001:db8::/56', '2001:db8::/48']);
  expect(read('192.0.2.1').around).toEqual(['192.0.2.1']);
  expect(read('192.0.2.0/24').around).toEqual([]);
});

test('what is no network is refused with the fault', () => {
  expect(readBanNetwork('example.com')).toBe('not-a-network');
  expect(readBanNetwork('192.0.2.0/33')).toBe('bad-prefix-length');
});
