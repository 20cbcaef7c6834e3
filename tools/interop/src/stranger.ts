import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import type { Endpoint } from '@vats/kernel';
import { within } from './deadline.ts';
import { Heard } from './heard.ts';
import type { Scene } from './scene.ts';

export interface StrangersRequest {
  readonly method: string;
  /** Who it says that it is; for REGISTER also whom it registers. */
  readonly name: string;
  readonly domain: string;
  readonly callId: string;
  readonly local: Endpoint;
  readonly target: Endpoint;
  readonly transport?: 'UDP' | 'TCP';
  /** Whole lines of further headers. */
  readonly more?: readonly string[];
}

/** A request as a plain phone would write it, all fields as long as those of another with as long a name. */
export function strangersRequest(request: StrangersRequest): string {
  const { method, name, domain, callId, local, target, transport = 'UDP', more = [] } = request;
  const own = `sip:${name}@${domain}`;
  return [
    `${method} sip:${method === 'REGISTER' ? '' : `${name}@`}${target.address}:${target.port} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${local.address}:${local.port};rport;branch=z9hG4bK${callId}${method}`,
    'Max-Forwards: 70',
    `From: <${own}>;tag=${callId}`,
    `To: <${own}>`,
    `Call-ID: ${callId}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:${name}@${local.address}:${local.port}>`,
    ...more,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

/** A UDP socket of somebody whom the switch does not know, on an address of their own. */
export class Stranger {
  readonly local: Endpoint;
  readonly #socket: Socket;
  readonly #heard = new Heard<{ text: string; at: number; from: Endpoint }>(({ text }) =>
    JSON.stringify(text.slice(0, 80)),
  );

  static async open(scene: Scene, address: string, port = 0): Promise<Stranger> {
    const socket = createSocket('udp4');
    let isOpen = true;
    socket.once('close', () => {
      isOpen = false;
    });
    scene.own(`UDP socket of ${address}`, () => isOpen && socket.close());
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, address, resolve);
    });
    return new Stranger(socket);
  }

  private constructor(socket: Socket) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('message', (octets, { address: host, port: its }) => {
      this.#heard.push({ text: octets.toString('latin1'), at: performance.now(), from: { address: host, port: its } });
    });
  }

  send(target: Endpoint, text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), target.port, target.address);
  }

  /** Sends and waits for what comes back; `milliseconds` is how long that took. */
  async ask(target: Endpoint, text: string, patience = 5_000): Promise<{ text: string; milliseconds: number }> {
    const sent = performance.now();
    this.send(target, text);
    const answer = await this.#heard.next(`answer to ${this.local.address}`, () => true, patience);
    return { text: answer.text, milliseconds: answer.at - sent };
  }

  /** Waits for a request and answers it with 200. */
  async answers(method: string, patience = 10_000): Promise<void> {
    const isIt = ({ text }: { text: string }): boolean => text.startsWith(`${method} `);
    const { text, from } = await this.#heard.next(`${method} to ${this.local.address}`, isIt, patience);
    const copied = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
    const tagged = copied.map((line) => (/^To:/i.test(line) ? `${line};tag=stranger` : line));
    this.send(from, ['SIP/2.0 200 OK', ...tagged, 'Content-Length: 0', '\r\n'].join('\r\n'));
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(resolve));
  }

  /** What came and was not asked for. */
  get heard(): readonly string[] {
    return this.#heard.pending(() => true).map(({ text }) => text);
  }
}

/** Connects from an address and says something: how the far end takes it. */
export async function knockOverTcp(from: string, target: Endpoint, text: string): Promise<'reset' | 'closed' | string> {
  const socket = connect({ host: target.address, port: target.port, localAddress: from });
  try {
    const outcome = new Promise<string>((resolve, reject) => {
      socket.once('data', (octets) => resolve(octets.toString('latin1')));
      socket.once('close', () => resolve('closed'));
      socket.once('error', (fault: NodeJS.ErrnoException) => {
        // Which of the two it is depends on whether our octets were on their way when the reset came.
        if (fault.code === 'ECONNRESET' || fault.code === 'EPIPE') resolve('reset');
        else reject(fault);
      });
    });
    socket.write(text, 'latin1');
    return await within(outcome, 10_000, `answer over TCP to ${from}`);
  } finally {
    socket.destroy();
  }
}
