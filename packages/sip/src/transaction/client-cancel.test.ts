import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SipRequest } from '../message/message.ts';
import { messageOf } from '../testing/transaction-wire.ts';
import { over, send, user, wire } from './testing/client-side.ts';

afterEach(() => {
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
  expect(user.told.filter((word) => word === 'terminated').length).toBeLessThanOrEqual(1);
});

describe('CANCEL (RFC 3261 §9.1)', () => {
  beforeEach(() => over('udp'));

  test('is held until a provisional response came', () => {
    const transaction = send('INVITE');
    transaction.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]);
    transaction.cancel([['Reason', 'SIP;cause=999']]);
    wire.clock.advance(700);
    expect(wire.heard('CANCEL')).toEqual([]);
    expect(wire.times('INVITE')).toEqual([0, 500]);
    wire.answer('INVITE', { status: 100 });
    expect(wire.times('CANCEL')).toEqual([700]);
    const cancel = messageOf(wire.heard('CANCEL')[0]);
    expect(cancel instanceof SipRequest && cancel.requestUriText).toBe('sip:bob@198.51.100.9:5070');
    expect(cancel.lines().map(({ name, value }) => `${name}: ${value}`)).toEqual([
      `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${transaction.branch};rport`,
      'Max-Forwards: 70',
      'Route: <sip:edge.example.com;lr>',
      'From: <sip:alice@example.com>;tag=a',
      'To: <sip:bob@example.com>',
      'Call-ID: c1',
      'CSeq: 7 CANCEL',
      'Reason: SIP;cause=200;text="Call completed elsewhere"',
      'Content-Length: 0',
    ]);
    wire.answer('CANCEL', { status: 200, toTag: 'b' });
    wire.answer('INVITE', { status: 487, toTag: 'b' });
    expect(user.told).toEqual(['100', '487']);
    expect(wire.heard('ACK').length).toBe(1);
  });

  test('goes out at once when it rings, and is repeated until it is answered', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    transaction.cancel();
    transaction.cancel();
    wire.clock.advance(1_600);
    expect(wire.times('CANCEL')).toEqual([0, 500, 1_500]);
    wire.answer('CANCEL', { status: 200, toTag: 'b' });
    wire.clock.advance(10_000);
    expect(wire.times('CANCEL').length).toBe(3);
    wire.answer('INVITE', { status: 487, toTag: 'b' });
    expect(user.told).toEqual(['180', '487']);
  });

  test('is not sent after a final response', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 200, toTag: 'b' });
    transaction.cancel();
    wire.clock.advance(1_000);
    expect(wire.heard('CANCEL')).toEqual([]);
  });

  test('is not sent when the final response is the first', () => {
    const transaction = send('INVITE');
    transaction.cancel();
    wire.answer('INVITE', { status: 486, toTag: 'b' });
    expect(wire.heard('CANCEL')).toEqual([]);
    expect(user.told).toEqual(['486']);
  });

  test('a 2xx that crosses it is told', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    transaction.cancel();
    wire.answer('INVITE', { status: 200, toTag: 'b' });
    wire.answer('CANCEL', { status: 481, toTag: 'b' });
    wire.answer('INVITE', { status: 200, toTag: 'b' });
    expect(user.told).toEqual(['180', '200', '200']);
  });

  test('without any final response the INVITE is over 64*T1 later', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    wire.clock.advance(60_000);
    transaction.cancel();
    wire.answer('CANCEL', { status: 200, toTag: 'b' });
    wire.clock.advance(20_000);
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    wire.clock.advance(11_999);
    expect(transaction.state).toBe('cancelling');
    wire.clock.advance(1);
    expect(user.told).toEqual(['180', '180', 'timeout', 'terminated']);
  });

  test('held for good when nobody is there: Timer B ends it', () => {
    send('INVITE').cancel();
    wire.clock.advance(32_000);
    expect(user.told).toEqual(['timeout', 'terminated']);
    expect(wire.heard('CANCEL')).toEqual([]);
  });
});
