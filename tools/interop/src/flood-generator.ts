/**
 * Floods a switch with REGISTERs that look like a phone's, from one address or from many; a process of its own, so that what it
 * costs is nobody else's. Its one argument is a `FloodOrder` as JSON. It says "ready" when its sockets are open, begins at a line on
 * its standard input, and ends with a `FloodReport` as JSON in one line.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Endpoint } from '@vats/kernel';

export interface FloodOrder {
  readonly target: Endpoint;
  /** Addresses that it comes from, one socket each, from the first of the network on. */
  readonly sources: number;
  /** The first two numbers of the addresses, within the loopback network. */
  readonly network: string;
  /** Messages a second, all sources together and in turn. */
  readonly rate: number;
  readonly seconds: number;
  /** With credentials for a nonce that nobody gave: such a message takes more work to turn away. */
  readonly guessing?: boolean;
}

export interface FloodReport {
  readonly sent: number;
  /** Messages that the rate asked for and that were not sent, because this process did not get to it. */
  readonly late: number;
  /** What the switch said to it. */
  readonly answers: number;
  readonly seconds: number;
  /** Of a processor, what this process took for it. */
  readonly load: number;
}

/** Octets of a message that differ from one to the next, eight hexadecimal digits each. */
interface Message {
  readonly octets: Buffer;
  readonly marks: readonly number[];
}

const TICK_MS = 1;
/** More than this at once would be a burst, not a rate. */
const MOST_AT_ONCE_MS = 20;
const MARK = '########';

function message(order: FloodOrder, local: Endpoint, number: number): Message {
  const { address, port } = order.target;
  const user = 100 + (number % 900);
  const realm = 'office.example';
  const text = [
    `REGISTER sip:${realm} SIP/2.0`,
    `Via: SIP/2.0/UDP ${local.address}:${local.port};branch=z9hG4bK-${MARK};rport`,
    'Max-Forwards: 70',
    `From: "${user}" <sip:${user}@${realm}>;tag=${MARK}`,
    `To: "${user}" <sip:${user}@${realm}>`,
    `Call-ID: ${MARK}-5f1c@${local.address}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:${user}@${local.address}:${local.port};transport=udp>`,
    ...(order.guessing
      ? [
          `Authorization: Digest username="${user}", realm="${realm}", nonce="${MARK}${'0123456789abcdef'.repeat(3)}", uri="sip:${address}:${port}", response="0123456789abcdef0123456789abcdef", algorithm=MD5, qop=auth, nc=00000001, cnonce="${MARK}"`,
        ]
      : []),
    'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, INFO, NOTIFY, MESSAGE',
    'User-Agent: Yealink SIP-T46U 108.86.0.45',
    'Expires: 3600',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
  const marks: number[] = [];
  for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + 1)) marks.push(at);
  return { octets: Buffer.from(text, 'latin1'), marks };
}

const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

function stamp({ octets, marks }: Message, number: number): void {
  const first = marks[0]!;
  for (let i = 0; i < MARK.length; i++) octets[first + i] = DIGITS[(number >>> (28 - 4 * i)) & 15]!;
  for (let i = 1; i < marks.length; i++) octets.copy(octets, marks[i]!, first, first + MARK.length);
}

function addressOf(network: string, number: number): string {
  // The last number goes from 1 to 254, as in any real network.
  return `${network}.${Math.floor(number / 254)}.${1 + (number % 254)}`;
}

async function open(address: string, target: Endpoint, heard: () => void): Promise<Socket> {
  // A literal needs no look-up, and dgram's own takes a turn in libuv for each of ten thousand sockets.
  const socket = createSocket({ type: 'udp4', lookup: (name, _, answer) => answer(null, name, 4) });
  socket.on('error', () => {});
  socket.on('message', heard);
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  // Connected, the kernel looks the way up once and not for each message.
  await new Promise<void>((resolve) => socket.connect(target.port, target.address, resolve));
  return socket;
}

async function flood(order: FloodOrder): Promise<FloodReport> {
  let answers = 0;
  const senders: { socket: Socket; message: Message }[] = [];
  for (let i = 0; i < order.sources; i++) {
    const socket = await open(addressOf(order.network, i), order.target, () => answers++);
    senders.push({ socket, message: message(order, socket.address(), i) });
  }
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const before = process.cpuUsage();
  const begun = performance.now();
  const whole = order.rate * order.seconds;
  const most = (order.rate / 1_000) * MOST_AT_ONCE_MS;
  let [sent, late] = [0, 0];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(whole, Math.floor(((performance.now() - begun) * order.rate) / 1_000)) - sent - late;
      if (due > most) late += due - most;
      for (let left = Math.min(due, most); left > 0; left--) {
        const { socket, message } = senders[sent % senders.length]!;
        stamp(message, sent++);
        // Loopback takes it in the same turn, so the octets may change with the next one.
        socket.send(message.octets);
      }
      if (sent + late < whole) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  const seconds = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(before);
  return { sent, late, answers, seconds, load: (user + system) / 1e6 / seconds };
}

const report = await flood(JSON.parse(process.argv[2] ?? '') as FloodOrder);
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
