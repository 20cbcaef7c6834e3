import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { messageOf } from '../testing/transaction-wire.ts';
import { endAll, inject, over, respond, told, transactions, wire } from './testing/server-side.ts';

afterEach(() => {
  endAll();
  expect(wire.leftovers()).toEqual([]);
});

describe('CANCEL (RFC 3261 §9.2)', () => {
  beforeEach(() => over('udp'));

  test('RFC 3261 §9.2: is answered 200 with the tag of the INVITE, and told once', () => {
    inject('INVITE');
    respond(180);
    inject('CANCEL');
    inject('CANCEL');
    expect(told).toEqual(['INVITE', 'cancelled']);
    const answers = wire.heard('200 CANCEL').map((seen) => messageOf(seen).toTag);
    expect(answers).toEqual(['bob', 'bob']);
    respond(487);
    expect(
      wire
        .heard()
        .map(({ description }) => description)
        .at(-1),
    ).toBe('487 INVITE');
  });

  test('before any response it is answered alike each time', () => {
    inject('INVITE');
    inject('CANCEL');
    inject('CANCEL');
    const [first, second] = wire.heard('200 CANCEL');
    expect(second!.octets).toEqual(first!.octets);
  });

  test('after a final response it means nothing', () => {
    inject('INVITE');
    respond(486);
    inject('CANCEL');
    expect(wire.heard('200 CANCEL').length).toBe(1);
    expect(told).toEqual(['INVITE']);
  });

  test.each(['another branch', 'no INVITE at all', 'an OPTIONS'])('for %s it is answered 481', (what) => {
    if (what === 'another branch') inject('INVITE', { branch: 'z9hG4bKother' });
    if (what === 'an OPTIONS') inject('OPTIONS');
    inject('CANCEL');
    expect(wire.heard('481 CANCEL').length).toBe(1);
    expect(told).not.toContain('cancelled');
  });

  test('the layer answers the INVITE itself when its user does not care', () => {
    wire.transactions.user = {
      onRequest: (request, flow) => void transactions.push(wire.transactions.accept(request, flow)),
      onAck: () => {},
    };
    inject('INVITE');
    inject('CANCEL');
    expect(wire.heard().map(({ description }) => description)).toEqual(['200 CANCEL', '487 INVITE']);
  });
});
