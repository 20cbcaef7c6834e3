import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { SipRequest } from '../message/message.ts';
import { type RequestParts, requestText, TransactionWire } from '../testing/transaction-wire.ts';
import type { Flow } from '../transport/index.ts';
import type { ServerTransaction } from './user.ts';

/** A transaction layer and all that it says, with or without the look at the octets. */
class Side {
  readonly said: string[] = [];
  readonly open: ServerTransaction[] = [];
  readonly wire: TransactionWire;
  /** How many were absorbed before they were parsed. */
  unparsed = 0;

  static async make(looks: boolean): Promise<Side> {
    return new Side(await TransactionWire.open('udp'), looks);
  }

  private constructor(wire: TransactionWire, looks: boolean) {
    this.wire = wire;
    const { transactions } = wire;
    const absorbs = transactions.absorbs.bind(transactions);
    transactions.absorbs = (octets): boolean => {
      const isKnown = looks && absorbs(octets);
      if (isKnown) this.unparsed++;
      return isKnown;
    };
    transactions.user = {
      onRequest: (request: SipRequest, flow: Flow): void => {
        this.said.push(`${request.method} ${request.bytes.length}`);
        // A server that answers some by itself and remembers nothing of them.
        if (request.method === 'INFO') return void transactions.replyStatelessly(request, flow, { status: 481 });
        this.open.push(
          transactions.accept(request, flow, {
            onCancel: () => void this.said.push('cancelled'),
            onTerminated: () => void this.said.push('terminated'),
          }),
        );
      },
      onAck: () => void this.said.push('ack'),
    };
  }

  /** All that can be seen of it from outside. */
  get seen(): unknown {
    const { transactions, transport, network, log } = this.wire;
    const wire = network.wire.map(({ at, from, octets }) => `${at} ${from.address} ${octets.toString('latin1')}`);
    return { wire, said: this.said, counters: { ...transactions.counters, ...transport.counters }, log: log.lines };
  }
}

type Step =
  | { readonly kind: 'says'; readonly parts: RequestParts; readonly spoiled: number | undefined }
  | { readonly kind: 'says again'; readonly back: number }
  | { readonly kind: 'answers'; readonly which: number; readonly status: number }
  | { readonly kind: 'passes'; readonly milliseconds: number };

const few = (...values: string[]) => fc.constantFrom(...values);
const parts: fc.Arbitrary<RequestParts> = fc.record({
  method: few('INVITE', 'INVITE', 'INVITE', 'OPTIONS', 'OPTIONS', 'BYE', 'ACK', 'CANCEL', 'INFO'),
  branch: few('z9hG4bKone', 'z9hG4bKtwo', '1', 'z9hG4bK'),
  callId: few('call-1', 'call-2'),
  seq: fc.integer({ min: 1, max: 2 }),
  toTag: fc.constantFrom(undefined, 'bob'),
  headers: fc.constantFrom([], ['Subject: x'], [`Subject: ${'x'.repeat(3_000)}`]),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('says' as const),
    parts,
    spoiled: fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined, freq: 4 }),
  }),
  fc.record({ kind: fc.constant('says again' as const), back: fc.nat(4) }),
  fc.record({ kind: fc.constant('says again' as const), back: fc.constant(0) }),
  fc.record({
    kind: fc.constant('answers' as const),
    which: fc.nat(3),
    status: fc.constantFrom(100, 180, 200, 408, 486),
  }),
  fc.record({ kind: fc.constant('passes' as const), milliseconds: fc.constantFrom(1, 500, 4_000, 33_000) }),
);

function take(side: Side, step: Step, sent: string[]): void {
  const { wire, open } = side;
  switch (step.kind) {
    case 'passes':
      wire.clock.advance(step.milliseconds);
      break;
    case 'answers':
      open.at(-1 - step.which)?.respond({ status: step.status, toTag: 'bob' });
      wire.clock.advance(0);
      break;
    case 'says again':
      wire.inject(sent.at(-1 - step.back) ?? '');
      break;
    case 'says': {
      const octets = Buffer.from(requestText(step.parts));
      if (step.spoiled !== undefined) octets[step.spoiled % octets.length]! ^= 1;
      sent.push(octets.toString('latin1'));
      wire.inject(octets);
    }
  }
}

describe('RFC 3261 §17.2.3: a retransmission is absorbed before it is parsed', () => {
  let [quick, whole]: Side[] = [];

  beforeEach(async () => {
    quick = await Side.make(true);
    whole = await Side.make(false);
  });

  test('exactly as if it had been parsed: random streams leave no difference behind', async () => {
    let unparsed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const [one, other] = [await Side.make(true), await Side.make(false)];
        const [toOne, toOther]: [string[], string[]] = [[], []];
        for (const each of steps) {
          take(one, each, toOne);
          take(other, each, toOther);
        }
        expect(one.seen).toEqual(other.seen);
        unparsed += one.unparsed;
        for (const side of [one, other]) {
          side.wire.transactions.close();
          side.wire.clock.advance(200_000);
          expect(side.wire.leftovers()).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
    // Else nothing was tested.
    expect(unparsed).toBeGreaterThan(200);
  });

  const says = (parts: RequestParts): void => {
    for (const side of [quick!, whole!]) side.wire.inject(requestText(parts));
  };

  test('one octet more or less makes it a message to be read', () => {
    says({ method: 'OPTIONS' });
    says({ method: 'OPTIONS' });
    expect(quick?.unparsed).toBe(1);
    says({ method: 'OPTIONS', headers: ['Subject: x'] });
    says({ method: 'OPTIONS', branch: 'z9hG4bKonf', callId: 'call-2' });
    expect(quick?.unparsed).toBe(1);
    expect(quick?.seen).toEqual(whole?.seen);
    expect(quick?.wire.transactions.counters.requestsAbsorbed).toBe(2);
  });

  test('what is over is forgotten: the same octets are a new request', () => {
    says({ method: 'OPTIONS' });
    for (const side of [quick!, whole!]) {
      side.open[0]?.respond({ status: 200 });
      side.wire.clock.advance(33_000);
    }
    says({ method: 'OPTIONS' });
    expect(quick?.said).toEqual(['OPTIONS 238', 'terminated', 'OPTIONS 238']);
    expect([quick?.unparsed, quick?.said]).toEqual([0, whole?.said]);
  });

  test('as many as there are places push each other out and lose nothing', () => {
    for (let i = 0; i < 3_000; i++) says({ method: 'OPTIONS', branch: `z9hG4bK${i}`, callId: `call-${i}` });
    for (let i = 0; i < 3_000; i++) says({ method: 'OPTIONS', branch: `z9hG4bK${i}`, callId: `call-${i}` });
    expect(quick?.wire.transactions.counters.requestsAbsorbed).toBe(3_000);
    expect(quick?.said).toHaveLength(3_000);
    expect(quick?.unparsed).toBeGreaterThan(200);
    expect(quick?.unparsed).toBeLessThanOrEqual(1_024);
  });
});
