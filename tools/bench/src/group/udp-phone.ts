import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Endpoint } from '@vats/kernel';
import { digestResponse, ha1 } from '@vats/sip';

/** How often each nonce was used: phones of one address may be given the same one. */
const nonces = new Map<string, number>();

const SDP = (address: string): string =>
  `v=0\r\no=load 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n`;

/** A phone on a socket of its own that costs next to nothing: it writes from templates and finds headers by a search. */
export class UdpPhone {
  readonly login: string;
  /** Called with each message of the switch, and when it came, `process.hrtime` in ns. */
  hear: (text: string, at: bigint) => void = () => {};
  readonly #socket: Socket;
  readonly #password: string;
  readonly #domain: string;
  readonly #to: Endpoint;
  readonly #at: Endpoint;
  #turn = 0;
  #waiting: { readonly start: string; readonly resolve: (text: string) => void } | undefined;

  static async open(login: string, password: string, domain: string, address: string, to: Endpoint): Promise<UdpPhone> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    socket.bind(0, address);
    await once(socket, 'listening');
    return new UdpPhone(socket, login, password, domain, to);
  }

  private constructor(socket: Socket, login: string, password: string, domain: string, to: Endpoint) {
    this.#socket = socket;
    this.login = login;
    this.#password = password;
    this.#domain = domain;
    this.#to = to;
    this.#at = socket.address();
    socket.on('message', (octets) => {
      const at = process.hrtime.bigint();
      const text = octets.toString('latin1');
      if (this.#waiting !== undefined && text.startsWith(this.#waiting.start)) {
        const { resolve } = this.#waiting;
        this.#waiting = undefined;
        resolve(text);
      }
      this.hear(text, at);
    });
  }

  close(): void {
    this.#socket.close();
  }

  /** The next message that begins so. */
  async next(start: string): Promise<string> {
    return await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.login} heard no ${start} within 10 s`)), 10_000);
      this.#waiting = {
        start,
        resolve: (text) => {
          clearTimeout(late);
          resolve(text);
        },
      };
    });
  }

  async register(): Promise<void> {
    const uri = `sip:${this.#domain}`;
    const request = (cseq: number, more: string): string =>
      `${this.#head('REGISTER', uri, `sip:${this.login}@${this.#domain}`, `register-${this.login}`, cseq)}Expires: 3600\r\n${more}Content-Length: 0\r\n\r\n`;
    this.send(request(1, ''));
    const challenge = await this.next('SIP/2.0 401');
    this.send(request(2, this.#credentials('Authorization', 'REGISTER', uri, challenge)));
    await this.next('SIP/2.0 200');
  }

  /** Sends an INVITE that is let in, and says when that left. `cancel` ends it while it rings. */
  async invite(number: string): Promise<{ readonly sentAt: bigint; cancel(): Promise<void> }> {
    const call = `call-${this.login}-${++this.#turn}`;
    const uri = `sip:${number}@${this.#domain}`;
    const sdp = SDP(this.#at.address);
    const request = (cseq: number, more: string): string =>
      `${this.#head('INVITE', uri, uri, call, cseq)}${more}Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;
    const bare = (method: string, cseq: number): string =>
      `${this.#head(method, uri, uri, call, cseq)}Content-Length: 0\r\n\r\n`;
    this.send(request(1, ''));
    const challenge = await this.next('SIP/2.0 40');
    this.send(bare('ACK', 1));
    const name = challenge.includes('Proxy-Authenticate') ? 'Proxy-Authorization' : 'Authorization';
    const text = request(2, this.#credentials(name, 'INVITE', uri, challenge));
    const sentAt = process.hrtime.bigint();
    this.send(text);
    return {
      sentAt,
      cancel: async () => {
        this.send(bare('CANCEL', 2));
        await this.next('SIP/2.0 487');
        this.send(bare('ACK', 2));
      },
    };
  }

  /** Rings, and lets itself be cancelled. */
  answer(request: string): void {
    if (request.startsWith('INVITE ')) this.send(this.#reply(request, '180 Ringing'));
    if (!request.startsWith('CANCEL ')) return;
    this.send(this.#reply(request, '200 OK'));
    this.send(this.#reply(request, '487 Request Terminated').replace(/^(CSeq: \d+) CANCEL/m, '$1 INVITE'));
  }

  send(text: string): void {
    this.#socket.send(text, this.#to.port, this.#to.address);
  }

  #head(method: string, uri: string, to: string, call: string, cseq: number): string {
    const { address, port } = this.#at;
    const [display, branch] = [`<sip:${this.login}@${this.#domain}>`, `z9hG4bK${call}.${cseq}`];
    return (
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:${port};branch=${branch};rport\r\nFrom: ${display};tag=${call}\r\n` +
      `To: <${to}>\r\nCall-ID: ${call}@${address}\r\nCSeq: ${cseq} ${method}\r\n` +
      `Contact: <sip:${this.login}@${address}:${port}>\r\nMax-Forwards: 70\r\n`
    );
  }

  #reply(request: string, status: string): string {
    const of = (name: string): string => new RegExp(`^${name}: (.*)\r$`, 'm').exec(request)?.[1] ?? '';
    const to = of('To').includes('tag=') ? of('To') : `${of('To')};tag=${this.login}`;
    return (
      `SIP/2.0 ${status}\r\nVia: ${of('Via')}\r\nFrom: ${of('From')}\r\nTo: ${to}\r\nCall-ID: ${of('Call-ID')}\r\nCSeq: ${of('CSeq')}\r\n` +
      `Contact: <sip:${this.login}@${this.#at.address}:${this.#at.port}>\r\nContent-Length: 0\r\n\r\n`
    );
  }

  #credentials(name: string, method: string, uri: string, challenge: string): string {
    const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const known = ha1('MD5', this.login, realm, this.#password);
    const uses = (nonces.get(nonce) ?? 0) + 1;
    nonces.set(nonce, uses);
    const nc = uses.toString(16).padStart(8, '0');
    const protection = { qop: 'auth' as const, nc, cnonce: 'c' };
    const response = digestResponse({ algorithm: 'MD5', ha1: known, method, uri, nonce, protection });
    return (
      `${name}: Digest username="${this.login}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", ` +
      `algorithm=MD5, qop=auth, nc=${nc}, cnonce="c"\r\n`
    );
  }
}
