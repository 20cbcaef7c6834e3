import { createSocket, type Socket } from 'node:dgram';
import type { PlayersOrder, Playing } from './protocol.ts';

// A process of its own: the least that playing can cost in Node. Each listener gets a packet of 172 octets every 20 ms; nothing is
// played, decoded or encoded. The only refinement is a lookup that answers at once.

const ADDRESS = '127.43.0.1';
const TURN_MS = 20;
/** Moments of a turn: as many as make no long bursts. */
const PHASES = 10;

process.on('message', (order: PlayersOrder) => play(order));
process.on('disconnect', () => process.exit(0));

function play({ players, ears, sockets }: PlayersOrder): void {
  const one = sockets === 'one' ? bound() : undefined;
  const voices: { readonly socket: Socket; readonly port: number; readonly packet: Buffer }[] = [];
  for (let i = 0; i < players; i++) {
    const packet = Buffer.alloc(172, 0xd5);
    packet[0] = 0x80;
    packet[1] = 8;
    packet.writeUInt32BE(1_000 + i, 8);
    const port = ears.ports[i % ears.ports.length]!;
    const socket = one ?? bound();
    if (sockets === 'connected') socket.connect(port, ears.address);
    voices.push({ socket, port, packet });
  }
  let count = 0;
  const start = performance.now();
  let phase = 0;
  const speak = (): void => {
    for (let i = phase % PHASES; i < voices.length; i += PHASES) {
      const { socket, port, packet } = voices[i]!;
      packet.writeUInt16BE(count & 0xffff, 2);
      packet.writeUInt32BE((count * 160) >>> 0, 4);
      if (sockets === 'connected') socket.send(packet);
      else socket.send(packet, port, ears.address);
    }
    phase++;
    count = Math.floor(phase / PHASES);
  };
  const due = (): number => start + (phase * TURN_MS) / PHASES - performance.now();
  const turn = (): void => {
    // A timer takes a millisecond at least, and may be late: all that is due is sent.
    do speak();
    while (due() <= 0);
    setTimeout(turn, due());
  };
  turn();
  process.send!({ legs: [] } satisfies Playing);
}

// With a lookup that answers at once the socket is bound when `bind` returns, and connected when `connect` does.
function bound(): Socket {
  const socket = createSocket({ type: 'udp4', lookup: (address, _options, found) => found(null, address, 4) });
  socket.on('error', () => {});
  socket.bind(0, ADDRESS);
  return socket;
}
