import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SipRequest } from '../message/message.ts';
import { messageOf, type RequestParts, requestText, THEIRS, TransactionWire } from '../testing/transaction-wire.ts';
import type { Flow } from '../transport/index.ts';
import type { TransactionLayerOptions } from './transaction-layer.ts';
import type { ServerTransaction } from './user.ts';

let wire: TransactionWire;
/** What the user of the layer, and of its transactions, was told. */
let told: string[];
let transactions: ServerTransaction[];

/** Makes a transaction of every request. */
async function over(transport: 'udp' | 'tcp', options: Partial<TransactionLayerOptions> = {}): Promise<void> {
  wire = await TransactionWire.open(transport, options);
  told = [];
  transactions = [];
  wire.transactions.user = {
    onRequest(request: SipRequest, flow: Flow): void {
      told.push(request.method);
      const own = {
        onCancel: () => void told.push('cancelled'),
        onTransportError: ({ code }: { code: string }) => void told.push(`transport error: ${code}`),
        onTerminated: () => void told.push('terminated'),
      };
      transactions.push(wire.transactions.accept(request, flow, own));
    },
    onAck: () => void told.push('ack'),
  };
}

function inject(method: string, more: Omit<RequestParts, 'method'> = {}): void {
  wire.inject(requestText({ method, ...more }, wire.name));
}

function respond(status: number, toTag = 'bob'): void {
  transactions.at(-1)?.respond({ status, toTag });
  wire.clock.advance(0);
}

afterEach(() => {
  for (const transaction of transactions) if (!isOver(transaction)) transaction.respond({ status: 500 });
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
});

function isOver({ state }: ServerTransaction): boolean {
  return state !== 'trying' && state !== 'proceeding';
}

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

  test('after 2xx the INVITE is absorbed, and its user repeats the 2xx (RFC 6026 §7.1)', () => {
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

  test('a send that fails is told, and the transaction goes on (RFC 6026 §8.7)', async () => {
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

describe('other requests over UDP', () => {
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

  test('a send that fails is told, and the transaction goes on', async () => {
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

describe('CANCEL (RFC 3261 §9.2)', () => {
  beforeEach(() => over('udp'));

  test('is answered 200 with the tag of the INVITE, and told once', () => {
    inject('INVITE');
    respond(180);
    inject('CANCEL');
    inject('CANCEL');
    expect(told).toEqual(['INVITE', 'cancelled']);
    const answers = wire.heard('200 CANCEL').map((seen) => messageOf(seen).toTag);
    expect(answers).toEqual(['bob', 'bob']);
    respond(487);
    expect(
      wire
        .heard()
        .map(({ description }) => description)
        .at(-1),
    ).toBe('487 INVITE');
  });

  test('before any response it is answered alike each time', () => {
    inject('INVITE');
    inject('CANCEL');
    inject('CANCEL');
    const [first, second] = wire.heard('200 CANCEL');
    expect(second!.octets).toEqual(first!.octets);
  });

  test('after a final response it means nothing', () => {
    inject('INVITE');
    respond(486);
    inject('CANCEL');
    expect(wire.heard('200 CANCEL').length).toBe(1);
    expect(told).toEqual(['INVITE']);
  });

  test.each(['another branch', 'no INVITE at all', 'an OPTIONS'])('for %s it is answered 481', (what) => {
    if (what === 'another branch') inject('INVITE', { branch: 'z9hG4bKother' });
    if (what === 'an OPTIONS') inject('OPTIONS');
    inject('CANCEL');
    expect(wire.heard('481 CANCEL').length).toBe(1);
    expect(told).not.toContain('cancelled');
  });

  test('the layer answers the INVITE itself when its user does not care', () => {
    wire.transactions.user = {
      onRequest: (request, flow) => void transactions.push(wire.transactions.accept(request, flow)),
      onAck: () => {},
    };
    inject('INVITE');
    inject('CANCEL');
    expect(wire.heard().map(({ description }) => description)).toEqual(['200 CANCEL', '487 INVITE']);
  });
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

  test.each([old, short])('their request is known again by all that it says', (via) => {
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

describe('what is answered without transaction', () => {
  beforeEach(() => over('udp'));

  test('a challenge has one To tag for a request and its repetition, and leaves nothing behind (RFC 3261 §8.2.7)', () => {
    wire.transactions.user = {
      onRequest: (request, flow) => wire.transactions.replyStatelessly(request, flow, { status: 401 }),
      onAck: () => {},
    };
    inject('INVITE');
    wire.clock.advance(500);
    inject('INVITE');
    inject('INVITE', { branch: 'z9hG4bKtwo', seq: 2 });
    const [first, second, other] = wire.heard('401 INVITE');
    expect(second!.octets).toEqual(first!.octets);
    expect(messageOf(other).toTag).not.toBe(messageOf(first).toTag);
    expect(messageOf(first).toTag).toMatch(/^[0-9a-f]{16}$/);
    expect(wire.leftovers()).toEqual([]);
  });

  test('an ACK is never answered', () => {
    inject('ACK', { headers: ['Max-Forwards: x'] });
    inject('ACK', { uri: 'sip:a?b=c' });
    wire.transactions.user = {
      onRequest: () => {},
      onAck: (request, flow) => wire.transactions.replyStatelessly(request, flow, { status: 481 }),
    };
    inject('ACK');
    expect(wire.heard()).toEqual([]);
  });

  test.each([
    ['a Request-URI with headers', { uri: 'sip:bob@example.com?Route=x' }, '400 OPTIONS'],
    ['another method in CSeq', { headers: ['CSeq: 1 INVITE'] }, '400 OPTIONS'],
    ['the magic cookie alone', { branch: 'z9hG4bK' }, '400 OPTIONS'],
  ])('%s gets 400', (_, parts, answer) => {
    inject('OPTIONS', parts);
    expect(wire.heard(answer).length).toBe(1);
    expect(told).toEqual([]);
    expect(wire.transactions.counters.badRequests).toBe(1);
    expect(wire.leftovers()).toEqual([]);
  });

  test('another version gets 505', () => {
    wire.inject(requestText({ method: 'OPTIONS' }).replace('SIP/2.0\r\n', 'SIP/7.0\r\n'));
    expect(wire.heard('505 OPTIONS').length).toBe(1);
  });

  test('a bad CANCEL gets 400', () => {
    inject('CANCEL', { headers: ['CSeq: 1 INVITE'] });
    expect(wire.heard().length).toBe(1);
  });

  test('without Via there is nobody to answer', () => {
    wire.inject(requestText({ method: 'OPTIONS' }).replace(/Via: .*\r\n/, ''));
    expect(wire.heard()).toEqual([]);
    expect(wire.transactions.counters.unusable).toBe(1);
  });

  test('bad requests cost one log line a second for each source', () => {
    for (let i = 0; i < 10; i++) inject('OPTIONS', { branch: 'z9hG4bK' });
    expect(wire.log.events.filter((event) => event === 'transaction.bad-request').length).toBe(1);
    wire.clock.advance(1_000);
    inject('OPTIONS', { branch: 'z9hG4bK' });
    expect(wire.log.events.filter((event) => event === 'transaction.bad-request').length).toBe(2);
  });
});

test('beyond the limit a new request gets 503; one within a dialog has some more room', async () => {
  await over('udp', { limit: 4 });
  const many = (from: number, count: number, toTag?: string): void => {
    for (let i = from; i < from + count; i++) inject('OPTIONS', { branch: `z9hG4bKn${i}`, callId: `n${i}`, toTag });
  };
  many(0, 6);
  expect(told.length).toBe(4);
  expect(wire.heard('503 OPTIONS').length).toBe(2);
  expect(messageOf(wire.heard('503 OPTIONS')[0]).value('Retry-After')).toBe('5');
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
