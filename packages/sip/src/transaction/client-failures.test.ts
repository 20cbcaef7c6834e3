import { afterEach, describe, expect, test } from 'vitest';
import { readMessage, THEIRS } from '../testing/transaction-wire.ts';
import { draft, Listener, over, send, user, wire } from './testing/client-side.ts';
import type { ClientTransactionUser } from './user.ts';

afterEach(() => {
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
  expect(user.told.filter((word) => word === 'terminated').length).toBeLessThanOrEqual(1);
});

describe('what the transport cannot carry', () => {
  test.each(['INVITE', 'OPTIONS'])('a refused connection is told about %s, once (RFC 3261 §18.4)', async (method) => {
    await over('tcp');
    wire.network.refuse(THEIRS);
    send(method);
    expect(user.told).toEqual(['transport error: refused', 'terminated']);
  });

  test('a flow that is dead already fails in a later turn', async () => {
    await over('udp');
    const dead = wire.transport.flowTo({ transport: 'udp', endpoint: { address: '2001:db8::1', port: 5060 } });
    wire.transactions.send(draft('INVITE'), dead, user);
    expect(user.told).toEqual([]);
    wire.clock.advance(0);
    expect(user.told).toEqual(['transport error: unreachable', 'terminated']);
  });

  test('an ACK is out before its user is told of the failure, and sends more (RFC 3261 §17.1.1.3)', async () => {
    await over('udp');
    const again = Object.assign(new Listener(), { onResponse: () => void send('INVITE') });
    wire.transactions.send(draft('INVITE'), wire.flow, again);
    wire.answer('INVITE', { status: 407, toTag: 'b' });
    expect(wire.heard().map(({ description }) => description)).toEqual(['INVITE', 'ACK', 'INVITE']);
  });

  test('an ACK that cannot be sent ends the transaction (RFC 3261 figure 5)', async () => {
    await over('udp');
    const { flow } = wire;
    send('INVITE');
    const response = wire.responseTo('INVITE', { status: 486, toTag: 'b' });
    await wire.transport.close();
    wire.transactions.onMessage(readMessage(response), flow);
    wire.clock.advance(0);
    expect(user.told).toEqual(['486', 'transport error: closed', 'terminated']);
  });

  test('a socket that is closed between two sendings ends it, and no timer stays', async () => {
    await over('udp');
    send('INVITE');
    send('OPTIONS');
    await wire.transport.close();
    wire.clock.advance(500);
    const both = ['transport error: closed', 'terminated', 'transport error: closed', 'terminated'];
    expect(user.told).toEqual(both);
    expect(wire.leftovers()).toEqual([]);
    user.told.splice(0);
  });

  test('a value that cannot be written throws, and nothing is sent', async () => {
    await over('udp');
    const evil = draft('INVITE', { headers: [['Subject', 'a\r\nRoute: <sip:evil>']] });
    expect(() => wire.transactions.send(evil, wire.flow, user)).toThrow('Subject');
    expect(wire.leftovers()).toEqual([]);
  });
});

test('a user that throws costs its call, not the transaction', async () => {
  await over('udp');
  const bad: ClientTransactionUser = {
    onResponse() {
      throw new Error('a bug');
    },
    onTimeout: () => {},
    onTransportError: () => {},
  };
  const transaction = wire.transactions.send(draft('INVITE'), wire.flow, bad);
  wire.clock.advance(0);
  wire.answer('INVITE', { status: 486, toTag: 'b' });
  expect(transaction.state).toBe('completed');
  expect(wire.transactions.counters.userFaults).toBe(1);
  expect(wire.log.events).toContain('transaction.user-failed');
});

test('close ends everything at once', async () => {
  await over('udp');
  send('INVITE');
  send('OPTIONS');
  wire.transactions.close();
  expect(wire.leftovers()).toEqual([]);
  expect(user.told).toEqual(['terminated', 'terminated']);
  user.told.pop();
});
