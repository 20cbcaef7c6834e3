import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { IdleClients } from './idle/clients.ts';
import type { Sample } from './idle/server.ts';

/**
 * What connections cost that say nothing: memory each, and the CPU of the process that holds them, at rest and for a ping of all.
 * One process holds them, a transport layer without anything above; each client sends one OPTIONS and stays.
 *
 * node tools/bench/src/idle.ts [--connections 10000] [--seconds 20] [--only tcp,tls,ws,wss]
 */
const SERVER = fileURLToPath(new URL('./idle/server.ts', import.meta.url));

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}

const CONNECTIONS = Number(option('connections', '10000'));
const SECONDS = Number(option('seconds', '20'));
const TRANSPORTS = option('only', 'tcp,tls,ws,wss').split(',');

async function measure(transport: string): Promise<void> {
  const server = fork(SERVER, [transport], { execArgv: ['--expose-gc'] });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const ask = async (what: 'sample' | 'ping'): Promise<Sample> => {
    server.send(what);
    return ((await once(server, 'message')) as [Sample])[0];
  };
  const clients = new IdleClients(transport, port);
  // What the first ones bring with them (code, tables) is not theirs.
  await clients.open(100);
  await wait(500);
  const before = await ask('sample');
  const opened = performance.now();
  await clients.open(CONNECTIONS);
  const took = (performance.now() - opened) / 1000;
  // The last ones have written, which is not yet to say that they were read.
  let after = await ask('sample');
  for (let tries = 0; after.heard < CONNECTIONS + 100 && tries < 100; tries++) {
    await wait(100);
    after = await ask('sample');
  }
  if (after.heard !== CONNECTIONS + 100) {
    throw new Error(`${transport}: ${after.heard} of ${CONNECTIONS + 100} were heard`);
  }
  await wait(SECONDS * 1000);
  const rested = await ask('sample');
  const pinged = await ask('ping');
  await wait(1000);
  const calm = await ask('sample');
  const each = (octets: number): string => (octets / CONNECTIONS / 1024).toFixed(1);
  const percent = ((rested.cpu - after.cpuAfter) / (SECONDS * 1000)) * 100;
  console.log(
    [
      transport.padEnd(4),
      `${CONNECTIONS} connections in ${took.toFixed(1)} s, ${((after.cpu - before.cpuAfter) / CONNECTIONS).toFixed(2)} ms CPU each`,
      `${each(rested.rss - before.rss)} KiB resident each (${each(rested.heap - before.heap)} of them heap, ${each(rested.external - before.external)} external)`,
      `at rest ${percent.toFixed(2)} % of a core`,
      `a ping to all ${(calm.cpu - rested.cpuAfter).toFixed(0)} ms CPU`,
      `${pinged.heard} open`,
    ].join('; '),
  );
  clients.close();
  server.kill();
  await once(server, 'exit');
}

for (const transport of TRANSPORTS) await measure(transport);
