import { createSocket, type Socket } from 'node:dgram';
import type { PhonePair, RelayOrder } from './protocol.ts';

// A process of its own: the least that a relay in Node can be. Two sockets a call, what comes in on one goes out on the
// other, to a fixed place, unchecked. The only refinement is a lookup that answers at once.

process.on('message', (order: RelayOrder) => relay(order));

function relay({ phones }: RelayOrder): void {
  const calls = phones.map(({ a, b }): PhonePair => {
    const towardsA = bound();
    const towardsB = bound();
    towardsA.on('message', (packet) => towardsB.send(packet, b.port, b.address));
    towardsB.on('message', (packet) => towardsA.send(packet, a.port, a.address));
    return { a: endpoint(towardsA), b: endpoint(towardsB) };
  });
  process.send!({ calls });
}

// With a lookup that answers at once the socket is bound when `bind` returns.
function bound(): Socket {
  const socket = createSocket({ type: 'udp4', lookup: (address, _options, found) => found(null, address, 4) });
  socket.on('error', () => {});
  socket.bind(0, '127.0.0.1');
  return socket;
}

function endpoint(socket: Socket): { address: string; port: number } {
  const { address, port } = socket.address();
  return { address, port };
}
