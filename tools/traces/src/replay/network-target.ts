import { type Endpoint, formatEndpoint } from '@vats/kernel';
import type { DatagramSocket, Network, StreamListener, StreamSocket, StreamUser } from '@vats/sip';
import { partyAt, type Story } from '../story.ts';
import { StreamMessages } from '../stream-messages.ts';
import type { Trace } from '../trace.ts';
import type { ReplayTarget, Way } from './target.ts';

/**
 * Plays over a network, in memory or of the machine: the parties stand at their recorded addresses, UDP ports and TCP
 * listeners. Only the ports that their own connections left from are new.
 */
export class NetworkTarget implements ReplayTarget {
  onHear: (way: Way, octets: Buffer) => void = () => {};
  readonly #network: Network;
  readonly #datagrams = new Map<string, DatagramSocket>();
  readonly #listeners: StreamListener[] = [];
  readonly #streams = new Map<string, StreamSocket>();
  #accepted = 0;

  private constructor(network: Network) {
    this.#network = network;
  }

  /** @throws (rejects) with the system's error when an address of the trace can't be bound. */
  static async open(network: Network, trace: Trace, story: Story): Promise<NetworkTarget> {
    const target = new NetworkTarget(network);
    try {
      for (const phone of endpointsOf(trace, story, 'udp')) await target.#bind(phone);
      for (const phone of endpointsOf(trace, story, 'tcp')) await target.#listen(phone);
    } catch (error) {
      await target.close();
      throw error;
    }
    return target;
  }

  send(way: Way, to: Endpoint, octets: Buffer): void {
    if (way.transport === 'udp') {
      this.#datagrams.get(formatEndpoint(way.phone))?.send(octets, to);
      return;
    }
    const open = this.#streams.get(way.id);
    const stream = open ?? this.#network.connectTcp(way.phone.address, to, this.#user(way));
    this.#streams.set(way.id, stream);
    stream.write(octets);
  }

  async close(): Promise<void> {
    for (const stream of this.#streams.values()) stream.destroy();
    this.#streams.clear();
    for (const socket of this.#datagrams.values()) await socket.close();
    for (const listener of this.#listeners) await listener.close();
  }

  async #bind(phone: Endpoint): Promise<void> {
    const way: Way = { transport: 'udp', phone };
    const user = { onDatagram: (octets: Buffer) => this.onHear(way, octets), onFailure: () => {} };
    this.#datagrams.set(formatEndpoint(phone), await this.#network.bindUdp(phone, user));
  }

  async #listen(phone: Endpoint): Promise<void> {
    const listener = await this.#network.listenTcp(phone, {
      onConnection: (stream) => {
        const way: Way = { transport: 'tcp', phone, id: `accepted ${++this.#accepted}` };
        this.#streams.set(way.id, stream);
        return this.#user(way);
      },
      onFailure: () => {},
    });
    this.#listeners.push(listener);
  }

  #user(way: Way & { transport: 'tcp' }): StreamUser {
    const messages = new StreamMessages();
    return {
      onOctets: (octets) => {
        for (const message of messages.take(octets)) this.onHear(way, message);
      },
      onEnded: () => {},
      onClosed: () => this.#streams.delete(way.id),
    };
  }
}

/** Where parties had a UDP port, or took TCP connections. */
function endpointsOf(trace: Trace, story: Story, transport: 'udp' | 'tcp'): Endpoint[] {
  const found =
    transport === 'tcp'
      ? trace.connections.map(({ acceptor }) => acceptor)
      : trace.messages.filter((message) => message.transport === 'udp').flatMap(({ from, to }) => [from, to]);
  const parties = found.filter((endpoint) => partyAt(story, endpoint) !== undefined);
  return [...new Map(parties.map((endpoint) => [formatEndpoint(endpoint), endpoint])).values()];
}
