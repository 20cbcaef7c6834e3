import { Ledger, SILENT, SystemClock, SystemRandom } from '@vats/kernel';
import { SystemNetwork, TransactionLayer, TransportLayer } from '@vats/sip';

// A process of its own: our stack alone, which answers each OPTIONS in a transaction, as the peers do. Ports by its arguments.

const [address = '127.0.0.1', port = '5060'] = process.argv.slice(2);
const parts = { clock: new SystemClock(), random: new SystemRandom(), log: SILENT, ledger: new Ledger() };
const transport = new TransportLayer({ ...parts, network: new SystemNetwork() });
// Each lives for 64*T1 (RFC 3261 §17.2.2), so that as many are up as come in 32 s.
const transactions = new TransactionLayer({ ...parts, transport, limit: 400_000 });
transactions.user = {
  onRequest: (request, flow) => transactions.accept(request, flow).respond({ status: 200 }),
  onAck: () => {},
};
await transport.listen({ transport: 'udp', endpoint: { address, port: Number(port) } });
console.log('ready');
// In good order, so that a profile of it is written.
process.on('SIGTERM', () => process.exit(0));
