import type { SipRequest } from '../../message/message.ts';
import { type RequestParts, requestText, TransactionWire } from '../../testing/transaction-wire.ts';
import type { Flow } from '../../transport/index.ts';
import type { TransactionLayerOptions } from '../transaction-layer.ts';
import type { ServerTransaction } from '../user.ts';

/** Of the test that runs now, as what follows. */
export let wire: TransactionWire;
/** What the user of the layer, and of its transactions, was told. */
export let told: string[];
export let transactions: ServerTransaction[];

/** Makes a transaction of every request. */
export async function over(transport: 'udp' | 'tcp', options: Partial<TransactionLayerOptions> = {}): Promise<void> {
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

export function inject(method: string, more: Omit<RequestParts, 'method'> = {}): void {
  wire.inject(requestText({ method, ...more }, wire.name));
}

export function respond(status: number, toTag = 'bob'): void {
  transactions.at(-1)?.respond({ status, toTag });
  wire.clock.advance(0);
}

/** Ends what is under way, and lets every timer run out. */
export function endAll(): void {
  for (const transaction of transactions) if (!isOver(transaction)) transaction.respond({ status: 500 });
  wire.clock.advance(200_000);
}

function isOver({ state }: ServerTransaction): boolean {
  return state !== 'trying' && state !== 'proceeding';
}
