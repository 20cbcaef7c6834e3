import { type Endpoint, Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import type { Domain, Trunk } from '@vats/pbx';
import { type SentBy, type SipRequest, TransactionLayer, TransportLayer, type TransportName } from '@vats/sip';
import { FakeDns, MemoryNetwork } from '@vats/sip/testing';
import type { TrunkEvent } from '../line-events.ts';
import type { TrunkLine } from '../trunk-line.ts';
import { TrunkLines } from '../trunk-lines.ts';
import { ScriptedOperator } from './scripted-operator.ts';

export const OURS: Endpoint = { address: '192.0.2.1', port: 5060 };
export const OPERATOR: Endpoint = { address: '198.51.100.9', port: 5060 };
export const RESERVE: Endpoint = { address: '198.51.100.10', port: 5060 };

export const ITSP: Trunk = {
  managedBy: 'cli',
  name: 'itsp',
  proxy: 'sip:198.51.100.9:5060',
  domain: 'sip.itsp.example',
  register: { login: '74951234567', password: 's3cret' },
};

/** The lines of one domain with operators on a network in memory, under a fake clock. */
export class LinesBench {
  readonly clock = new FakeClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly ledger = new Ledger();
  readonly log = new MemoryLog();
  readonly dns = new FakeDns();
  readonly events: TrunkEvent[] = [];
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly lines: TrunkLines;
  readonly operators: ScriptedOperator[] = [];

  private constructor(seed: number, claims: SentBy | undefined) {
    const { clock, ledger, log, dns } = this;
    const random = new SeededRandom(seed);
    const network = this.network.host(OURS.address);
    const sentBy = claims && { sentBy: () => claims };
    this.transport = new TransportLayer({ network, clock, random, log, ledger, ...sentBy });
    this.transactions = new TransactionLayer({ transport: this.transport, clock, random, log, ledger });
    const { transport, transactions } = this;
    const onEvent = (event: TrunkEvent): void => void this.events.push(event);
    this.lines = new TrunkLines({ clock, random, log, ledger, dns, transactions, transport, onEvent });
  }

  /** @param claims what we call ourselves, where it is not where we are: behind a NAT */
  static async open(seed = 1, claims?: SentBy): Promise<LinesBench> {
    const bench = new LinesBench(seed, claims);
    for (const transport of ['udp', 'tcp'] as const) await bench.transport.listen({ transport, endpoint: OURS });
    return bench;
  }

  async operator(at: Endpoint = OPERATOR, transport: TransportName = 'udp'): Promise<ScriptedOperator> {
    const { clock } = this;
    const network = this.network.host(at.address);
    const operator = await ScriptedOperator.open({ clock, random: new SeededRandom(9), network, at, transport });
    this.operators.push(operator);
    return operator;
  }

  use(...trunks: Trunk[]): void {
    this.lines.use([domainOf(trunks)]);
    this.clock.advance(0);
  }

  passes(seconds: number): void {
    this.clock.advance(seconds * 1000);
  }

  line(name = 'itsp'): TrunkLine {
    const line = this.lines.of('d1', name);
    if (line === undefined) throw new Error(`there is no line ${name}`);
    return line;
  }

  get state(): string {
    return this.line().status().state;
  }

  /** What happened since the last look: 'registered', 'rejected 403 Forbidden'… */
  happened(): string[] {
    return this.events.splice(0).map(({ type, answer }) => {
      const text = answer === undefined ? '' : ` ${answer.status ?? answer.reason}`;
      return `${type.slice('trunk.'.length)}${text}`;
    });
  }

  async close(): Promise<string[]> {
    await this.#ended(this.lines.close());
    this.transactions.close();
    await this.#ended(this.transport.close());
    for (const operator of this.operators.splice(0)) await this.#ended(operator.close());
    this.passes(100);
    return this.ledger.leftovers();
  }

  /** Lets time pass until this is done. */
  async #ended(work: Promise<void>): Promise<void> {
    let isDone = false;
    void work.then(() => {
      isDone = true;
    });
    for (let second = 0; second < 100 && !isDone; second++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isDone) this.passes(0.1);
    }
    await work;
  }
}

export function domainOf(
  trunks: readonly Trunk[],
  id = 'd1',
  name = 'acme.example',
): Pick<Domain, 'id' | 'name' | 'trunks'> {
  return { id, name, trunks };
}

export const cseqOf = (request: SipRequest): number => (request.cseq.ok ? request.cseq.value.number : Number.NaN);
export const callIdOf = (request: SipRequest): string => (request.callId.ok ? request.callId.value : '');
export const contactUserOf = ({ contacts }: SipRequest): string | undefined => {
  const first = contacts.ok && !contacts.value.star ? contacts.value.list[0] : undefined;
  return first?.uri.kind === 'sip' ? first.uri.user : undefined;
};
export const expiresOf = ({ expires }: SipRequest): number | undefined => (expires?.ok ? expires.value : undefined);
