import { createSocket, type Socket } from 'node:dgram';
import type { Endpoint } from '@vats/kernel';
import {
  answerChallenge,
  type HeaderField,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  writeRequest,
  writeResponseTo,
} from '@vats/sip';

/** An account of the bench. */
export interface LampAccount {
  readonly extension: string;
  readonly login: string;
  readonly password: string;
}

interface Asked {
  readonly method: string;
  readonly uri: string;
  readonly callId: string;
  readonly headers: readonly HeaderField[];
  readonly body: string | undefined;
  readonly done: (final: SipResponse) => void;
  seq: number;
}

let serial = 0;

/** A phone of a few lines on a real socket: asks with credentials, says 200 to each NOTIFY at once, repeats nothing. */
export class LampPhone {
  /** Told of each NOTIFY, before its 200. */
  onNotify: (notify: SipRequest) => void = () => {};
  readonly account: LampAccount;
  readonly #socket: Socket;
  readonly #server: Endpoint;
  readonly #asked = new Map<string, Asked>();

  static open(account: LampAccount, server: Endpoint): Promise<LampPhone> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, '127.0.0.1', () => resolve(new LampPhone(account, server, socket)));
    });
  }

  private constructor(account: LampAccount, server: Endpoint, socket: Socket) {
    this.account = account;
    this.#server = server;
    this.#socket = socket;
    socket.on('message', (octets) => this.#hear(octets));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Sends a request outside a dialog; resolves with its final response, after a challenge that of the second one. */
  ask(method: string, to: string, headers: readonly HeaderField[], body?: string): Promise<SipResponse> {
    const uri = `sip:${to}@${this.#server.address}`;
    const { promise, resolve } = Promise.withResolvers<SipResponse>();
    const asked: Asked = { method, uri, callId: `lamp-${++serial}`, headers, body, done: resolve, seq: 1 };
    this.#asked.set(asked.callId, asked);
    this.#send(asked, []);
    return promise;
  }

  /** A request in the dialog that a 2xx of an INVITE made. */
  within(method: 'ACK' | 'BYE', made: SipResponse, seq: number): void {
    const contact = made.contacts.ok && !made.contacts.value.star ? made.contacts.value.list[0]?.uri : undefined;
    const headers: HeaderField[] = [
      ['Via', `SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${++serial}`],
      ['From', made.value('From') ?? ''],
      ['To', made.value('To') ?? ''],
      ['Call-ID', made.value('Call-ID') ?? ''],
      ['CSeq', `${seq} ${method}`],
      ['Max-Forwards', '70'],
    ];
    this.#write(writeRequest({ method, uri: String(contact), headers }));
  }

  close(): void {
    this.#socket.close();
  }

  #send(asked: Asked, credentials: readonly HeaderField[]): void {
    const { method, uri, callId, headers, body } = asked;
    const { login } = this.account;
    const own = `sip:${login}@${this.#server.address}`;
    const head: HeaderField[] = [
      ['Via', `SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${++serial}`],
      ['From', `<${own}>;tag=${callId}`],
      ['To', `<${uri}>`],
      ['Call-ID', callId],
      ['CSeq', `${asked.seq} ${method}`],
      ['Contact', `<sip:${login}@127.0.0.1:${this.port}>`],
      ['Max-Forwards', '70'],
      ...headers,
      ...credentials,
    ];
    this.#write(writeRequest({ method, uri, headers: head, body: body === undefined ? undefined : Buffer.from(body) }));
  }

  #hear(octets: Buffer): void {
    const parsed = parseMessage(octets);
    if (!parsed.ok) return;
    const message: SipMessage = parsed.value;
    if (message.kind === 'response') {
      this.#hearResponse(message);
      return;
    }
    if (message.method === 'NOTIFY') this.onNotify(message);
    this.#write(writeResponseTo(message, this.#server, { status: 200, toTag: 'lamp' }));
  }

  #hearResponse(response: SipResponse): void {
    const asked = response.callId.ok ? this.#asked.get(response.callId.value) : undefined;
    if (asked === undefined || response.status < 200) return;
    const { status } = response;
    const isChallenge = (status === 401 || status === 407) && asked.seq === 1;
    if (!isChallenge) {
      this.#asked.delete(asked.callId);
      asked.done(response);
      return;
    }
    const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    const [challenge] = response.challenges(name);
    if (asked.method === 'INVITE') this.#acknowledge(response, asked);
    asked.seq = 2;
    const { login: username, password } = this.account;
    const by = { username, password, method: asked.method, uri: asked.uri, count: 1, cnonce: 'lamp' };
    const value = challenge?.ok ? answerChallenge(challenge.value, by) : undefined;
    if (value === undefined) throw new Error('a challenge that cannot be answered');
    this.#send(asked, [[status === 401 ? 'Authorization' : 'Proxy-Authorization', value]]);
  }

  /** The ACK of a challenge, in the transaction of its INVITE. */
  #acknowledge(response: SipResponse, { uri, seq }: Asked): void {
    const headers: HeaderField[] = [
      ...(['Via', 'From', 'To', 'Call-ID'] as const).map((name): HeaderField => [name, response.value(name) ?? '']),
      ['CSeq', `${seq} ACK`],
      ['Max-Forwards', '70'],
    ];
    this.#write(writeRequest({ method: 'ACK', uri, headers }));
  }

  #write(octets: Buffer): void {
    this.#socket.send(octets, this.#server.port, this.#server.address);
  }
}
