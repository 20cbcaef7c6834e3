import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RequestParts, THEIRS } from '../testing/transaction-wire.ts';
import { endAll, inject, over, respond, told, transactions, wire } from './testing/server-side.ts';

afterEach(() => {
  endAll();
  expect(wire.leftovers()).toEqual([]);
});

describe('a request that came by two ways is merged (RFC 3261 §8.2.2.2)', () => {
  beforeEach(() => over('udp'));

  test('the second gets 482, each time', () => {
    inject('INVITE');
    inject('INVITE', { branch: 'z9hG4bKtwo' });
    inject('INVITE', { branch: 'z9hG4bKtwo' });
    expect(wire.heard('482 INVITE').length).toBe(2);
    expect(told).toEqual(['INVITE']);
    expect(wire.transactions.counters.merged).toBe(2);
  });

  test.each<[string, Omit<RequestParts, 'method'>]>([
    ['another CSeq', { seq: 2 }],
    ['another From tag', { fromTag: 'x' }],
    ['another Call-ID', { callId: 'call-2' }],
    ['a To tag', { toTag: 'x' }],
  ])('%s makes it another request', (_, parts) => {
    inject('INVITE');
    inject('INVITE', { branch: 'z9hG4bKtwo', ...parts });
    expect(told).toEqual(['INVITE', 'INVITE']);
  });

  test('when the first is over, it is new', () => {
    inject('OPTIONS');
    respond(200);
    wire.clock.advance(32_000);
    inject('OPTIONS', { branch: 'z9hG4bKtwo' });
    expect(told).toEqual(['OPTIONS', 'terminated', 'OPTIONS']);
  });
});

describe('RFC 2543 clients make no branch that tells (RFC 3261 §17.2.3)', () => {
  const old = { via: `SIP/2.0/UDP ${THEIRS.address}:${THEIRS.port}` };
  const short = { via: `SIP/2.0/UDP ${THEIRS.address}:${THEIRS.port};branch=1` };

  beforeEach(() => over('udp'));

  test.each([old, short])('their request is known again by all that it says (RFC 2543 §6.40)', (via) => {
    inject('INVITE', via);
    inject('INVITE', via);
    expect(told).toEqual(['INVITE']);
    inject('INVITE', { ...via, seq: 2 });
    inject('INVITE', { ...via, callId: 'call-2' });
    inject('INVITE', { ...via, fromTag: 'x' });
    inject('INVITE', { ...via, callId: 'call-3', uri: 'sip:carol@example.com' });
    inject('OPTIONS', via);
    expect(told).toEqual(['INVITE', 'INVITE', 'INVITE', 'INVITE', 'INVITE', 'OPTIONS']);
  });

  test('their ACK is known by the To tag of the response', () => {
    inject('INVITE', old);
    respond(486);
    inject('ACK', { ...old, toTag: 'somebody' });
    expect(transactions[0]?.state).toBe('completed');
    inject('ACK', { ...old, toTag: 'bob' });
    expect(transactions[0]?.state).toBe('confirmed');
    expect(told).toEqual(['INVITE', 'ack']);
  });

  test('so it is within a dialog', () => {
    inject('INVITE', { ...old, toTag: 'bob' });
    respond(488);
    inject('ACK', { ...old, toTag: 'bob' });
    expect(transactions[0]?.state).toBe('confirmed');
  });

  test('their ACK of 2xx is told', () => {
    inject('INVITE', old);
    respond(200);
    inject('ACK', { ...old, toTag: 'bob' });
    expect(told).toEqual(['INVITE', 'ack']);
  });

  test('their CANCEL finds its INVITE', () => {
    inject('INVITE', old);
    inject('CANCEL', old);
    expect(told).toEqual(['INVITE', 'cancelled']);
  });
});

describe('two clients with one branch are two, by their sent-by', () => {
  test.each(['192.0.2.77:5070', `${THEIRS.address}:5071`, THEIRS.address])('%s', async (sentBy) => {
    await over('udp');
    inject('OPTIONS');
    inject('OPTIONS', { via: `SIP/2.0/UDP ${sentBy};branch=z9hG4bKone;rport`, callId: 'call-2' });
    expect(told).toEqual(['OPTIONS', 'OPTIONS']);
  });
});
