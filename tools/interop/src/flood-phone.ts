import { createSocket, type Socket } from 'node:dgram';
import type { Endpoint } from '@vats/kernel';
import { TooLate } from './deadline.ts';
import { credentials, readChallenge } from './digest-client.ts';
import { FloodSpeech } from './flood-speech.ts';
import { Heard } from './heard.ts';
import type { Account } from './office.ts';
import { header, statusOf } from './raw-peer.ts';
import type { Scene } from './scene.ts';

/** RFC 3261's T1, T2 and 64*T1. */
const [T1_MS, T2_MS, PATIENCE_MS] = [500, 4_000, 32_000];

interface Answer {
  readonly text: string;
  readonly status: number;
}

let made = 0;

/**
 * A phone over UDP that does as little as RFC 3261 lets it, repetitions included: registers, calls, answers at once and speaks. Many
 * of them live in one process, and their sound is numbered.
 */
export class FloodPhone {
  readonly account: Account;
  readonly local: Endpoint;
  /** What it says and hears, a call each. */
  readonly speeches: FloodSpeech[] = [];
  readonly #scene: Scene;
  readonly #socket: Socket;
  readonly #target: Endpoint;
  readonly #heard = new Heard<Answer>(({ text }) => JSON.stringify(text.slice(0, 80)));
  /** Answers given to requests, by Call-ID and CSeq, for when they come again. */
  readonly #given = new Map<string, string>();
  /** ACKs to answers that may come again, alike. */
  readonly #acknowledged = new Map<string, string>();
  readonly #hangUps: (() => Promise<void>)[] = [];

  static async open(scene: Scene, address: string, account: Account, target: Endpoint): Promise<FloodPhone> {
    const socket = createSocket('udp4');
    scene.own(`phone ${account.login}`, () => socket.close());
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, address, resolve);
    });
    return new FloodPhone(scene, account, socket, target);
  }

  private constructor(scene: Scene, account: Account, socket: Socket, target: Endpoint) {
    const { address, port } = socket.address();
    this.#scene = scene;
    this.account = account;
    this.local = { address, port };
    this.#socket = socket;
    this.#target = target;
    socket.on('error', () => {});
    socket.on('message', (octets) => {
      const text = octets.toString('latin1');
      const status = statusOf(text);
      const again = status === undefined ? undefined : this.#acknowledged.get(keyOf(text));
      if (again !== undefined) this.#send(again);
      else if (status !== undefined) this.#heard.push({ text, status });
      else this.#answer(text).catch((fault: unknown) => console.error(`phone ${account.login}:`, fault));
    });
  }

  /** Milliseconds that it took, challenge and repetitions included. */
  async register(): Promise<number> {
    const begun = performance.now();
    const uri = `sip:${this.#target.address}:${this.#target.port}`;
    const { answer } = await this.#ask('REGISTER', uri, ['Expires: 3600'], '');
    if (answer.status !== 200) throw new Error(`REGISTER of ${this.account.login}: ${answer.text.split('\r\n')[0]}`);
    return performance.now() - begun;
  }

  /** Calls and begins to speak. */
  async call(extension: string): Promise<void> {
    const uri = `sip:${extension}@${this.#target.address}:${this.#target.port}`;
    const speech = await this.#speech();
    const { answer, callId, number, from } = await this.#ask('INVITE', uri, [], speech.sdp);
    if (answer.status !== 200) throw new Error(`call to ${extension}: ${answer.text.split('\r\n')[0]}`);
    speech.to = soundIn(answer.text);
    const contact = /<([^>]*)>/.exec(header(answer.text, 'Contact') ?? '')?.[1] ?? uri;
    const dialog = { callId, from, to: header(answer.text, 'To') ?? '' };
    const within = (method: string, cseq: number) => this.#request({ method, uri: contact, cseq, ...dialog });
    const ack = within('ACK', number).text;
    this.#acknowledged.set(keyOf(answer.text), ack);
    this.#send(ack);
    this.#hangUps.push(async () => {
      const bye = within('BYE', number + 1);
      await this.#transact(bye.text, bye.callId, `${number + 1} BYE`);
    });
  }

  async hangUp(): Promise<void> {
    await Promise.all(this.#hangUps.splice(0).map((hangUp) => hangUp()));
  }

  /** A request outside a dialog, and once more with credentials when it is challenged. */
  async #ask(method: string, uri: string, more: readonly string[], body: string) {
    const { login } = this.account;
    const id = `${process.pid}-${++made}`;
    const host = `${this.#target.address}:${this.#target.port}`;
    const from = `<sip:${login}@${host}>;tag=f${id}`;
    const to = method === 'REGISTER' ? `<sip:${login}@${host}>` : `<${uri}>`;
    const ask = async (number: number, extra: readonly string[]): Promise<Answer> => {
      const parts = { method, uri, cseq: number, callId: id, from, to, more: [...more, ...extra], body };
      const request = this.#request(parts);
      const answer = await this.#transact(request.text, id, `${number} ${method}`);
      if (method === 'INVITE' && answer.status >= 300) {
        // Hop by hop, so under the INVITE's own branch.
        const refused = { method: 'ACK', uri, cseq: number, callId: id, from, to: header(answer.text, 'To') ?? to };
        this.#send(this.#request({ ...refused, branch: request.branch }).text);
      }
      return answer;
    };
    const first = await ask(1, []);
    const challenge = first.status === 401 || first.status === 407 ? readChallenge(first.text) : undefined;
    if (challenge === undefined) return { answer: first, callId: id, number: 1, from };
    const name = first.status === 401 ? 'Authorization' : 'Proxy-Authorization';
    const answer = await ask(2, [`${name}: ${credentials(challenge, this.account, method, uri)}`]);
    return { answer, callId: id, number: 2, from };
  }

  #request(parts: {
    readonly method: string;
    readonly uri: string;
    readonly cseq: number;
    readonly callId: string;
    readonly from: string;
    readonly to: string;
    readonly more?: readonly string[];
    readonly body?: string;
    readonly branch?: string;
  }): { text: string; branch: string; callId: string } {
    const {
      method,
      uri,
      cseq,
      callId,
      from,
      to,
      more = [],
      body = '',
      branch = `z9hG4bK${process.pid}x${++made}`,
    } = parts;
    const here = `${this.local.address}:${this.local.port}`;
    const text = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${here};branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: ${from}`,
      `To: ${to}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:${this.account.login}@${here}>`,
      ...more,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    return { text, branch, callId };
  }

  /** Sends it, again while there is no answer, and waits for the final one. */
  async #transact(text: string, callId: string, cseq: string): Promise<Answer> {
    const isIts = (answer: Answer) => header(answer.text, 'Call-ID') === callId && header(answer.text, 'CSeq') === cseq;
    const end = performance.now() + PATIENCE_MS;
    for (let [wait, heard] = [T1_MS, false]; ; wait = Math.min(2 * wait, T2_MS)) {
      if (!heard) this.#send(text);
      const left = Math.min(wait, end - performance.now());
      if (left <= 0) throw new TooLate(`no final answer to ${cseq} of ${this.account.login} within ${PATIENCE_MS} ms`);
      try {
        const answer = await this.#heard.next(`answer to ${cseq}`, isIts, heard ? end - performance.now() : left);
        if (answer.status >= 200) return answer;
        heard = true;
      } catch (fault) {
        if (!(fault instanceof TooLate)) throw fault;
      }
    }
  }

  async #answer(request: string): Promise<void> {
    const method = request.slice(0, request.indexOf(' '));
    if (method === 'ACK') return;
    const key = keyOf(request);
    let given = this.#given.get(key);
    if (given === undefined) {
      // At once: the same request may come again while a socket is opened for it.
      this.#given.set(key, '');
      let body = '';
      if (method === 'INVITE') {
        const speech = await this.#speech();
        speech.to = soundIn(request);
        body = speech.sdp;
      }
      given = this.#response(request, body);
      this.#given.set(key, given);
    }
    if (given !== '') this.#send(given);
  }

  #response(request: string, body: string): string {
    const copied = request
      .split('\r\n\r\n', 1)[0]!
      .split('\r\n')
      .filter((line) => /^(Via|From|Call-ID|CSeq|Record-Route)\s*:/i.test(line));
    const to = header(request, 'To') ?? '';
    return [
      'SIP/2.0 200 OK',
      ...copied,
      `To: ${to}${/;tag=/i.test(to) ? '' : `;tag=a${++made}`}`,
      `Contact: <sip:${this.account.login}@${this.local.address}:${this.local.port}>`,
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
  }

  async #speech(): Promise<FloodSpeech> {
    const speech = await FloodSpeech.open(this.#scene, this.local.address);
    this.speeches.push(speech);
    return speech;
  }

  #send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.#target.port, this.#target.address);
  }
}

/** The same for a message and its repetitions. */
function keyOf(message: string): string {
  return `${header(message, 'Call-ID')} ${header(message, 'CSeq')}`;
}

/** Where the sender of a message with SDP wants its sound. */
function soundIn(message: string): Endpoint {
  const address = /^c=IN IP4 ([\d.]+)/m.exec(message)?.[1];
  const port = /^m=audio (\d+)/m.exec(message)?.[1];
  if (address === undefined || port === undefined) throw new Error(`no sound offered: ${message.slice(0, 200)}`);
  return { address, port: Number(port) };
}
