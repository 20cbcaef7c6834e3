import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DirectSocket, directSocket, NOTHING } from './direct-socket.ts';

let near: Socket;
let far: Socket;
let direct: DirectSocket;
const into = [Buffer.alloc(100)];

beforeEach(async () => {
  near = await bound();
  far = await bound();
  near.connect(far.address().port, '127.0.0.1');
  far.connect(near.address().port, '127.0.0.1');
  await Promise.all([once(near, 'connect'), once(far, 'connect')]);
  direct = directSocket(near)!;
});

afterEach(() => {
  near.close();
  far.close();
});

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

const send = (text: string) => new Promise((sent) => far.send(text, sent));

test('this Node has it', () => {
  expect(direct).toBeDefined();
});

test('reads one datagram at a time, in the order they came, and then nothing', async () => {
  direct.pause();
  await send('one');
  await send('');
  await send('three');
  const lengths = [1, 2, 3, 4].map(() => direct.read(into));
  expect(lengths).toEqual([3, 0, 5, NOTHING]);
  expect(into[0]!.toString('latin1', 0, 5)).toBe('three');
});

test('what does not fit is cut off', async () => {
  direct.pause();
  await send('x'.repeat(300));
  expect([direct.read(into), direct.read(into)]).toEqual([100, NOTHING]);
});

test('while it is paused nobody else reads; afterwards nothing has been lost', async () => {
  const heard: string[] = [];
  near.on('message', (datagram) => void heard.push(String(datagram)));
  direct.pause();
  await send('kept');
  // A turn of the loop in which `node:dgram` would have read.
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([]);
  direct.resume();
  await once(near, 'message');
  expect(heard).toEqual(['kept']);
});

test('writes one datagram', async () => {
  const [written] = [direct.write(Buffer.from('hello'))];
  const [datagram] = await once(far, 'message');
  expect([written, String(datagram)]).toEqual([true, 'hello']);
});

test('what was written is let go, and the memory that it was cut from', async () => {
  const written = new WeakRef(writeFromAPiece());
  // A reference that was just made is kept for this turn.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(written.deref()).toBeUndefined();
});

function writeFromAPiece(): ArrayBufferLike {
  const piece = Buffer.allocUnsafeSlow(65_536);
  direct.write(piece.subarray(0, 172));
  return piece.buffer;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

test('that nobody was there for what was written hides nothing of what came', async () => {
  direct.pause();
  const port = far.address().port;
  await send('before');
  await new Promise<void>((closed) => far.close(closed));
  direct.write(Buffer.from('to nobody'));
  expect(direct.read(into)).toBe(6);
  far = createSocket('udp4');
  far.bind(port, '127.0.0.1');
  await once(far, 'listening');
  direct.write(Buffer.from('to somebody'));
  expect(direct.write(Buffer.from('to somebody'))).toBe(true);
});

test('a socket that is not there has none', async () => {
  const unbound = createSocket('udp4');
  expect(directSocket(unbound)).toBeUndefined();
  expect(directSocket({} as Socket)).toBeUndefined();
  await new Promise<void>((closed) => unbound.close(() => closed()));
});
