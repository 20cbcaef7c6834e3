import type { Endpoint } from '@vats/kernel';
import type {
  Network,
  SecureListenerUser,
  SendFailed,
  StreamListener,
  StreamSocket,
  StreamUser,
  TlsPeer,
  TlsRim,
  TransportFailure,
} from '../transport/index.ts';
import { identityFault } from '../transport/tls-identity.ts';

const NO_TLS: TransportFailure = { code: 'untrusted', detail: 'something else than TLS was spoken' };
const TOO_MANY: TransportFailure = { code: 'overflow', detail: 'too many handshakes' };
const [HELLO, GOOD] = ['HELLO', 'GOOD'];

/**
 * TLS for tests, over a network in memory: nothing is encrypted, and a handshake is three lines. The client says HELLO, the server
 * who its certificate is for, the client GOOD if that is whom it wanted.
 *
 * @example new MemoryTls(network.host('192.0.2.1'), 'DNS:pbx.example')
 */
export class MemoryTls implements TlsRim {
  /** Whom our certificate is for, as `node:tls` says it. Handshakes from now on are told it. */
  names: string;
  readonly #network: Network;

  constructor(network: Network, names = '') {
    this.#network = network;
    this.names = names;
  }

  listen(at: Endpoint, user: SecureListenerUser): Promise<StreamListener> {
    return this.#network.listenTcp(at, {
      onFailure: (failure) => user.onFailure(failure),
      onConnection: (stream) => {
        const secured = new SecuredInMemory(stream, (line, self) => {
          if (line === HELLO)
            return user.mayHandshake(stream.observed) ? self.say(`CERT ${this.names}`) : self.fail(TOO_MANY);
          if (line === GOOD) return self.done();
          user.onHandshakeFailed(NO_TLS, stream.observed);
          self.fail(NO_TLS);
        });
        const above = user.onConnection(secured);
        return above === undefined ? undefined : secured.attach(above);
      },
    });
  }

  connect(from: string | undefined, to: Endpoint, peer: TlsPeer, user: StreamUser): StreamSocket {
    const judge = (line: string, self: SecuredInMemory): void => {
      const fault = identityFault({ subjectaltname: line.replace(/^CERT /, '') }, peer);
      if (fault !== undefined) return void self.fail({ code: 'untrusted', detail: fault });
      self.say(GOOD);
      self.done();
    };
    let secured: SecuredInMemory | undefined;
    const below: StreamUser = {
      onConnected: () => secured?.say(HELLO),
      onOctets: (octets) => secured?.onOctets(octets),
      onEnded: () => secured?.onEnded(),
      onClosed: (failure) => secured?.onClosed(failure),
    };
    secured = new SecuredInMemory(this.#network.connectTcp(from, to, below), judge);
    secured.attach(user);
    return secured;
  }
}

class SecuredInMemory implements StreamSocket, StreamUser {
  readonly #stream: StreamSocket;
  readonly #onLine: (line: string, self: SecuredInMemory) => void;
  #user: StreamUser | undefined;
  #isDone = false;
  #heard: Buffer = Buffer.alloc(0);
  #why: TransportFailure | undefined;
  #waiting: { octets: Buffer; failed: SendFailed | undefined }[] = [];

  constructor(stream: StreamSocket, onLine: (line: string, self: SecuredInMemory) => void) {
    this.#stream = stream;
    this.#onLine = onLine;
  }

  attach(user: StreamUser): this {
    this.#user = user;
    return this;
  }

  say(line: string): void {
    this.#stream.write(Buffer.from(`${line}\n`, 'latin1'));
  }

  done(): void {
    this.#isDone = true;
    this.#user?.onConnected?.();
    for (const { octets, failed } of this.#waiting.splice(0)) this.#stream.write(octets, failed);
  }

  fail(why: TransportFailure): void {
    this.#why = why;
    this.#stream.destroy();
  }

  get bound(): Endpoint {
    return this.#stream.bound;
  }

  get observed(): Endpoint {
    return this.#stream.observed;
  }

  get unsent(): number {
    return this.#stream.unsent + this.#waiting.reduce((sum, { octets }) => sum + octets.length, 0);
  }

  write(octets: Buffer, failed?: SendFailed): void {
    if (this.#isDone) this.#stream.write(octets, failed);
    else this.#waiting.push({ octets, failed });
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  onOctets(octets: Buffer): void {
    if (this.#isDone) return void this.#user?.onOctets(octets);
    this.#heard = Buffer.concat([this.#heard, octets]);
    for (
      let at = this.#heard.indexOf(10);
      at >= 0 && !this.#isDone && this.#why === undefined;
      at = this.#heard.indexOf(10)
    ) {
      const line = this.#heard.toString('latin1', 0, at).replace(/\r$/, '');
      this.#heard = this.#heard.subarray(at + 1);
      this.#onLine(line, this);
    }
    if (this.#isDone && this.#heard.length > 0) this.#user?.onOctets(this.#heard);
  }

  onEnded(): void {
    this.#user?.onEnded();
  }

  onClosed(failure: TransportFailure): void {
    for (const { failed } of this.#waiting.splice(0)) failed?.(this.#why ?? failure);
    this.#user?.onClosed(this.#why ?? failure);
  }
}
