import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { messageOf, THEIRS } from '../testing/transaction-wire.ts';
import { endAll, inject, over, respond, told, transactions, wire } from './testing/server-side.ts';

afterEach(() => {
  endAll();
  expect(wire.leftovers()).toEqual([]);
});

describe('INVITE over UDP', () => {
  beforeEach(() => over('udp'));

  test('gets 100 after 200 ms when its user is slow (RFC 3261 §17.2.1)', () => {
    inject('INVITE', { headers: ['Timestamp: 54'] });
    wire.clock.advance(199);
    expect(wire.heard()).toEqual([]);
    wire.clock.advance(1_000);
    expect(wire.times('100 INVITE')).toEqual([200]);
    const trying = messageOf(wire.heard('100 INVITE')[0]);
    expect(trying.toTag).toBeUndefined();
    expect(trying.value('Timestamp')).toBe('54');
    expect(transactions[0]?.state).toBe('proceeding');
  });

  test.each([100, 180, 200, 486])('gets none when its user responds with %d in time', (status) => {
    inject('INVITE');
    respond(status);
    wire.clock.advance(400);
    expect(wire.heard('100 INVITE').length).toBe(status === 100 ? 1 : 0);
  });

  test('is told once, and answered with the last provisional response when it comes again', () => {
    inject('INVITE');
    inject('INVITE');
    expect(wire.heard()).toEqual([]);
    respond(180);
    respond(183);
    inject('INVITE');
    expect(wire.heard().map(({ description }) => description)).toEqual(['180 INVITE', '183 INVITE', '183 INVITE']);
    const [, first, second] = wire.heard();
    expect(second!.octets).toBe(first!.octets);
    expect(told).toEqual(['INVITE']);
    expect(wire.transactions.counters.requestsAbsorbed).toBe(2);
  });

  test('a failure is repeated by Timer G up to T2 until Timer H gives up', () => {
    inject('INVITE');
    respond(486);
    wire.clock.advance(31_999);
    expect(wire.times('486 INVITE')).toEqual([
      0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect(transactions[0]?.state).toBe('completed');
    wire.clock.advance(1);
    expect(told).toEqual(['INVITE', 'terminated']);
  });

  test('408 is a failure like any other', () => {
    inject('INVITE');
    respond(408);
    expect(wire.times('408 INVITE').length).toBe(1);
  });

  test('a failure is repeated when the INVITE comes again, until its ACK; then nothing is for T4', () => {
    inject('INVITE');
    respond(486);
    wire.clock.advance(100);
    inject('INVITE');
    expect(wire.times('486 INVITE')).toEqual([0, 100]);
    inject('ACK', { toTag: 'bob' });
    inject('ACK', { toTag: 'bob' });
    inject('INVITE');
    expect(transactions[0]?.state).toBe('confirmed');
    wire.clock.advance(4_999);
    expect(wire.times('486 INVITE')).toEqual([0, 100]);
    expect(transactions[0]?.state).toBe('confirmed');
    wire.clock.advance(1);
    expect(told).toEqual(['INVITE', 'terminated']);
  });

  test('after 2xx the INVITE is absorbed, and its user repeats the 2xx (RFC 6026 §5, §7.1, §8.5, RFC 5407 §3.1.1)', () => {
    inject('INVITE');
    respond(200);
    inject('INVITE');
    expect(wire.times('200 INVITE').length).toBe(1);
    wire.clock.advance(500);
    respond(200);
    respond(486);
    respond(180);
    expect(wire.heard().map(({ description }) => description)).toEqual(['200 INVITE', '200 INVITE']);
    wire.clock.advance(31_499);
    expect(transactions[0]?.state).toBe('accepted');
    wire.clock.advance(1);
    expect(told).toEqual(['INVITE', 'terminated']);
    respond(200);
    expect(wire.times('200 INVITE').length).toBe(2);
  });

  test('an ACK of 2xx is told, by its own branch or by that of the INVITE', () => {
    inject('INVITE');
    respond(200);
    inject('ACK', { branch: 'z9hG4bKack', toTag: 'bob' });
    inject('ACK', { toTag: 'bob' });
    expect(told).toEqual(['INVITE', 'ack', 'ack']);
  });

  test('an ACK before any final response means nothing', () => {
    inject('INVITE');
    inject('ACK', { toTag: 'bob' });
    expect(told).toEqual(['INVITE']);
    expect(transactions[0]?.state).toBe('trying');
  });

  test('all its responses have one To tag unless their user says otherwise', () => {
    inject('INVITE');
    transactions[0]?.respond({ status: 180 });
    transactions[0]?.respond({ status: 486 });
    const [ringing, busy] = wire.heard().map((seen) => messageOf(seen));
    expect(ringing?.toTag).toMatch(/^[a-z0-9]{12}$/);
    expect(busy?.toTag).toBe(ringing?.toTag);
  });

  test('a value that cannot be written throws, and the transaction stays as it was', () => {
    inject('INVITE');
    const evil = [['Reason', 'a\r\nb']] as const;
    expect(() => transactions[0]?.respond({ status: 486, headers: evil })).toThrow('Reason');
    expect(transactions[0]?.state).toBe('trying');
    expect(wire.heard()).toEqual([]);
  });

  test('a send that fails is told, and the transaction goes on (RFC 6026 §8.8)', async () => {
    inject('INVITE');
    await wire.transport.close();
    respond(180);
    respond(486);
    expect(told).toEqual(['INVITE', 'transport error: closed', 'transport error: closed']);
    expect(transactions[0]?.state).toBe('completed');
  });
});

describe('INVITE over TCP', () => {
  beforeEach(() => over('tcp'));

  test('a failure is sent once, and its ACK ends it', () => {
    inject('INVITE');
    respond(486);
    wire.clock.advance(20_000);
    expect(wire.times('486 INVITE')).toEqual([0]);
    inject('ACK', { toTag: 'bob' });
    expect(told).toEqual(['INVITE', 'terminated']);
  });

  test('without ACK Timer H ends it', () => {
    inject('INVITE');
    respond(486);
    wire.clock.advance(32_000);
    expect(told).toEqual(['INVITE', 'terminated']);
  });

  test('a response finds its way over a new connection (RFC 3261 §18.2.2)', () => {
    inject('INVITE');
    wire.hangUp();
    respond(486);
    expect(wire.heard('486 INVITE').map(({ to }) => to)).toEqual([THEIRS]);
    expect(told).toEqual(['INVITE']);
  });

  test('when there is none either, its user is told and it goes on', () => {
    inject('INVITE');
    wire.hangUp();
    wire.network.refuse(THEIRS);
    respond(180);
    wire.clock.advance(0);
    expect(told).toEqual(['INVITE', 'transport error: refused']);
    expect(transactions[0]?.state).toBe('proceeding');
  });
});
