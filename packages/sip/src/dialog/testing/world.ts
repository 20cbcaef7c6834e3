import { type Endpoint, Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { parseNameAddr } from '../../message/name-addr.ts';
import { MemoryNetwork } from '../../testing/memory-network.ts';
import { TransactionLayer } from '../../transaction/index.ts';
import { type Flow, type Network, TransportLayer } from '../../transport/index.ts';
import { DialogLayer, type DialogLayerOptions } from '../layer.ts';
import type { OutgoingInvite, OutgoingInviteOptions } from '../user.ts';
import { RawPeer } from './raw-peer.ts';
import type { Recorder } from './recorder.ts';

export const SWITCH: Endpoint = { address: '10.0.0.1', port: 5060 };
export const PHONE: Endpoint = { address: '10.0.0.2', port: 5060 };

const ALLOW = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'INFO', 'MESSAGE', 'NOTIFY'];

/** Names what the ledger counts and is no leftover: what listens as long as the world stands. */
const LASTING = ['listeners'];

/** A whole stack of transport, transactions and dialogs on a network in memory. */
export class Stack {
  readonly ledger = new Ledger();
  readonly log = new MemoryLog();
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly dialogs: DialogLayer;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock, network: Network, seed: number, options: Partial<DialogLayerOptions> = {}) {
    const { ledger, log } = this;
    const common = { clock, random: new SeededRandom(seed), log, ledger };
    this.#clock = clock;
    this.transport = new TransportLayer({ ...common, network });
    this.transactions = new TransactionLayer({ ...common, transport: this.transport });
    this.dialogs = new DialogLayer({
      ...common,
      transport: this.transport,
      transactions: this.transactions,
      allow: ALLOW,
      supported: ['replaces'],
      ...options,
    });
  }

  flowTo(endpoint: Endpoint, transport: 'udp' | 'tcp' = 'udp'): Flow {
    return this.transport.flowTo({ transport, endpoint });
  }

  /** Sends an INVITE to the phone. */
  call(user: Recorder, options: Partial<OutgoingInviteOptions> = {}): OutgoingInvite {
    return this.dialogs.outgoingInvite(
      {
        requestUri: 'sip:bob@10.0.0.2',
        from: address('anna'),
        to: address('bob'),
        target: this.flowTo(PHONE),
        ...options,
      },
      user,
    );
  }

  /** Takes every INVITE in, for this user. */
  answerBy(user: Recorder): void {
    this.dialogs.outOfDialog = (request, flow) => {
      user.incoming = this.dialogs.incomingInvite(request, flow, user);
      user.events.push('invite');
    };
  }

  /** What is still there, an hour later: [] at the end of every test. */
  leftovers(): string[] {
    this.#clock.advance(3_600_000);
    const timers = this.#clock.pending === 0 ? [] : [`timers: ${this.#clock.pending}`];
    const faults = this.log.lines.filter(({ level }) => level === 'error').map(({ fields }) => `${fields.error}`);
    return [...this.ledger.leftovers(LASTING), ...timers, ...faults];
  }
}

export interface World extends Stack {
  readonly clock: FakeClock;
  readonly net: MemoryNetwork;
  readonly phone: RawPeer;
}

/** A stack at SWITCH that listens on UDP and TCP, a raw peer at PHONE, 10 ms apart. */
export async function world(options: Partial<DialogLayerOptions> = {}): Promise<World> {
  const clock = new FakeClock();
  const net = new MemoryNetwork(clock, { latency: 10 });
  const stack = new Stack(clock, net.host(SWITCH.address), 1, options);
  await stack.transport.listen({ transport: 'udp', endpoint: SWITCH });
  await stack.transport.listen({ transport: 'tcp', endpoint: SWITCH });
  const phone = await RawPeer.overUdp(net.host(PHONE.address), PHONE, SWITCH);
  return Object.assign(stack, { clock, net, phone });
}

export function address(user: string) {
  const parsed = parseNameAddr(`<sip:${user}@switch.example>`);
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
}
