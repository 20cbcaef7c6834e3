import type { SipResponse } from '../../message/message.ts';
import type { RequestDraft } from '../../message/write-message.ts';
import { TransactionWire } from '../../testing/transaction-wire.ts';
import type { TransportFailure } from '../../transport/index.ts';
import type { ClientTransaction, ClientTransactionUser } from '../user.ts';

/** Writes down what it is told. */
export class Listener implements ClientTransactionUser {
  readonly told: string[] = [];
  readonly responses: SipResponse[] = [];

  onResponse(response: SipResponse): void {
    this.responses.push(response);
    this.told.push(String(response.status));
  }

  onTimeout(): void {
    this.told.push('timeout');
  }

  onTransportError(failure: TransportFailure): void {
    this.told.push(`transport error: ${failure.code}`);
  }

  onTerminated(): void {
    this.told.push('terminated');
  }
}

export function draft(method: string, more: Partial<RequestDraft> = {}): RequestDraft {
  return {
    method,
    uri: 'sip:bob@198.51.100.9:5070',
    headers: [
      ['Route', '<sip:edge.example.com;lr>'],
      ['From', '<sip:alice@example.com>;tag=a'],
      ['To', '<sip:bob@example.com>'],
      ['Call-ID', 'c1'],
      ['CSeq', `7 ${method}`],
      ['Contact', '<sip:alice@192.0.2.1>'],
    ],
    ...more,
  };
}

/** Of the test that runs now, as what follows. */
export let wire: TransactionWire;
export let user: Listener;

export function send(method: string): ClientTransaction {
  const transaction = wire.transactions.send(draft(method), wire.flow, user);
  wire.clock.advance(0);
  return transaction;
}

export async function over(transport: 'udp' | 'tcp'): Promise<void> {
  wire = await TransactionWire.open(transport);
  user = new Listener();
}
