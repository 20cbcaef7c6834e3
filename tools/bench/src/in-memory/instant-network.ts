import type { Endpoint } from '@vats/kernel';
import type { DatagramSocket, DatagramUser, Network } from '@vats/sip';

/** A network without a kernel: one UDP port of the switch, whose datagrams go to whoever plays the phones. */
export class InstantNetwork implements Network {
  readonly #receive: (octets: Buffer, to: Endpoint) => void;
  #user: DatagramUser | undefined;

  constructor(receive: (octets: Buffer, to: Endpoint) => void) {
    this.#receive = receive;
  }

  /** A datagram to the switch. */
  deliver(text: string, from: Endpoint): void {
    this.#user?.onDatagram(Buffer.from(text, 'latin1'), from);
  }

  async bindUdp(at: Endpoint, user: DatagramUser): Promise<DatagramSocket> {
    this.#user = user;
    return { bound: at, send: (octets, to) => this.#receive(octets, to), close: async () => {} };
  }

  listenTcp(): never {
    throw new Error('no TCP in this bench');
  }

  connectTcp(): never {
    throw new Error('no TCP in this bench');
  }

  localAddressTowards(): undefined {
    return undefined;
  }
}
