/**
 * The least that taking a flood can cost in Node: a UDP socket that counts. It says "at PORT", and after a line on its standard input
 * how many datagrams came and the microseconds of processor that each took, as JSON.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const socket = createSocket('udp4');
let count = 0;
socket.on('message', () => count++);
await new Promise<void>((resolve) => socket.bind(0, process.argv[2], resolve));
socket.setRecvBufferSize(4 * 1024 * 1024);
const before = process.cpuUsage();
process.stdout.write(`at ${socket.address().port}\n`);
await once(process.stdin, 'data');
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ count, each: (user + system) / count })}\n`, () => process.exit());
