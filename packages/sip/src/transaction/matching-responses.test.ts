import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { over, send, user, wire } from './testing/client-side.ts';

afterEach(() => {
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
  expect(user.told.filter((word) => word === 'terminated').length).toBeLessThanOrEqual(1);
});

describe('responses are matched by branch and CSeq method (RFC 3261 §17.1.3)', () => {
  beforeEach(() => over('udp'));

  function response(branch: string, method: string, more: { status?: number; lines?: string[] } = {}): string {
    const { status = 200, lines = [] } = more;
    return [
      `SIP/2.0 ${status} Whatever`,
      `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`,
      'From: <sip:alice@example.com>;tag=a',
      'To: <sip:bob@example.com>;tag=b',
      'Call-ID: c1',
      `CSeq: 7 ${method}`,
      ...lines,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
  }

  test('another branch or method is a stray one', () => {
    const strays: number[] = [];
    wire.transactions.user = {
      onRequest: () => {},
      onAck: () => {},
      onStrayResponse: ({ status }) => void strays.push(status),
    };
    const { branch } = send('INVITE');
    wire.inject(response(`${branch}x`, 'INVITE'));
    wire.inject(response(branch, 'OPTIONS'));
    wire.inject(response(branch, 'CANCEL'));
    expect(user.told).toEqual([]);
    expect(strays).toEqual([200, 200, 200]);
    wire.inject(response(branch, 'INVITE'));
    expect(user.told).toEqual(['200']);
  });

  test('two Vias are not for us (RFC 3261 §8.1.3.3)', () => {
    const { branch } = send('INVITE');
    wire.inject(response(branch, 'INVITE', { lines: ['Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKother'] }));
    expect(user.told).toEqual([]);
    expect(wire.transactions.counters.unusable).toBe(1);
  });

  test('one that cannot be believed is dropped, unless it is a failure', () => {
    const { branch } = send('INVITE');
    wire.inject(response(branch, 'INVITE', { lines: ['Record-Route: ;;'] }));
    expect(user.told).toEqual([]);
    wire.inject(response(branch, 'INVITE', { status: 500, lines: ['Record-Route: ;;'] }));
    expect(user.told).toEqual(['500']);
    expect(wire.heard('ACK').length).toBe(1);
  });

  test('without branch or readable CSeq it is unusable', () => {
    const { branch } = send('OPTIONS');
    wire.inject(response(branch, 'OPTIONS').replace(`;branch=${branch}`, ''));
    wire.inject(response(branch, 'OPTIONS').replace('CSeq: 7 ', 'CSeq: x '));
    expect(wire.transactions.counters.unusable).toBe(2);
    expect(user.told).toEqual([]);
  });
});
