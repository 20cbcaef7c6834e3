import { readFileSync } from 'node:fs';
import { createServer, isIP, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect,
  createServer as createTlsServer,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { type Endpoint, isIPv6 } from '@vats/kernel';
import { failureFromError, type TransportFailure } from './failure.ts';
import type { StreamListener, StreamSocket, StreamUser } from './network.ts';
import { SecuredStream } from './secured-stream.ts';
import { LISTEN_BACKLOG, SystemStreamListener, SystemStreamSocket } from './system-network.ts';
import type { SecureListenerUser, TlsPeer, TlsRim } from './tls.ts';
import { tlsFailure } from './tls-failure.ts';
import { identityFault } from './tls-identity.ts';
import { LOWEST_VERSION, TlsContexts, type TlsMaterial } from './tls-material.ts';

const TOO_MANY: TransportFailure = { code: 'overflow', detail: 'too many handshakes' };
/** Above the transport's own limit, which says why: this one is there in case. */
const HANDSHAKE_LIMIT_MS = 60_000;

/**
 * TLS over the machine's sockets, by `node:tls`. TLS 1.2 and newer. New material is taken at once, for handshakes from then on;
 * connections that are there stay.
 */
export class SystemTls implements TlsRim {
  #contexts: TlsContexts | undefined;
  #server: Server | undefined;
  /** By both ends, as long as their handshake is under way. */
  readonly #handshakes = new Map<string, { readonly stream: SecuredStream; readonly user: SecureListenerUser }>();

  /** @param material nothing is listened on without any; connections of ours then show no certificate */
  constructor(material?: TlsMaterial) {
    if (material !== undefined) this.use(material);
  }

  /** @throws what OpenSSL says of material that can't be used; what was there before stays */
  use(material: TlsMaterial): void {
    const contexts = new TlsContexts(material);
    const { clients, certificates } = material;
    const [{ chain, key }] = certificates;
    const server = createTlsServer({
      cert: chain,
      key,
      minVersion: LOWEST_VERSION,
      handshakeTimeout: HANDSHAKE_LIMIT_MS,
      // Whoever shuts their side in the middle of a handshake is gone, which nobody would be told otherwise.
      allowHalfOpen: false,
      ...(clients !== undefined && {
        ca: clients.authorities,
        requestCert: true,
        // Judged below: Node would close the connection, and tell nobody why.
        rejectUnauthorized: false,
      }),
      SNICallback: (name, answer) => answer(null, contexts.for(name)),
    });
    server.on('secureConnection', (socket) => this.#secured(socket, clients?.required === true));
    server.on('tlsClientError', (error, socket) => this.#failed(error, socket));
    this.#contexts = contexts;
    this.#server = server;
  }

  listen(at: Endpoint, user: SecureListenerUser): Promise<StreamListener> {
    if (this.#server === undefined) return Promise.reject(new Error('TLS: there is no certificate'));
    const server = createServer({ allowHalfOpen: false, noDelay: true }, (socket) => this.#accept(socket, user));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      const options = { host: at.address, port: at.port, ipv6Only: isIPv6(at.address), backlog: LISTEN_BACKLOG };
      server.listen(options, () => {
        server.off('error', reject);
        server.on('error', (error) => user.onFailure(failureFromError(error)));
        resolve(new SystemStreamListener(server));
      });
    });
  }

  connect(from: string | undefined, to: Endpoint, peer: TlsPeer, user: StreamUser): StreamSocket {
    const own = this.#contexts?.material.certificates[0];
    const { authorities, unreadable } = authoritiesOf(peer);
    const options: ConnectionOptions = {
      host: to.address,
      port: to.port,
      minVersion: LOWEST_VERSION,
      rejectUnauthorized: peer.verify !== 'off',
      checkServerIdentity: (_host, certificate) => {
        const fault = unreadable ?? identityFault(certificate, peer);
        return fault === undefined
          ? undefined
          : Object.assign(new Error(fault), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      },
      ...(from !== undefined && { localAddress: from }),
      ...(isIP(peer.name) === 0 && { servername: peer.name }),
      ...(authorities !== undefined && { ca: authorities }),
      ...(own !== undefined && { cert: own.chain, key: own.key }),
    };
    const socket = connect(options).setNoDelay(true);
    const stream = new SystemStreamSocket(socket, from, to, tlsFailure);
    stream.attach(user, 'secureConnect');
    // Whoever waits for it hears why, which a certificate that nobody looked at would hide.
    if (unreadable !== undefined)
      socket.destroy(Object.assign(new Error(unreadable), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }));
    return stream;
  }

  #accept(socket: Socket, user: SecureListenerUser): void {
    const stream = new SecuredStream(socket);
    const streamUser = stream.readable ? user.onConnection(stream) : undefined;
    if (streamUser === undefined || this.#server === undefined) return void socket.resetAndDestroy();
    stream.attach(streamUser);
    // Until something has come a connection costs nothing but itself, and its transport ends it when nothing does.
    socket.once('readable', () => this.#begin(socket, stream, user));
  }

  #begin(socket: Socket, stream: SecuredStream, user: SecureListenerUser): void {
    // Whoever has shut their side is readable as well.
    if (socket.readableLength === 0 || this.#server === undefined) return void socket.destroy();
    if (!user.mayHandshake(stream.observed)) return void stream.failed(TOO_MANY);
    const key = keyOf(socket);
    this.#handshakes.set(key, { stream, user });
    socket.once('close', () => this.#handshakes.delete(key));
    // How a socket that somebody else accepted is given to a TLS server, which takes what it has read already.
    this.#server.emit('connection', socket);
  }

  #secured(socket: TLSSocket, mustShow: boolean): void {
    const handshake = this.#takeOut(socket);
    // An error that nobody hears would end the process.
    socket.on('error', () => {});
    if (handshake === undefined) return void socket.destroy();
    const { stream, user } = handshake;
    const fault = mustShow ? faultOfClient(socket) : undefined;
    if (fault === undefined) return void stream.secured(socket);
    user.onHandshakeFailed(fault, stream.observed);
    stream.failed(fault);
  }

  #failed(error: Error, socket: TLSSocket): void {
    const handshake = this.#takeOut(socket);
    if (handshake === undefined) return;
    const failure = tlsFailure(error);
    if (failure.code === 'untrusted') handshake.user.onHandshakeFailed(failure, handshake.stream.observed);
    handshake.stream.failed(failure);
  }

  #takeOut(socket: Socket): { readonly stream: SecuredStream; readonly user: SecureListenerUser } | undefined {
    const key = keyOf(socket);
    const handshake = this.#handshakes.get(key);
    this.#handshakes.delete(key);
    return handshake;
  }
}

function faultOfClient(socket: TLSSocket): TransportFailure | undefined {
  if (socket.authorized) return undefined;
  const isShown = Object.keys(socket.getPeerCertificate()).length > 0;
  const code = isShown ? socket.authorizationError : 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE';
  return { ...tlsFailure({ code }), code: 'untrusted' };
}

function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

/** Read anew for each connection, of which there are few: so a changed file is taken without anybody saying so. */
function authoritiesOf({ authorities }: TlsPeer): { authorities?: string; unreadable?: string } {
  if (authorities === undefined) return {};
  try {
    return { authorities: readFileSync(authorities, 'utf8') };
  } catch (error) {
    return { unreadable: `the file of authorities ${authorities} can not be read: ${failureFromError(error).detail}` };
  }
}
