import { type Clock, type Endpoint, formatEndpoint } from '@vats/kernel';
import type { SendFailed, StreamSocket, StreamUser, TransportFailure } from '../transport/index.ts';
import { describeOctets, type WireMessage } from './wire.ts';

/** What a stream asks of the network that it runs over. */
export interface StreamRoad {
  readonly clock: Clock;
  readonly latency: number;
  /** Notes one write; true: the connection breaks here instead. */
  passes(message: WireMessage): 'whole' | 'broken';
  cut(octets: Buffer): readonly Buffer[];
  /** Nothing gets through between these addresses, and nobody is told. */
  isSilent(from: Endpoint, to: Endpoint): boolean;
  /** The reader at `to` has stopped reading. */
  isStalled(to: Endpoint): boolean;
  gone(stream: MemoryStream): void;
}

interface Write {
  readonly octets: Buffer;
  readonly failed: SendFailed | undefined;
}

/** One end of a connection in memory. Octets arrive in order, after the network's latency, cut where it says. */
export class MemoryStream implements StreamSocket {
  bound: Endpoint;
  readonly observed: Endpoint;
  readonly #road: StreamRoad;
  #user: StreamUser | undefined;
  #peer: MemoryStream | undefined;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';
  #ending: 'no' | 'asked' | 'sent' = 'no';
  #peerEnded = false;
  #waiting: Write[] = [];
  #lastArrival = 0;

  constructor(road: StreamRoad, bound: Endpoint, observed: Endpoint) {
    this.#road = road;
    this.bound = bound;
    this.observed = observed;
  }

  get unsent(): number {
    return this.#waiting.reduce((sum, write) => sum + write.octets.length, 0);
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  toString(): string {
    return `stream ${formatEndpoint(this.bound)} - ${formatEndpoint(this.observed)}`;
  }

  attach(user: StreamUser): void {
    this.#user = user;
  }

  join(peer: MemoryStream): void {
    this.#peer = peer;
    this.#state = 'open';
  }

  /** Tells the side that asked for the connection that it is up. */
  connected(bound: Endpoint): void {
    this.bound = bound;
    this.#user?.onConnected?.();
    this.flush();
  }

  write(octets: Buffer, failed?: SendFailed): void {
    if (this.#state === 'closed' || this.#ending !== 'no') return void this.#later(() => failed?.({ code: 'closed' }));
    this.#waiting.push({ octets, failed });
    if (this.#state === 'open') this.flush();
  }

  /** Sends what waits, unless the reader at the other end has stopped. */
  flush(): void {
    while (this.#state === 'open' && this.#waiting.length > 0 && !this.#road.isStalled(this.observed)) {
      const write = this.#waiting.shift();
      if (write !== undefined) this.#carry(write);
    }
    if (this.#state === 'open' && this.#ending === 'asked' && this.#waiting.length === 0) this.#sendEnd();
  }

  end(): void {
    if (this.#state === 'closed' || this.#ending !== 'no') return;
    this.#ending = 'asked';
    if (this.#state === 'open') this.flush();
  }

  destroy(): void {
    if (this.#state === 'closed') return;
    const peer = this.#peer;
    if (peer !== undefined && this.#ending !== 'sent') this.#deliver(() => peer.#hearEnd());
    this.close({ code: 'closed' });
  }

  /** Breaks the connection for both sides, as a RST does. */
  break(): void {
    this.#peer?.close({ code: 'reset' });
    this.close({ code: 'reset' });
  }

  /** Ends this side; its user hears of it in a later turn. */
  close(why: TransportFailure): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const unsent = this.#waiting;
    this.#waiting = [];
    this.#road.gone(this);
    this.#later(() => {
      for (const write of unsent) write.failed?.(why);
      this.#user?.onClosed(why);
    });
  }

  #carry(write: Write): void {
    const { bound: from, observed: to } = this;
    const at = this.#road.clock.monotonic();
    const { octets } = write;
    const fate = this.#road.passes({ at, transport: 'tcp', from, to, octets, description: describeOctets(octets) });
    if (fate === 'broken') return void this.break();
    const peer = this.#peer;
    if (peer === undefined) return;
    // Writing to somebody who has torn the connection down brings a RST back.
    if (peer.closed) return void this.#deliver(() => this.close({ code: 'reset' }));
    for (const piece of this.#road.cut(octets)) this.#deliver(() => peer.#hear(Buffer.from(piece)));
  }

  #sendEnd(): void {
    this.#ending = 'sent';
    const peer = this.#peer;
    if (peer !== undefined) this.#deliver(() => peer.#hearEnd());
    this.#closeWhenBothEnded();
  }

  #hear(octets: Buffer): void {
    if (this.#state === 'open') this.#user?.onOctets(octets);
  }

  #hearEnd(): void {
    if (this.#state !== 'open' || this.#peerEnded) return;
    this.#peerEnded = true;
    this.#user?.onEnded();
    this.#closeWhenBothEnded();
  }

  #closeWhenBothEnded(): void {
    if (this.#peerEnded && this.#ending === 'sent') this.close({ code: 'closed' });
  }

  // Pieces never overtake each other, even when the latency is changed between them.
  #deliver(arrive: () => void): void {
    if (this.#road.isSilent(this.bound, this.observed)) return;
    const now = this.#road.clock.monotonic();
    this.#lastArrival = Math.max(this.#lastArrival, now + this.#road.latency);
    this.#road.clock.after(this.#lastArrival - now, arrive);
  }

  #later(run: () => void): void {
    this.#road.clock.after(0, run);
  }
}
