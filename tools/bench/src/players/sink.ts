import { createSocket } from 'node:dgram';

// A process of its own: hears what all players say and counts it, so that hearing costs the switch nothing.

interface Listener {
  last: number;
  packets: number;
}

const byPort = new Map<number, Listener>();
let packets = 0;
let late = 0;
/** The longest that nobody was heard from one player, in ms. */
let longestGap = 0;
let counting = false;

const socket = createSocket('udp4');
socket.on('message', (_packet, from) => {
  if (!counting) return;
  packets++;
  const now = performance.now();
  const listener = byPort.get(from.port);
  if (listener === undefined) {
    byPort.set(from.port, { last: now, packets: 1 });
    return;
  }
  const gap = now - listener.last;
  longestGap = Math.max(longestGap, gap);
  if (gap > 40) late++;
  listener.last = now;
  listener.packets++;
});
socket.bind(0, '127.43.1.1', () => {
  socket.setRecvBufferSize(8 * 2 ** 20);
  process.send!({ port: socket.address().port });
});

process.on('message', (order: 'count' | 'tell') => {
  if (order === 'count') {
    counting = true;
    return;
  }
  const counts = [...byPort.values()].map((listener) => listener.packets);
  process.send!({
    packets,
    late,
    longestGap,
    players: counts.length,
    fewest: Math.min(...counts),
    most: Math.max(...counts),
  });
  process.exit(0);
});
