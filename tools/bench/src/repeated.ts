/**
 * What a request costs that came before, until it is known for one: by its octets, and by parsing it and looking for its key.
 *
 *     node tools/bench/src/repeated.ts [--rounds N]
 */
import { parseArgs } from 'node:util';
import { Ledger, SILENT, SystemClock, SystemRandom } from '@vats/kernel';
import { parseMessage, TransactionLayer, TransportLayer } from '@vats/sip';
import { InstantNetwork } from './in-memory/instant-network.ts';
import { type Contestant, measure, printTable } from './measure.ts';
import { PLAIN_INVITE } from './parse/messages.ts';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const HERE = { address: '192.0.2.1', port: 5060 };
const PHONE = { address: '192.0.2.10', port: 5061 };

/** A stack in which so many INVITEs are answered and may be repeated. What it answers goes nowhere. */
async function stack(knowsOctets: boolean): Promise<{ readonly network: InstantNetwork; readonly invites: string[] }> {
  const network = new InstantNetwork(() => {});
  const parts = {
    clock: new SystemClock({ unref: true }),
    random: new SystemRandom(),
    log: SILENT,
    ledger: new Ledger(),
  };
  const transport = new TransportLayer({ ...parts, network });
  const transactions = new TransactionLayer({ ...parts, transport });
  if (!knowsOctets) transactions.absorbs = () => false;
  transactions.user = {
    onRequest: (request, flow) => transactions.accept(request, flow).respond({ status: 200 }),
    onAck: () => {},
  };
  await transport.listen({ transport: 'udp', endpoint: HERE });
  const text = PLAIN_INVITE.toString('latin1');
  const invites = Array.from({ length: 64 }, (_, i) =>
    text.replace('524287', `${524_287 + i}`).replace('3848276', `${3_848_276 + i}`),
  );
  for (const invite of invites) network.deliver(invite, PHONE);
  return { network, invites };
}

async function contestant(name: string, knowsOctets: boolean): Promise<Contestant> {
  const { network, invites } = await stack(knowsOctets);
  let next = 0;
  return {
    name,
    run: () => {
      network.deliver(invites[next++ % invites.length]!, PHONE);
      return 1;
    },
  };
}

const rows = measure(
  [
    await contestant('by its octets', true),
    await contestant('parsed, by its key', false),
    { name: '(the datagram itself)', run: () => Buffer.from(PLAIN_INVITE.toString('latin1'), 'latin1').length },
    { name: '(parsing alone)', run: () => (parseMessage(PLAIN_INVITE).ok ? 1 : 0) },
  ],
  { rounds: Number(flags.rounds) },
);
printTable(`An INVITE of ${PLAIN_INVITE.length} octets that came before`, rows, 'parsed, by its key');
process.exit();
