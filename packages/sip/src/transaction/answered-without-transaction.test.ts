import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { messageOf, requestText } from '../testing/transaction-wire.ts';
import { endAll, inject, over, told, wire } from './testing/server-side.ts';

afterEach(() => {
  endAll();
  expect(wire.leftovers()).toEqual([]);
});

describe('what is answered without transaction', () => {
  beforeEach(() => over('udp'));

  test('a challenge has one To tag for a request and its repetition, and leaves nothing behind (RFC 3261 §8.2.7, RFC 3261 §26.3.2.4)', () => {
    wire.transactions.user = {
      onRequest: (request, flow) => wire.transactions.replyStatelessly(request, flow, { status: 401 }),
      onAck: () => {},
    };
    inject('INVITE');
    wire.clock.advance(500);
    inject('INVITE');
    inject('INVITE', { branch: 'z9hG4bKtwo', seq: 2 });
    const [first, second, other] = wire.heard('401 INVITE');
    expect(second!.octets).toEqual(first!.octets);
    expect(messageOf(other).toTag).not.toBe(messageOf(first).toTag);
    expect(messageOf(first).toTag).toMatch(/^[0-9a-f]{16}$/);
    expect(wire.leftovers()).toEqual([]);
  });

  test('an ACK is never answered', () => {
    inject('ACK', { headers: ['Max-Forwards: x'] });
    inject('ACK', { uri: 'sip:a?b=c' });
    wire.transactions.user = {
      onRequest: () => {},
      onAck: (request, flow) => wire.transactions.replyStatelessly(request, flow, { status: 481 }),
    };
    inject('ACK');
    expect(wire.heard()).toEqual([]);
  });

  test.each([
    ['a Request-URI with headers', { uri: 'sip:bob@example.com?Route=x' }, '400 OPTIONS'],
    ['another method in CSeq', { headers: ['CSeq: 1 INVITE'] }, '400 OPTIONS'],
    ['the magic cookie alone', { branch: 'z9hG4bK' }, '400 OPTIONS'],
  ])('%s gets 400', (_, parts, answer) => {
    inject('OPTIONS', parts);
    expect(wire.heard(answer).length).toBe(1);
    expect(told).toEqual([]);
    expect(wire.transactions.counters.badRequests).toBe(1);
    expect(wire.leftovers()).toEqual([]);
  });

  test('another version gets 505', () => {
    wire.inject(requestText({ method: 'OPTIONS' }).replace('SIP/2.0\r\n', 'SIP/7.0\r\n'));
    expect(wire.heard('505 OPTIONS').length).toBe(1);
  });

  test('a bad CANCEL gets 400', () => {
    inject('CANCEL', { headers: ['CSeq: 1 INVITE'] });
    expect(wire.heard().length).toBe(1);
  });

  test('without Via there is nobody to answer', () => {
    wire.inject(requestText({ method: 'OPTIONS' }).replace(/Via: .*\r\n/, ''));
    expect(wire.heard()).toEqual([]);
    expect(wire.transactions.counters.unusable).toBe(1);
  });

  test('bad requests cost one log line a second for each source', () => {
    for (let i = 0; i < 10; i++) inject('OPTIONS', { branch: 'z9hG4bK' });
    expect(wire.log.events.filter((event) => event === 'transaction.bad-request').length).toBe(1);
    wire.clock.advance(1_000);
    inject('OPTIONS', { branch: 'z9hG4bK' });
    expect(wire.log.events.filter((event) => event === 'transaction.bad-request').length).toBe(2);
  });
});
