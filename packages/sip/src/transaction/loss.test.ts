import { Ledger, SILENT } from '@vats/kernel';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import type { RequestDraft } from '../message/write-message.ts';
import { MemoryNetwork } from '../testing/memory-network.ts';
import { TransportLayer } from '../transport/index.ts';
import { TransactionLayer } from './transaction-layer.ts';

const CALLS = 200;

/** Two ends over a network that loses, delays and repeats. */
async function ends(seed: number) {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock, { latency: 20 });
  const ledger = new Ledger();
  const end = async (address: string) => {
    const random = new SeededRandom(seed + address.length);
    const base = { clock, random, log: SILENT, ledger };
    const transport = new TransportLayer({ network: network.host(address), ...base });
    const transactions = new TransactionLayer({ transport, ...base });
    await transport.listen({ transport: 'udp', endpoint: { address, port: 5060 } });
    return { transport, transactions };
  };
  return { clock, network, ledger, alice: await end('192.0.2.1'), bob: await end('198.51.100.20') };
}

function request(method: string, call: number): RequestDraft {
  return {
    method,
    uri: 'sip:bob@198.51.100.20',
    headers: [
      ['From', `<sip:alice@example.com>;tag=t${call}`],
      ['To', '<sip:bob@example.com>'],
      ['Call-ID', `call-${call}`],
      ['CSeq', `1 ${method}`],
    ],
  };
}

test.each([
  ['nothing lost', 0],
  ['5 % lost', 0.05],
  ['30 % lost', 0.3],
  ['everything lost', 1],
])('with %s every request ends once, is told to its server at most once, and leaves nothing', async (_, rate) => {
  const { clock, network, ledger, alice, bob } = await ends(Math.round(rate * 100));
  network.lose(rate, new SeededRandom(11));
  if (rate < 1) {
    for (const what of ['INVITE', 'OPTIONS', '486 INVITE']) network.repeatNext(what, 3);
    network.overtakeNext('ACK');
  }

  const heard = new Map<string, number>();
  bob.transactions.user = {
    onRequest(incoming, flow) {
      const callId = incoming.value('Call-ID') ?? '';
      heard.set(callId, (heard.get(callId) ?? 0) + 1);
      const transaction = bob.transactions.accept(incoming, flow);
      clock.after(incoming.method === 'INVITE' ? 3_000 : 0, () => {
        transaction.respond({ status: incoming.method === 'INVITE' ? 486 : 200 });
      });
    },
    onAck: () => {},
  };

  const ended = new Map<number, string[]>();
  const flow = alice.transport.flowTo({ transport: 'udp', endpoint: { address: '198.51.100.20', port: 5060 } });
  for (let call = 0; call < CALLS; call++) {
    const told: string[] = [];
    ended.set(call, told);
    alice.transactions.send(request(call % 2 === 0 ? 'INVITE' : 'OPTIONS', call), flow, {
      onResponse: ({ status }) => void (status >= 200 && told.push(String(status))),
      onTimeout: () => void told.push('timeout'),
      onTransportError: () => void told.push('transport'),
      onTerminated: () => void told.push('terminated'),
    });
    clock.advance(10);
  }
  clock.advance(200_000);

  const outcomes = [...ended.values()].map((told) => told.join(' '));
  const allowed = ['486 terminated', '200 terminated', 'timeout terminated'];
  expect(outcomes.filter((outcome) => !allowed.includes(outcome))).toEqual([]);
  expect(Math.max(0, ...heard.values())).toBeLessThanOrEqual(1);
  const timeouts = outcomes.filter((outcome) => outcome.startsWith('timeout')).length;
  if (rate <= 0.05) expect(timeouts).toBe(0);
  if (rate === 1) expect(timeouts).toBe(CALLS);
  expect(ledger.leftovers(['listeners'])).toEqual([]);
});
