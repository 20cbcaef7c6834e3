import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { draft, over, send, user, wire } from './testing/client-side.ts';

afterEach(() => {
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
  expect(user.told.filter((word) => word === 'terminated').length).toBeLessThanOrEqual(1);
});

describe('RFC 3261 §17.1.2.2: other requests over UDP', () => {
  beforeEach(() => over('udp'));

  test('Timer E doubles up to T2, Timer F gives up (RFC 3261 §17.1.2.2)', () => {
    send('OPTIONS');
    wire.clock.advance(32_000);
    expect(wire.times('OPTIONS')).toEqual([
      0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect(user.told).toEqual(['timeout', 'terminated']);
  });

  test('after a provisional response it goes on every T2', () => {
    send('OPTIONS');
    wire.clock.advance(600);
    wire.answer('OPTIONS', { status: 100 });
    wire.clock.advance(31_400);
    expect(wire.times('OPTIONS')).toEqual([0, 500, 1_500, 5_500, 9_500, 13_500, 17_500, 21_500, 25_500, 29_500]);
    expect(user.told).toEqual(['100', 'timeout', 'terminated']);
  });

  test.each([200, 401, 603])('%d ends it, and comes again unheard for T4', (status) => {
    const transaction = send('OPTIONS');
    wire.answer('OPTIONS', { status, toTag: 'b' });
    wire.answer('OPTIONS', { status, toTag: 'b' });
    wire.clock.advance(4_999);
    expect(transaction.state).toBe('completed');
    wire.clock.advance(1);
    expect(user.told).toEqual([String(status), 'terminated']);
    expect(wire.transactions.counters.stray).toBe(0);
    expect(wire.times('OPTIONS')).toEqual([0]);
    expect(wire.heard('ACK')).toEqual([]);
  });

  test('cancel means nothing to it', () => {
    send('OPTIONS').cancel();
    wire.answer('OPTIONS', { status: 100 });
    wire.clock.advance(0);
    expect(wire.heard('CANCEL')).toEqual([]);
  });
});

describe('RFC 3261 §17.1.2.2: other requests over TCP', () => {
  beforeEach(() => over('tcp'));

  test('are sent once, and over with their response', () => {
    const transaction = send('OPTIONS');
    wire.clock.advance(20_000);
    wire.answer('OPTIONS', { status: 200, toTag: 'b' });
    expect(transaction.state).toBe('terminated');
    expect(wire.times('OPTIONS')).toEqual([0]);
  });

  test.each(['nothing', '100'])('end with their connection after %s', (before) => {
    send('BYE');
    if (before === '100') wire.answer('BYE', { status: 100 });
    wire.hangUp();
    expect(user.told.at(-2)).toBe('transport error: closed');
  });
});

test('a transaction that is over listens to its connection no more', async () => {
  await over('tcp');
  const { flow } = wire;
  let watching = 0;
  const watched = new Proxy(flow, {
    get(target, name) {
      if (name === 'onClose') {
        watching++;
        return () => () => void watching--;
      }
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  wire.transactions.send(draft('OPTIONS'), watched, user);
  wire.clock.advance(0);
  expect(watching).toBe(1);
  wire.answer('OPTIONS', { status: 200, toTag: 'b' });
  expect(watching).toBe(0);
});
