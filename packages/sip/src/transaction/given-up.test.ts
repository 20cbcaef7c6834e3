import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RequestDraft } from '../message/write-message.ts';
import { requestText, THEIRS, TransactionWire } from '../testing/transaction-wire.ts';
import type { ClientTransactionUser } from './user.ts';

let wire: TransactionWire;
let told: string[];

const user: ClientTransactionUser = {
  onResponse: ({ status }) => told.push(`${status}`),
  onTimeout: () => told.push('timeout'),
  onTransportError: () => told.push('transport error'),
  onTerminated: () => told.push('terminated'),
};

function draft(method: string): RequestDraft {
  const headers = [
    ['From', '<sip:alice@example.com>;tag=a'],
    ['To', '<sip:bob@example.com>'],
    ['Call-ID', 'c1'],
    ['CSeq', `7 ${method}`],
  ] as const;
  return { method, uri: 'sip:bob@198.51.100.9:5070', headers };
}

function send(method: string, who: ClientTransactionUser = user): void {
  wire.transactions.send(draft(method), wire.flow, who);
  wire.clock.advance(0);
}

function leftovers(): string[] {
  return wire.ledger.leftovers(['listeners']);
}

beforeEach(async () => {
  wire = await TransactionWire.open('udp');
  told = [];
});

afterEach(() => {
  wire.clock.advance(60_000);
  expect(leftovers()).toEqual([]);
});

test('what waits for a response times out at once, and is not sent again', () => {
  send('BYE');
  wire.transactions.giveUpOn(({ address, port }) => address === THEIRS.address && port === THEIRS.port);
  expect(told).toEqual(['timeout', 'terminated']);
  expect(leftovers()).toEqual([]);
  wire.clock.advance(32_000);
  expect(wire.heard('BYE')).toHaveLength(1);
});

test('what has its response ends without another word', () => {
  send('BYE');
  wire.answer('BYE', { status: 200 });
  send('INVITE');
  wire.answer('INVITE', { status: 486 });
  wire.transactions.giveUpOn(() => true);
  expect(told).toEqual(['200', '486', 'terminated', 'terminated']);
  expect(leftovers()).toEqual([]);
});

test('what a user sends there when it is told goes out, once', () => {
  send('INFO', { ...user, onTimeout: () => send('BYE') });
  wire.transactions.giveUpOn(() => true);
  expect(told).toEqual(['terminated', 'timeout', 'terminated']);
  expect(leftovers()).toEqual([]);
  expect(wire.heard('BYE')).toHaveLength(1);
});

test('a response of ours is not repeated either', () => {
  wire.transactions.user = {
    onRequest: (request, flow) => wire.transactions.accept(request, flow).respond({ status: 486 }),
    onAck: () => {},
  };
  wire.inject(requestText({ method: 'INVITE' }));
  wire.transactions.giveUpOn(() => true);
  expect(leftovers()).toEqual([]);
  wire.clock.advance(32_000);
  expect(wire.heard('486 INVITE')).toHaveLength(1);
});

test('others notice nothing', () => {
  send('BYE');
  wire.transactions.giveUpOn(({ port }) => port !== THEIRS.port);
  wire.clock.advance(600);
  expect(wire.heard('BYE')).toHaveLength(2);
  wire.answer('BYE', { status: 200 });
  expect(told).toEqual(['200']);
});
