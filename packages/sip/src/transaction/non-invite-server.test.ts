import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endAll, inject, over, respond, told, transactions, wire } from './testing/server-side.ts';

afterEach(() => {
  endAll();
  expect(wire.leftovers()).toEqual([]);
});

describe('RFC 3261 §17.2.2: other requests over UDP', () => {
  beforeEach(() => over('udp'));

  test('a request that comes again before its response is absorbed, after it answered again for 64*T1', () => {
    inject('OPTIONS');
    inject('OPTIONS');
    expect(wire.heard()).toEqual([]);
    respond(200);
    respond(500);
    inject('OPTIONS');
    wire.clock.advance(31_999);
    inject('OPTIONS');
    expect(wire.heard().map(({ description }) => description)).toEqual(['200 OPTIONS', '200 OPTIONS', '200 OPTIONS']);
    expect(new Set(wire.heard().map(({ octets }) => octets)).size).toBe(1);
    wire.clock.advance(1);
    expect(told).toEqual(['OPTIONS', 'terminated']);
  });

  test('100 is sent when the client has slowed down to T2, and no other provisional response (RFC 4320 §4.1)', () => {
    inject('OPTIONS');
    respond(100);
    respond(183);
    wire.clock.advance(3_499);
    expect(wire.heard()).toEqual([]);
    wire.clock.advance(1);
    inject('OPTIONS');
    expect(wire.times('100 OPTIONS')).toEqual([3_500, 3_500]);
    respond(200);
    expect(wire.times('200 OPTIONS')).toEqual([3_500]);
  });

  test('408 is never sent, and ends it (RFC 4320 §4.2)', () => {
    inject('OPTIONS');
    respond(408);
    inject('OPTIONS');
    wire.clock.advance(32_000);
    expect(wire.heard()).toEqual([]);
    expect(told).toEqual(['OPTIONS', 'terminated']);
  });

  test('what nobody answers ends when no client waits any more (RFC 4320 §4.2)', () => {
    inject('OPTIONS');
    wire.clock.advance(32_000);
    respond(200);
    expect(wire.heard().map(({ description }) => description)).toEqual(['100 OPTIONS']);
    expect(told).toEqual(['OPTIONS', 'terminated']);
  });

  test('RFC 3261 §17.2.4: a send that fails is told, and the transaction goes on', async () => {
    inject('OPTIONS');
    await wire.transport.close();
    respond(200);
    expect(told).toEqual(['OPTIONS', 'transport error: closed']);
    expect(transactions[0]?.state).toBe('completed');
  });
});

test('over TCP another request is over with its response', async () => {
  await over('tcp');
  inject('OPTIONS');
  respond(200);
  expect(told).toEqual(['OPTIONS', 'terminated']);
});
