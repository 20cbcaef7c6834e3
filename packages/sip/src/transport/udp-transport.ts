import { type Endpoint, parseEndpoint, sameEndpoint } from '@vats/kernel';
import type { TransportCounters } from './counters.ts';
import { DeadFlow } from './dead-flow.ts';
import type { TransportFailure } from './failure.ts';
import type { Flow } from './flow.ts';
import type { DatagramUser, Network, ReceiveBuffer } from './network.ts';
import { answerStun, looksLikeStun } from './stun.ts';
import { type Intake, type Listener, pickListener, type Transport } from './transport.ts';
import { UdpPort } from './udp-flow.ts';

const LONGEST_KEEP_ALIVE = 4;
const CR = 13;
const LF = 10;

/** SIP over UDP (RFC 3261 §18). */
export class UdpTransport implements Transport {
  readonly #network: Network;
  readonly #intake: Intake;
  readonly #counters: TransportCounters;
  readonly #ports: UdpListener[] = [];

  constructor(network: Network, intake: Intake, counters: TransportCounters) {
    this.#network = network;
    this.#intake = intake;
    this.#counters = counters;
  }

  get listeners(): readonly Listener[] {
    return this.#ports;
  }

  async listen(at: Endpoint): Promise<Listener> {
    const receiver = new UdpReceiver(at, this.#intake, this.#counters);
    const socket = await this.#network.bindUdp(at, receiver);
    const port = new UdpPort(socket, this.#counters, (error) => this.#intake.onBug(error, port.flowTo(at)));
    receiver.port = port;
    const listener = new UdpListener(port, () => this.#forget(listener));
    this.#ports.push(listener);
    return listener;
  }

  flowTo(to: Endpoint, listener?: Listener): Flow {
    const from = this.#ports.find((each) => each === listener) ?? pickListener(this.#ports, to);
    if (from === undefined) return new DeadFlow('udp', to, { code: 'unreachable', detail: 'no UDP listener' });
    return from.port.flowTo(to);
  }

  flowById(id: string): Flow | undefined {
    const [, bound, observed] = id.split('/');
    if (bound === undefined || observed === undefined) return undefined;
    const from = parseEndpoint(bound);
    const to = parseEndpoint(observed);
    if (!from.ok || !to.ok) return undefined;
    const listener = this.#ports.find((each) => sameEndpoint(each.endpoint, from.value));
    return listener?.port.flowTo(to.value);
  }

  /** Datagrams have no connection; what comes from there is turned away one by one. */
  dropFlows(): number {
    return 0;
  }

  reachablePort(flow: Flow): number {
    return flow.bound.port;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ports].map((listener) => listener.close()));
  }

  #forget(listener: UdpListener): void {
    const index = this.#ports.indexOf(listener);
    if (index >= 0) this.#ports.splice(index, 1);
  }
}

class UdpListener implements Listener {
  readonly transport = 'udp';
  readonly port: UdpPort;
  readonly #closed: () => void;

  constructor(port: UdpPort, closed: () => void) {
    this.port = port;
    this.#closed = closed;
  }

  get endpoint(): Endpoint {
    return this.port.socket.bound;
  }

  get receiveBuffer(): ReceiveBuffer | undefined {
    return this.port.socket.receiveBuffer;
  }

  get backlog(): number | undefined {
    return this.port.socket.backlog;
  }

  close(): Promise<void> {
    this.#closed();
    return this.port.close();
  }
}

/** What comes in at one port. */
class UdpReceiver implements DatagramUser {
  port: UdpPort | undefined;
  readonly #at: Endpoint;
  readonly #intake: Intake;
  readonly #counters: TransportCounters;

  constructor(at: Endpoint, intake: Intake, counters: TransportCounters) {
    this.#at = at;
    this.#intake = intake;
    this.#counters = counters;
  }

  onDatagram(octets: Buffer, from: Endpoint, behind = false): void {
    if (this.port === undefined) return;
    if (!this.#intake.admits(from, 'udp', octets, behind)) this.#counters.refused++;
    else if (isKeepAlive(octets)) {
      this.#counters.keepAlives++;
      this.#intake.onKeepAlive(this.port.flowTo(from));
    } else if (looksLikeStun(octets)) this.#onStun(octets, from, this.port);
    else this.#intake.onOctets(octets, this.port.flowTo(from));
  }

  /** RFC 5626 §8: what keeps a flow over UDP alive, and tells the phone when its NAT gave it another port. */
  #onStun(octets: Buffer, from: Endpoint, port: UdpPort): void {
    this.#counters.stun++;
    const answer = answerStun(octets, from);
    if (typeof answer === 'string') return;
    const flow = port.flowTo(from);
    flow.send(answer);
    this.#intake.onKeepAlive(flow);
  }

  onFailure(failure: TransportFailure): void {
    this.#intake.onSocketFailure('udp', this.port?.socket.bound ?? this.#at, failure);
  }
}

/** CRLFs, or up to four NULs, or nothing at all: what phones send to keep a NAT binding open. */
function isKeepAlive(octets: Buffer): boolean {
  if (octets.length > LONGEST_KEEP_ALIVE) return false;
  for (const octet of octets) if (octet !== CR && octet !== LF && octet !== 0) return false;
  return true;
}
