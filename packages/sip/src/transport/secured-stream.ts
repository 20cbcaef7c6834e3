import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Endpoint } from '@vats/kernel';
import { failureFromError, type SendFailed, type TransportFailure } from './failure.ts';
import type { StreamSocket, StreamUser } from './network.ts';
import { tlsFailure } from './tls-failure.ts';

/** A connection that somebody made to us, before, in and after its TLS handshake. */
export class SecuredStream implements StreamSocket {
  readonly bound: Endpoint;
  readonly observed: Endpoint;
  readonly #plain: Socket;
  #secure: TLSSocket | undefined;
  #user: StreamUser | undefined;
  #why: TransportFailure = { code: 'closed' };

  constructor(socket: Socket) {
    this.#plain = socket;
    this.bound = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.observed = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    // From the first moment on: an error that nobody hears would end the process.
    socket.on('error', (error) => {
      this.#why = failureFromError(error);
    });
  }

  /** False when the peer was gone before we could ask who it is. */
  get readable(): boolean {
    return this.observed.address !== '' && !this.#plain.destroyed;
  }

  get unsent(): number {
    return this.#secure?.writableLength ?? 0;
  }

  attach(user: StreamUser): void {
    this.#user = user;
    this.#plain.on('close', () => {
      if (this.#secure === undefined) user.onClosed(this.#why);
    });
  }

  /** The handshake is done. */
  secured(socket: TLSSocket): void {
    const user = this.#user;
    if (user === undefined) return void socket.destroy();
    this.#secure = socket;
    socket.on('error', (error) => {
      this.#why = tlsFailure(error);
    });
    socket.on('data', (octets: Buffer) => user.onOctets(octets));
    socket.on('end', () => user.onEnded());
    socket.on('close', () => user.onClosed(this.#why));
    user.onConnected?.();
  }

  /** The handshake came to nothing; its socket is about to be closed. */
  failed(why: TransportFailure): void {
    this.#why = why;
    this.#plain.destroy();
  }

  write(octets: Buffer, failed?: SendFailed): void {
    if (this.#secure === undefined) return void failed?.({ code: 'closed', detail: 'before the handshake' });
    this.#secure.write(octets, (error) => {
      if (error != null) failed?.(this.#why.code === 'closed' ? tlsFailure(error) : this.#why);
    });
  }

  end(): void {
    if (this.#secure === undefined) this.#plain.destroy();
    else this.#secure.end();
  }

  destroy(): void {
    (this.#secure ?? this.#plain).destroy();
  }
}
