import { afterEach, expect, test } from 'vitest';
import type { SipRequest } from '../message/message.ts';
import { messageOf } from '../testing/transaction-wire.ts';
import { endAll, inject, over, respond, told, transactions, wire } from './testing/server-side.ts';

afterEach(() => {
  endAll();
  expect(wire.leftovers()).toEqual([]);
});

test('beyond the limit a new request gets 503; one within a dialog has some more room', async () => {
  await over('udp', { limit: 4 });
  const many = (from: number, count: number, toTag?: string): void => {
    for (let i = from; i < from + count; i++) inject('OPTIONS', { branch: `z9hG4bKn${i}`, callId: `n${i}`, toTag });
  };
  many(0, 6);
  expect(told.length).toBe(4);
  expect(wire.heard('503 OPTIONS').length).toBe(2);
  expect(messageOf(wire.heard('503 OPTIONS')[0]).value('Retry-After')).toMatch(/^([5-9]|1[0-4])$/);
  many(10, 3, 'x');
  expect(told.length).toBe(5);
  expect(wire.transactions.counters.overloaded).toBe(4);
});

test('accept is for new requests only', async () => {
  await over('udp');
  inject('INVITE');
  const { request, flow } = transactions[0]!;
  expect(() => wire.transactions.accept(request, flow)).toThrow('has a transaction');
  const acks: SipRequest[] = [];
  wire.transactions.user = { onRequest: () => {}, onAck: (ack) => void acks.push(ack) };
  inject('ACK', { branch: 'z9hG4bKack' });
  expect(() => wire.transactions.accept(acks[0]!, flow)).toThrow('makes no transaction');
});

test('a user that throws costs its call', async () => {
  await over('udp');
  wire.transactions.user = {
    onRequest() {
      throw new Error('a bug');
    },
    onAck: () => {},
  };
  inject('OPTIONS');
  expect(wire.transactions.counters.userFaults).toBe(1);
  expect(wire.transport.counters.handlerFaults).toBe(0);
});

test('answered in the turn of its coming, a request starts only the timer of its last state', async () => {
  await over('udp');
  wire.transactions.user = {
    onRequest: (request, flow) => wire.transactions.accept(request, flow).respond({ status: 200 }),
    onAck: () => {},
  };
  inject('BYE');
  expect(wire.clock.next).toBe(32_000);
  expect(wire.ledger.counts()['transaction timers']).toBe(1);
});

test('a user that throws after it has accepted leaves a transaction that ends by itself', async () => {
  await over('udp');
  wire.transactions.user = {
    onRequest(request, flow) {
      wire.transactions.accept(request, flow);
      throw new Error('a bug');
    },
    onAck: () => {},
  };
  inject('OPTIONS');
  expect(wire.ledger.counts()['transaction timers']).toBe(2);
});

test('released, it absorbs what comes again and neither says nor tells anything', async () => {
  await over('udp');
  inject('INVITE');
  transactions[0]!.release();
  respond(200);
  transactions[0]!.release();
  respond(200);
  inject('INVITE');
  wire.clock.advance(32_000);
  expect(wire.heard('200 INVITE').length).toBe(1);
  expect(told).toEqual(['INVITE']);
  expect(transactions[0]!.state).toBe('terminated');
});
