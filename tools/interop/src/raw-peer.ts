import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import type { Endpoint } from '@vats/kernel';
import { TooLate } from './deadline.ts';
import { Heard } from './heard.ts';
import type { Scene } from './scene.ts';

/** The status of a response, or undefined for anything else. Octets are latin1 characters here. */
export function statusOf(message: string): number | undefined {
  const found = /^SIP\/2\.0 (\d{3}) /.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** First value of a header, long name. */
export function header(message: string, name: string): string | undefined {
  return new RegExp(`^${name}\\s*:[ \\t]*(.*)$`, 'im').exec(message)?.[1]?.trim();
}

/** The Call-ID of a message as a stranger wrote it; '' when it has none. */
function callIdOf(octets: Buffer): string {
  return /^(?:call-id|i)[ \t]*:[ \t]*(.*?)[ \t]*\r?$/im.exec(octets.toString('latin1'))?.[1] ?? '';
}

let pings = 0;

/** A plain OPTIONS that the switch surely answers: its answer marks that whatever was sent before has been dealt with. */
function ping(local: Endpoint, target: Endpoint, transport: 'UDP' | 'TCP'): { callId: string; octets: Buffer } {
  const id = `ping-${process.pid}-${++pings}`;
  const text = [
    `OPTIONS sip:${target.address}:${target.port} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${local.address}:${local.port};rport;branch=z9hG4bK-${id}`,
    'Max-Forwards: 70',
    `From: <sip:ping@${local.address}>;tag=${id}`,
    `To: <sip:${target.address}:${target.port}>`,
    `Call-ID: ${id}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:ping@${local.address}:${local.port}>`,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
  return { callId: id, octets: Buffer.from(text, 'latin1') };
}

/**
 * Sends octets over UDP as they are and hears every answer, wherever the message's Via sends it: the address is its
 * own, with a socket on each port that a Via may name.
 */
export class RawUdpPeer {
  readonly #address: string;
  readonly #target: Endpoint;
  readonly #sockets: readonly Socket[];
  readonly #heard = new Heard<string>((message) => JSON.stringify(message.slice(0, 80)));
  /** Call-IDs of earlier exchanges: what still comes for them is a repetition. */
  readonly #old = new Set<string>();

  /** Binds 5060, from which it sends, and `viaPorts`, all on `address`. */
  static async open(scene: Scene, address: string, viaPorts: Iterable<number>, target: Endpoint): Promise<RawUdpPeer> {
    const sockets: Socket[] = [];
    scene.own(`UDP sockets of ${address}`, () => {
      for (const socket of sockets) socket.close();
    });
    for (const port of new Set([5060, ...viaPorts])) {
      const socket = createSocket('udp4');
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.bind(port, address, () => {
          socket.off('error', reject);
          resolve();
        });
      });
      sockets.push(socket);
    }
    return new RawUdpPeer(address, target, sockets);
  }

  private constructor(address: string, target: Endpoint, sockets: readonly Socket[]) {
    this.#address = address;
    this.#target = target;
    this.#sockets = sockets;
    for (const socket of sockets) {
      socket.on('error', () => {});
      socket.on('message', (octets) => this.#heard.push(octets.toString('latin1')));
    }
  }

  send(octets: Buffer): void {
    this.#sockets[0]?.send(octets, this.#target.port, this.#target.address);
  }

  /** The next message for which `wants` holds. */
  next(what: string, wants: (message: string) => boolean, milliseconds: number): Promise<string> {
    return this.#heard.next(what, wants, milliseconds);
  }

  /**
   * Sends `octets` and gives what came back before the switch answered an OPTIONS sent after them; a final response to
   * a request (`answered`) may come later, and is waited for. Rejects when the OPTIONS gets no answer: the switch is
   * dead.
   */
  async exchange(octets: Buffer, answered: boolean): Promise<string[]> {
    this.#heard.clear();
    this.#old.delete(callIdOf(octets));
    const after = ping({ address: this.#address, port: 5060 }, this.#target, 'UDP');
    this.send(octets);
    this.send(after.octets);
    await this.next('answer to the OPTIONS after it', (message) => header(message, 'Call-ID') === after.callId, 5_000);
    const news = (message: string) => !this.#old.has(header(message, 'Call-ID') ?? '');
    const answers = [...this.#heard.pending(news)];
    if (answered && !answers.some(isFinal)) {
      const late = await this.next('final response', (message) => news(message) && isFinal(message), 3_000).catch(
        nothing,
      );
      if (late !== undefined) answers.push(late);
    }
    for (const answer of answers) {
      const callId = header(answer, 'Call-ID');
      if (callId !== undefined) this.#old.add(callId);
      if (isFinal(answer) && /INVITE/.test(header(answer, 'CSeq') ?? '')) this.send(ackTo(answer));
    }
    return answers;
  }
}

const isFinal = (message: string) => (statusOf(message) ?? 0) >= 200;

function nothing(fault: unknown): undefined {
  if (!(fault instanceof TooLate)) throw fault;
}

/** ACK to a final response above 299: it belongs to the INVITE's transaction, so the Via is the INVITE's (RFC 3261 §17.1.1.3). */
function ackTo(response: string): Buffer {
  const line = (name: string) => `${name}: ${header(response, name) ?? ''}`;
  const to = /<([^>]*)>/.exec(header(response, 'To') ?? '')?.[1] ?? 'sip:switch.invalid';
  const number = /^\d+/.exec(header(response, 'CSeq') ?? '')?.[0] ?? '1';
  const lines = [
    `ACK ${to} SIP/2.0`,
    line('Via'),
    'Max-Forwards: 70',
    line('From'),
    line('To'),
    line('Call-ID'),
    `CSeq: ${number} ACK`,
    'Content-Length: 0',
    '\r\n',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

export interface TcpExchange {
  readonly answers: readonly string[];
  /** The switch closed the connection. */
  readonly closed: boolean;
  /** The OPTIONS behind was answered, so the framing held. */
  readonly ponged: boolean;
}

/**
 * Sends `octets` over a TCP connection of its own and gives what came back until there is nothing more to wait for: a
 * final response to a request (`answered`), the answer to an OPTIONS sent behind (`pinged`), the end of the connection,
 * or the end of `milliseconds`.
 */
export async function exchangeOverTcp(
  target: Endpoint,
  octets: Buffer,
  wait: { readonly answered: boolean; readonly pinged: boolean; readonly milliseconds: number },
): Promise<TcpExchange> {
  const socket = connect({ host: target.address, port: target.port });
  const after = ping({ address: '127.0.0.1', port: 5060 }, target, 'TCP');
  const answers: string[] = [];
  const enough = new Heard<string>(String);
  let [held, closed, ponged] = ['', false, !wait.pinged];
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
    enough.push('closed');
  });
  socket.on('data', (part: Buffer) => {
    held += part.toString('latin1');
    for (;;) {
      const end = held.indexOf('\r\n\r\n');
      const length = end < 0 ? 0 : Number(header(held.slice(0, end), 'Content-Length') ?? 0);
      if (end < 0 || held.length < end + 4 + length) return;
      const message = held.slice(0, end + 4 + length);
      held = held.slice(message.length);
      if (header(message, 'Call-ID') === after.callId) ponged = true;
      else answers.push(message);
      if (ponged && wait.pinged && (!wait.answered || answers.some(isFinal))) enough.push('answers');
    }
  });
  try {
    await connected;
    socket.write(wait.pinged ? Buffer.concat([octets, after.octets]) : octets);
    await enough.next('answers', () => true, wait.milliseconds).catch(nothing);
    return { answers, closed, ponged };
  } finally {
    socket.destroy();
  }
}
