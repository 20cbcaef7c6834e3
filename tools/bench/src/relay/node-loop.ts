import { createSocket, type Socket } from 'node:dgram';
import type { PhonePair, RelayOrder } from './protocol.ts';

/**
 * The least that a relay in Node can be: two sockets a call, what comes in on one goes out on the other, to a fixed place, unchecked.
 * `connected`: each socket is tied to its phone, which makes sending cheaper.
 */
export function relayOnOrder(options: { readonly connected: boolean }): void {
  process.on('message', ({ phones }: RelayOrder) => {
    const calls = phones.map(({ a, b }): PhonePair => {
      const towardsA = bound();
      const towardsB = bound();
      if (options.connected) {
        towardsA.connect(a.port, a.address);
        towardsB.connect(b.port, b.address);
        towardsA.on('message', (packet) => towardsB.send(packet));
        towardsB.on('message', (packet) => towardsA.send(packet));
      } else {
        towardsA.on('message', (packet) => towardsB.send(packet, b.port, b.address));
        towardsB.on('message', (packet) => towardsA.send(packet, a.port, a.address));
      }
      return { a: endpoint(towardsA), b: endpoint(towardsB) };
    });
    process.send!({ calls });
  });
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
