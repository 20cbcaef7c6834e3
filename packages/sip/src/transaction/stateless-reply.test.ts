import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requestText, TransactionWire } from '../testing/transaction-wire.ts';
import { STATELESS_REPLY_OCTETS } from './transaction-layer.ts';

let wire: TransactionWire;
/** Whether the last answer was said to be sent. */
let sent: boolean | undefined;
let padding: string;
let status: number;

async function over(transport: 'udp' | 'tcp'): Promise<void> {
  wire = await TransactionWire.open(transport);
  sent = undefined;
  padding = '';
  status = 401;
  wire.transactions.user = {
    onRequest: (request, flow) => {
      const headers = [['X-Padding', padding]] as const;
      sent = wire.transactions.replyStatelessly(request, flow, { status, headers });
    },
    onAck: () => {},
  };
}

/** A request of exactly so many octets. */
function requestOf(octets: number): string {
  const bare = requestText({ method: 'REGISTER', headers: ['X: '] }, wire.name);
  return requestText({ method: 'REGISTER', headers: [`X: ${'x'.repeat(octets - bare.length)}`] }, wire.name);
}

/** Asks by a request of that many octets and has an answer of that many sent, if it may be. */
function answersTo(request: string, octets: number): boolean | undefined {
  padding = '';
  wire.inject(request);
  const bare = wire.heard().at(-1)?.octets.length ?? 0;
  padding = 'x'.repeat(octets - bare);
  wire.inject(request);
  return sent;
}

afterEach(() => expect(wire.leftovers()).toEqual([]));

describe('over UDP an answer without a transaction', () => {
  beforeEach(() => over('udp'));

  test('to a short request has so many octets and not one more', () => {
    const request = requestOf(300);
    expect(answersTo(request, STATELESS_REPLY_OCTETS)).toBe(true);
    expect(wire.heard().at(-1)?.octets).toHaveLength(STATELESS_REPLY_OCTETS);
    expect(answersTo(request, STATELESS_REPLY_OCTETS + 1)).toBe(false);
    expect(wire.heard()).toHaveLength(3);
    expect(wire.transactions.counters.tooLongToAnswer).toBe(1);
  });

  test('to a long request is half as long again, and not one octet more', () => {
    const request = requestOf(1_000);
    expect(answersTo(request, 1_500)).toBe(true);
    expect(answersTo(request, 1_501)).toBe(false);
    expect(answersTo(requestOf(1_001), 1_501)).toBe(true);
    expect(answersTo(requestOf(1_001), 1_502)).toBe(false);
    expect(wire.transactions.counters.tooLongToAnswer).toBe(2);
  });

  test('that is too long is told to whoever wanted it sent, and nothing else happens', () => {
    expect(answersTo(requestOf(300), 5_000)).toBe(false);
    expect(wire.log.lines).toEqual([]);
    padding = '';
    wire.inject(requestOf(300));
    expect(sent).toBe(true);
  });

  test('is none to an ACK, which counts nowhere', () => {
    padding = 'x'.repeat(5_000);
    wire.transactions.user = {
      onRequest: () => {},
      onAck: (request, flow) => {
        sent = wire.transactions.replyStatelessly(request, flow, { status, headers: [['X-Padding', padding]] });
      },
    };
    wire.inject(requestText({ method: 'ACK', toTag: 'x' }));
    expect([sent, wire.heard().length, wire.transactions.counters.tooLongToAnswer]).toEqual([true, 0, 0]);
  });

  test('of the layer itself is held to the same', () => {
    const via = 'SIP/2.0/UDP 198.51.100.9:5070;branch=z9hG4bKone;rport';
    const short = requestText({ method: 'OPTIONS', uri: 'sip:a?b=c', via });
    wire.inject(short);
    expect(wire.heard('400 OPTIONS')).toHaveLength(1);
    expect(wire.heard()[0]?.octets.length).toBeLessThan(Math.max(STATELESS_REPLY_OCTETS, 1.5 * short.length));
  });
});

describe('over TCP', () => {
  beforeEach(() => over('tcp'));

  test('the far end has proven its address, so an answer may be as long as it is', () => {
    expect(answersTo(requestOf(300), 60_000)).toBe(true);
    expect(wire.heard().at(-1)?.octets).toHaveLength(60_000);
    expect(wire.transactions.counters.tooLongToAnswer).toBe(0);
  });
});
