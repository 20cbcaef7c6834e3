import { type Clock, type Endpoint, formatEndpoint, isIPv6, type Random } from '@vats/kernel';
import type {
  DatagramSocket,
  DatagramUser,
  Network,
  SendFailed,
  StreamListener,
  StreamListenerUser,
  StreamSocket,
  StreamUser,
} from '../transport/index.ts';
import { MemoryStream, type StreamRoad } from './memory-stream.ts';
import { describeOctets, Faults, matches, type What, type WireMessage } from './wire.ts';

const LARGEST_DATAGRAM = 65_507;
const FIRST_EPHEMERAL_PORT = 32_768;

/** Somebody who takes datagrams or connections at an endpoint. */
interface Binding<User> {
  readonly bound: Endpoint;
  readonly user: User;
  /** Addresses that the wildcard stands for; undefined: every one of the family. */
  readonly addresses: readonly string[] | undefined;
}

/**
 * A network in memory, for tests: it runs on the clock that it is given, delivers in a later turn (after `latency`
 * milliseconds), keeps everything that was sent in `wire`, and does to messages whatever a test orders. It is a
 * `Network` whose machine owns every address; `host` gives one that owns only the addresses named.
 *
 * @example
 * const net = new MemoryNetwork(clock);
 * net.dropNext('200 INVITE');
 * net.times('200 INVITE')   // when they were sent, the lost one included
 */
export class MemoryNetwork implements Network {
  /** Everything sent, lost or not, in order. */
  readonly wire: WireMessage[] = [];
  /** One-way delay of all that is sent from now on, in milliseconds. */
  latency: number;
  /** How each write on a stream is cut into pieces on its way; whole unless set. */
  cut: (octets: Buffer) => readonly Buffer[] = (octets) => [octets];
  readonly #clock: Clock;
  readonly #faults = new Faults();
  readonly #datagramSockets = new Set<Binding<DatagramUser>>();
  readonly #listeners = new Set<Binding<StreamListenerUser>>();
  readonly #streams = new Set<MemoryStream>();
  readonly #refusing = new Set<string>();
  readonly #vanished = new Set<string>();
  readonly #stalled = new Set<string>();
  readonly #road: StreamRoad;
  #held: (() => void)[] = [];
  #nextPort = FIRST_EPHEMERAL_PORT;

  constructor(clock: Clock, options: { latency?: number } = {}) {
    this.#clock = clock;
    this.latency = options.latency ?? 0;
    const network = this;
    this.#road = {
      clock,
      get latency() {
        return network.latency;
      },
      passes: (message) => this.#passes(message),
      cut: (octets) => this.cut(octets),
      isSilent: (from, to) => this.#isSilent(from, to),
      isStalled: (to) => this.#stalled.has(formatEndpoint(to)),
      gone: (stream) => this.#streams.delete(stream),
    };
  }

  // --- what a test orders ---

  /** Loses the next `times` datagrams that `what` picks. */
  dropNext(what: What, times = 1): void {
    this.#faults.order(what, { kind: 'drop' }, times);
  }

  /** Delivers the next datagrams that `what` picks so much later than the latency. */
  delayNext(what: What, milliseconds: number, times = 1): void {
    this.#faults.order(what, { kind: 'delay', milliseconds }, times);
  }

  /** Delivers the next datagram that `what` picks once and `copies` times more. */
  repeatNext(what: What, copies = 1): void {
    this.#faults.order(what, { kind: 'repeat', copies }, 1);
  }

  /** Holds the next datagram that `what` picks back until another one was delivered. */
  overtakeNext(what: What): void {
    this.#faults.order(what, { kind: 'overtake' }, 1);
  }

  /** Resets the connection on which the next message that `what` picks is written. */
  breakNext(what: What): void {
    this.#faults.order(what, { kind: 'break' }, 1);
  }

  /** Loses about `rate` (0 to 1) of all datagrams from now on. */
  lose(rate: number, random: Random): void {
    this.#faults.lose(rate, random);
  }

  /** Connects to `endpoint` are refused although somebody may listen there. */
  refuse(endpoint: Endpoint): void {
    this.#refusing.add(formatEndpoint(endpoint));
  }

  /** Everything to and from this address gets lost, and nobody is told: a cable was pulled. */
  vanish(address: string): void {
    this.#vanished.add(address);
  }

  /** Undoes `vanish` and `refuse` for this address. */
  comeBack(address: string): void {
    this.#vanished.delete(address);
    for (const key of this.#refusing) if (key.includes(address)) this.#refusing.delete(key);
  }

  /** Whoever is at this endpoint reads no more from its streams: writes to it pile up at the writer. */
  stall(endpoint: Endpoint): void {
    this.#stalled.add(formatEndpoint(endpoint));
  }

  resume(endpoint: Endpoint): void {
    this.#stalled.delete(formatEndpoint(endpoint));
    for (const stream of [...this.#streams]) stream.flush();
  }

  /** Resets every connection that has an end at this address. */
  breakStreams(address: string): void {
    for (const stream of [...this.#streams]) if (stream.bound.address === address) stream.break();
  }

  // --- what a test looks at ---

  /** What was sent, lost or not, that `what` picks. */
  sent(what: What): WireMessage[] {
    return this.wire.filter((message) => matches(what, message));
  }

  /** When it was sent, in milliseconds of the clock's `monotonic()`. */
  times(what: What): number[] {
    return this.sent(what).map((message) => message.at);
  }

  /** Everything sent, as 'INVITE', '100 INVITE'… in order. */
  get descriptions(): string[] {
    return this.wire.map((message) => message.description);
  }

  /** Orders that met no message: a test that leaves some has tested nothing. */
  get unserved(): number {
    return this.#faults.unserved;
  }

  /** Sockets that are open, as text; [] is what a test wants to see at its end. */
  leftovers(): string[] {
    return [
      ...[...this.#datagramSockets].map((socket) => `udp ${formatEndpoint(socket.bound)}`),
      ...[...this.#listeners].map((listener) => `tcp ${formatEndpoint(listener.bound)}`),
      ...[...this.#streams].map(String),
    ];
  }

  // --- the network ---

  /** A machine on this network that owns these addresses and no other. */
  host(...addresses: [string, ...string[]]): Network {
    const own = (remote: string): string | undefined => {
      const family = addresses.filter((each) => isIPv6(each) === isIPv6(remote));
      return family.find((each) => isLoopback(each) === isLoopback(remote)) ?? family[0];
    };
    return {
      bindUdp: (at, user) => this.#bindUdp(at, user, addresses),
      listenTcp: (at, user) => this.#listenTcp(at, user, addresses),
      connectTcp: (from, to, user) => this.connectTcp(from ?? own(to.address) ?? addresses[0], to, user),
      localAddressTowards: (remote) => own(remote),
    };
  }

  bindUdp(at: Endpoint, user: DatagramUser): Promise<DatagramSocket> {
    return this.#bindUdp(at, user, undefined);
  }

  listenTcp(at: Endpoint, user: StreamListenerUser): Promise<StreamListener> {
    return this.#listenTcp(at, user, undefined);
  }

  connectTcp(from: string | undefined, to: Endpoint, user: StreamUser): StreamSocket {
    const address = from === undefined || isWildcard(from) ? loopbackLike(to.address) : from;
    const stream = new MemoryStream(this.#road, { address, port: 0 }, to);
    stream.attach(user);
    this.#streams.add(stream);
    const bound = { address, port: this.#ephemeralPort() };
    if (!this.#isSilent(bound, to)) this.#clock.after(this.latency, () => this.#establish(stream, bound));
    return stream;
  }

  localAddressTowards(remote: string): string {
    return loopbackLike(remote);
  }

  async #bindUdp(at: Endpoint, user: DatagramUser, addresses: readonly string[] | undefined): Promise<DatagramSocket> {
    const binding = this.#bind(this.#datagramSockets, at, user, addresses);
    return {
      bound: binding.bound,
      send: (octets, to, failed) => this.#send(binding, octets, to, failed),
      close: async () => void this.#datagramSockets.delete(binding),
    };
  }

  async #listenTcp(at: Endpoint, user: StreamListenerUser, own?: readonly string[]): Promise<StreamListener> {
    const binding = this.#bind(this.#listeners, at, user, own);
    return { bound: binding.bound, close: async () => void this.#listeners.delete(binding) };
  }

  #bind<User>(
    among: Set<Binding<User>>,
    at: Endpoint,
    user: User,
    addresses: readonly string[] | undefined,
  ): Binding<User> {
    const bound = at.port === 0 ? { address: at.address, port: this.#ephemeralPort() } : at;
    const mine = addresses === undefined || isWildcard(at.address) || addresses.includes(at.address);
    if (!mine) throw systemError('EADDRNOTAVAIL', bound);
    for (const other of among) {
      const same = other.bound.address === bound.address && other.addresses?.[0] === addresses?.[0];
      if (same && other.bound.port === bound.port) throw systemError('EADDRINUSE', bound);
    }
    const binding = { bound, user, addresses };
    among.add(binding);
    return binding;
  }

  #send(socket: Binding<DatagramUser>, octets: Buffer, to: Endpoint, failed: SendFailed | undefined): void {
    if (!this.#datagramSockets.has(socket)) return void this.#fail(failed, 'closed');
    if (octets.length > LARGEST_DATAGRAM) return void this.#fail(failed, 'too-large');
    const { bound, addresses } = socket;
    const source = addresses?.find((each) => isIPv6(each) === isIPv6(to.address)) ?? loopbackLike(to.address);
    const from = isWildcard(bound.address) ? { address: source, port: bound.port } : bound;
    if (isIPv6(from.address) !== isIPv6(to.address)) return void this.#fail(failed, 'unreachable');
    const at = this.#clock.monotonic();
    // A copy: the sender may send the same octets again, and the receiver may keep or change what it gets.
    const message = { at, transport: 'udp', from, to, octets, description: describeOctets(octets) } as const;
    this.wire.push(message);
    this.#carry(message);
  }

  #fail(failed: SendFailed | undefined, code: 'closed' | 'too-large' | 'unreachable'): void {
    if (failed !== undefined) this.#clock.after(0, () => failed({ code }));
  }

  #carry(message: WireMessage): void {
    const fault = this.#faults.next(message);
    if (fault?.kind === 'drop' || this.#isSilent(message.from, message.to)) return;
    const arrive = (): void => this.#arrive(message);
    if (fault?.kind === 'overtake') return void this.#held.push(arrive);
    this.#clock.after(this.latency + (fault?.kind === 'delay' ? fault.milliseconds : 0), arrive);
    if (fault?.kind === 'repeat') for (let i = 0; i < fault.copies; i++) this.#clock.after(this.latency, arrive);
    const held = this.#held;
    this.#held = [];
    for (const release of held) this.#clock.after(this.latency, release);
  }

  #arrive(message: WireMessage): void {
    if (this.#isSilent(message.from, message.to)) return;
    const socket = whoTakes(this.#datagramSockets, message.to);
    socket?.user.onDatagram(Buffer.from(message.octets), message.from);
  }

  #establish(stream: MemoryStream, bound: Endpoint): void {
    if (stream.closed) return;
    const to = stream.observed;
    const listener = this.#refusing.has(formatEndpoint(to)) ? undefined : whoTakes(this.#listeners, to);
    if (listener === undefined) return void stream.close({ code: 'refused' });
    const accepted = new MemoryStream(this.#road, to, bound);
    stream.bound = bound;
    accepted.join(stream);
    stream.join(accepted);
    const user = listener.user.onConnection(accepted);
    if (user === undefined) return void stream.break();
    accepted.attach(user);
    if (!accepted.closed) this.#streams.add(accepted);
    this.#clock.after(this.latency, () => stream.closed || stream.connected(bound));
  }

  #passes(message: WireMessage): 'whole' | 'broken' {
    this.wire.push(message);
    return this.#faults.next(message)?.kind === 'break' ? 'broken' : 'whole';
  }

  #isSilent(from: Endpoint, to: Endpoint): boolean {
    return this.#vanished.has(from.address) || this.#vanished.has(to.address);
  }

  #ephemeralPort(): number {
    if (this.#nextPort > 65_535) this.#nextPort = FIRST_EPHEMERAL_PORT;
    return this.#nextPort++;
  }
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function loopbackLike(address: string): string {
  return isIPv6(address) ? '::1' : '127.0.0.1';
}

// The one bound to the very address wins over a wildcard, as in a real machine.
function whoTakes<User>(bindings: Set<Binding<User>>, to: Endpoint): Binding<User> | undefined {
  let wildcard: Binding<User> | undefined;
  for (const binding of bindings) {
    const { bound, addresses } = binding;
    if (bound.port !== to.port) continue;
    if (bound.address === to.address) return binding;
    const sameFamily = isIPv6(bound.address) === isIPv6(to.address);
    if (isWildcard(bound.address) && sameFamily && (addresses?.includes(to.address) ?? true)) wildcard ??= binding;
  }
  return wildcard;
}

function systemError(code: string, at: Endpoint): Error {
  return Object.assign(new Error(`${code}: ${formatEndpoint(at)}`), { code });
}
