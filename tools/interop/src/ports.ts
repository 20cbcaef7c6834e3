import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Of all files that run at the same time; each has a part of its own, for a port is free until a phone has bound it. */
const [ALL_FROM, PARTS, PART] = [47_000, 3, 1_000];
const FIRST = ALL_FROM + ((Number(process.env.VITEST_POOL_ID ?? 1) - 1) % PARTS) * PART;
const LAST = FIRST + PART - 1;

// Runs that follow each other start at different places: a TCP port of the run before may still be in TIME_WAIT.
let next = FIRST + ((process.pid * 40) % (LAST - FIRST));

function udpFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

function tcpFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The first of `count` ports in a row, even, that nobody has on UDP and TCP; each is given once a process. */
export async function freePorts(count = 1, address = '127.0.0.1'): Promise<number> {
  for (let tried = 0; tried < LAST - FIRST; tried++) {
    if (next % 2 === 1) next++;
    if (next + count > LAST) next = FIRST;
    const first = next;
    next += count;
    const free = await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        return (await udpFree(first + i, address)) && (await tcpFree(first + i, address));
      }),
    );
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in ${FIRST}-${LAST}`);
}

/** Whether some process of this network namespace has the UDP port bound, on any address: the kernel's own list is asked. */
export function udpBound(port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['/proc/net/udp', '/proc/net/udp6'].some((table) =>
    readFileSync(table, 'latin1')
      .split('\n')
      .some((line) => line.trim().split(/\s+/)[1]?.endsWith(wanted)),
  );
}
