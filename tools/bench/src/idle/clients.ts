import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { clientFrame, upgradeRequest } from '@vats/sip/testing';

/** Connections that are being opened at a time: the server's queue of those that it has not accepted yet is bounded. */
const AT_A_TIME = 50;
const MASK = Buffer.from([1, 2, 3, 4]);
const TEXT_FRAME = 1;
const OPTIONS = Buffer.from(
  [
    'OPTIONS sip:pbx.example SIP/2.0',
    'Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1;rport',
    'Max-Forwards: 70',
    'From: <sip:a@pbx.example>;tag=1',
    'To: <sip:pbx.example>',
    'Call-ID: idle',
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n'),
);

/** Phones that say one thing and then nothing more. */
export class IdleClients {
  readonly #transport: string;
  readonly #port: number;
  readonly #sockets: Socket[] = [];

  constructor(transport: string, port: number) {
    this.#transport = transport;
    this.#port = port;
  }

  async open(count: number): Promise<void> {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) this.#sockets.push(await this.#one());
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #one(): Promise<Socket> {
    const secure = this.#transport === 'tls' || this.#transport === 'wss';
    const isWebSocket = this.#transport.startsWith('ws');
    const at = { host: '127.0.0.1', port: this.#port };
    return new Promise((resolve, reject) => {
      const up = (): void => {
        if (!isWebSocket) return void socket.write(OPTIONS, () => resolve(socket));
        socket.write(upgradeRequest());
        socket.once('data', () => socket.write(clientFrame(TEXT_FRAME, OPTIONS, MASK), () => resolve(socket)));
      };
      const socket: Socket = secure ? connectTls({ ...at, rejectUnauthorized: false }, up) : connectPlain(at, up);
      socket.once('error', reject);
      socket.resume();
    });
  }
}
