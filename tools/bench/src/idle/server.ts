import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ledger, SILENT, SystemClock, SystemRandom } from '@vats/kernel';
import { type Flow, KEEP_ALIVE, SystemNetwork, SystemTls, TransportLayer, type TransportName } from '@vats/sip';

/** What the process is at a moment; CPU in milliseconds since its start, before and after the collection that the sample takes. */
export interface Sample {
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  readonly cpu: number;
  readonly cpuAfter: number;
  /** Connections over which something was heard, and that are open. */
  readonly heard: number;
}

const FILES = new URL('../../../../fixtures/tls/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(`${name}.pem`, FILES), 'latin1');
const PLENTY = 100_000;

const transport = process.argv[2] as TransportName;
const chain = read('pbx');
const flows = new Set<Flow>();
const layer = new TransportLayer({
  network: new SystemNetwork(),
  tls: new SystemTls({ certificates: [{ leaf: new X509Certificate(chain), chain, key: read('pbx-key') }] }),
  clock: new SystemClock(),
  random: new SystemRandom(),
  log: SILENT,
  ledger: new Ledger(),
  bounds: { total: PLENTY, perSource: PLENTY, perStranger: PLENTY },
});
layer.user = {
  onMessage: (_message, flow) => {
    flows.add(flow);
    flow.onClose(() => flows.delete(flow));
  },
};

function sample(): Sample {
  const cpu = cpuNow();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed, external, cpu, cpuAfter: cpuNow(), heard: flows.size };
}

function cpuNow(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

process.on('message', (what) => {
  if (what === 'ping') for (const flow of flows) flow.send(KEEP_ALIVE);
  process.send?.(sample());
});
process.on('disconnect', () => process.exit());
const listener = await layer.listen({ transport, endpoint: { address: '127.0.0.1', port: 0 } });
process.send?.({ port: listener.endpoint.port });
