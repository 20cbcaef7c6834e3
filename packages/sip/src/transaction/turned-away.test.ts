import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SipRequest } from '../message/message.ts';
import { type RequestParts, requestText, TransactionWire } from '../testing/transaction-wire.ts';
import type { TransactionUser } from './user.ts';

let wire: TransactionWire;
let passedUp: string[];
let asked: string[];
let may: () => boolean;

async function over(transport: 'udp' | 'tcp', limit?: number): Promise<void> {
  wire = await TransactionWire.open(transport, limit === undefined ? {} : { limit });
  passedUp = [];
  asked = [];
  may = () => false;
  wire.transactions.user = {
    onRequest: (request: SipRequest, flow) => {
      passedUp.push(request.method);
      wire.transactions.accept(request, flow);
    },
    mayAnswer: ({ method }) => {
      asked.push(method);
      return may();
    },
    onAck: () => {},
  } satisfies TransactionUser;
}

function inject(method: string, more: Omit<RequestParts, 'method'> = {}): void {
  wire.inject(requestText({ method, ...more }, wire.name));
}

function without(header: string, method: string, more: Omit<RequestParts, 'method'> = {}): void {
  wire.inject(requestText({ method, ...more }, wire.name).replace(new RegExp(`^${header}: .*\r\n`, 'm'), ''));
}

function heard(): string[] {
  return wire.heard().map(({ description }) => description);
}

beforeEach(() => over('udp'));

afterEach(() => {
  wire.transactions.close();
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
});

for (const [what, method, send] of [
  ['a CANCEL of nothing', 'CANCEL', () => inject('CANCEL')],
  ['a request that is wrong', 'OPTIONS', () => without('Call-ID', 'OPTIONS')],
  ['a CANCEL that is wrong, of nothing', 'CANCEL', () => without('Call-ID', 'CANCEL')],
] as const) {
  test(`${what} is answered only to whom the user lets us answer`, () => {
    send();
    expect([heard(), asked]).toEqual([[], [method]]);
    expect(wire.log.lines).toEqual([]);
    may = () => true;
    send();
    expect(heard()).toHaveLength(1);
  });
}

test('so is what came by two ways', () => {
  inject('INVITE');
  inject('INVITE', { branch: 'z9hG4bKtwo' });
  expect([heard(), asked]).toEqual([[], ['INVITE']]);
  may = () => true;
  inject('INVITE', { branch: 'z9hG4bKtwo' });
  expect(heard()).toEqual(['482 INVITE']);
});

test('so is what is too much', async () => {
  await over('udp', 1);
  for (const callId of ['one', 'two']) inject('OPTIONS', { callId, branch: `z9hG4bK${callId}` });
  expect([heard(), asked]).toEqual([[], ['OPTIONS']]);
  may = () => true;
  inject('OPTIONS', { callId: 'three', branch: 'z9hG4bKthree' });
  expect(heard()).toEqual(['503 OPTIONS']);
});

test('so is what cannot be cut out of a stream', async () => {
  await over('tcp');
  without('Content-Length', 'OPTIONS');
  expect([heard(), asked]).toEqual([[], ['OPTIONS']]);
  wire.hangUp();
  may = () => true;
  without('Content-Length', 'OPTIONS');
  expect(heard()).toEqual(['400 OPTIONS']);
});

test('nobody is asked about what belongs to a transaction, or is passed up', () => {
  inject('OPTIONS', { callId: 'another', branch: 'z9hG4bKanother' });
  inject('INVITE');
  inject('INVITE');
  without('Call-ID', 'CANCEL');
  inject('CANCEL');
  expect(passedUp).toEqual(['OPTIONS', 'INVITE']);
  expect(heard()).toEqual(['400 CANCEL', '200 CANCEL', '487 INVITE']);
  expect(asked).toEqual([]);
});

test('a user that throws when it is asked costs one answer', () => {
  may = () => {
    throw new Error('a bug');
  };
  inject('CANCEL');
  expect(heard()).toEqual([]);
  expect(wire.transactions.counters.userFaults).toBe(1);
});
