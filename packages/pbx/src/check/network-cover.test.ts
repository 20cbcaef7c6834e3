import { networkOf } from '@vats/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NetworkCover } from './network-cover.ts';

test('one network of the list must hold all of it; two that meet do not', () => {
  const cover = new NetworkCover(['10.0.0.0/25', '10.0.0.128/25', '192.168.1.16-32', '2001:db8::/32', '0.0.0.5']);
  const held = ['10.0.0.0/25', '10.0.0.7', '192.168.1.20-32', '2001:db8:1::/48', '::ffff:0.0.0.5'];
  const notHeld = ['10.0.0.0/24', '192.168.1.15-20', '192.168.1.20-33', '2001::/16', '::5', '11.0.0.0/8'];
  for (const text of held) expect([text, cover.holds(networkOf(text))]).toEqual([text, true]);
  for (const text of notHeld) expect([text, cover.holds(networkOf(text))]).toEqual([text, false]);
  expect(new NetworkCover([]).holds(networkOf('10.0.0.1'))).toBe(false);
});

test('it answers as looking through the whole list does', () => {
  const network = fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 26, max: 32 }), fc.boolean())
    .map(([host, bits, six]) => (six ? `2001:db8::${host.toString(16)}/${bits + 96}` : `192.0.2.${host * 4}/${bits}`));
  fc.assert(
    fc.property(fc.array(network, { maxLength: 12 }), network, (list, text) => {
      const asked = networkOf(text);
      const alike = list.map(networkOf).filter(({ family }) => family === asked.family);
      const held = alike.some(({ first, last }) => first <= asked.first && asked.last <= last);
      const met = alike.some(({ first, last }) => first <= asked.last && asked.first <= last);
      const cover = new NetworkCover(list);
      expect([cover.holds(asked), cover.touches(asked)]).toEqual([held, met]);
    }),
  );
});
