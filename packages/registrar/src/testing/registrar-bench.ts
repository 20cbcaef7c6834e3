import { type Endpoint, Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import {
  type Flow,
  type HeaderField,
  parseMessage,
  type ReplyDraft,
  type RequestDraft,
  SipRequest,
  writeRequest,
} from '@vats/sip';
import type { BindingClient } from '../binding.ts';
import type { RegistrarEvent } from '../events.ts';
import type { PingUser } from '../keep-alive.ts';
import { Registrar } from '../registrar.ts';
import type { RegistrarOptions } from '../registrar-options.ts';
import { FakeFlow } from './fake-flow.ts';
import { MemoryBindingStore } from './memory-binding-store.ts';

export const LISTENER: Endpoint = { address: '198.51.100.1', port: 5060 };

export interface SentPing {
  readonly at: number;
  readonly draft: RequestDraft;
  readonly flow: Flow;
  readonly user: PingUser;
  readonly sent: { isRepeated: boolean };
}

export interface RegisterDraft {
  readonly contact?: string | readonly string[];
  readonly expires?: number | string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly to?: string;
  readonly uri?: string;
  readonly headers?: readonly HeaderField[];
  readonly flow?: Flow;
  readonly login?: string;
  readonly domain?: string;
  readonly maxBindings?: number;
  readonly alsoKnownAs?: readonly string[];
  readonly client?: BindingClient;
}

/** A registrar with everything around it faked: one listener, two domains, Alice at 192.0.2.10 unless told otherwise. */
export class RegistrarBench {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  readonly ledger = new Ledger();
  readonly events: RegistrarEvent[] = [];
  readonly pings: SentPing[] = [];
  /** Flows that were asked for by their ids. */
  readonly restored: FakeFlow[] = [];
  /** Flows that were made to a proxy. */
  readonly made: FakeFlow[] = [];
  readonly store: MemoryBindingStore;
  readonly registrar: Registrar;
  /** Over UDP, from where Alice's Contact says. */
  readonly home = udpFlow('192.0.2.10');
  #cseq = 0;

  constructor(options: Partial<RegistrarOptions> = {}, store = new MemoryBindingStore()) {
    this.store = store;
    this.registrar = new Registrar({
      clock: this.clock,
      random: new SeededRandom(),
      log: this.log,
      ledger: this.ledger,
      store,
      transactions: { send: (draft, flow, user) => this.#ping(draft, flow, user) },
      transport: {
        flowTo: ({ transport, endpoint }) => {
          const flow = new FakeFlow(transport, LISTENER, endpoint);
          this.made.push(flow);
          return flow;
        },
        flowById: (id) => this.#flowById(id),
        sentBy: () => ({ host: 'pbx.example', port: 5060 }),
      },
      serves: (host, domain) => host === domain,
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  /** What happened since the last look: 'registered', 'unreachable connection-closed'… */
  happened(): string[] {
    return this.events.splice(0).map((event) => ('reason' in event ? `${event.type} ${event.reason}` : event.type));
  }

  /** Sends a REGISTER and waits for its answer. */
  register(draft: RegisterDraft = {}): Promise<ReplyDraft> {
    return new Promise((resolve) => this.hand(draft, resolve));
  }

  /** Sends a REGISTER; `respond` hears the answer. */
  hand(draft: RegisterDraft, respond: (reply: ReplyDraft) => void): void {
    const { domain = 'acme.example', login = 'alice', flow = this.home, maxBindings, alsoKnownAs, client } = draft;
    const account = {
      domain,
      login,
      ...(maxBindings && { maxBindings }),
      ...(alsoKnownAs && { alsoKnownAs }),
      ...(client && { client }),
    };
    this.registrar.register(this.request(draft), flow, account, respond);
  }

  request(draft: RegisterDraft): SipRequest {
    const { login = 'alice', domain = 'acme.example', contact = [], headers = [] } = draft;
    const contacts = typeof contact === 'string' ? [contact] : contact;
    const octets = writeRequest({
      method: 'REGISTER',
      uri: draft.uri ?? `sip:${domain}`,
      headers: [
        ['Via', 'SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport'],
        ['From', `<sip:${login}@${domain}>;tag=f1`],
        ['To', draft.to ?? `<sip:${login}@${domain}>`],
        ['Call-ID', draft.callId ?? 'reg1'],
        ['CSeq', `${draft.cseq ?? ++this.#cseq} REGISTER`],
        ['Max-Forwards', '70'],
        ...contacts.map((value): HeaderField => ['Contact', value]),
        ...(draft.expires === undefined ? [] : [['Expires', String(draft.expires)] as const]),
        ...headers,
      ],
    });
    const message = parseMessage(octets);
    if (!message.ok || !(message.value instanceof SipRequest)) throw new Error('the bench wrote no request');
    return message.value;
  }

  /** The phone answers the newest ping, or an earlier one (-2: the last but one). */
  answerPing(which = -1): void {
    this.pings.at(which)?.user.onResponse();
  }

  #ping(draft: RequestDraft, flow: Flow, user: PingUser): { readonly isRepeated: boolean } {
    writeRequest(draft); // what the writer refuses must not pass for a ping
    const sent = { isRepeated: false };
    this.pings.push({ at: this.clock.monotonic(), draft, flow, user, sent });
    return sent;
  }

  #flowById(id: string): Flow | undefined {
    const [transport, bound, observed] = id.split(' ').map((part) => part.split(':'));
    if (transport?.[0] !== 'udp' || bound?.[1] !== '5060') return undefined;
    const flow = udpFlow(observed?.[0] ?? '', Number(observed?.[1]));
    this.restored.push(flow);
    return flow;
  }
}

export function udpFlow(address: string, port = 5060): FakeFlow {
  return new FakeFlow('udp', LISTENER, { address, port });
}

let connections = 0;

/** A new connection each time. */
export function tcpFlow(address: string, port = 40_000): FakeFlow {
  return new FakeFlow('tcp', LISTENER, { address, port }, `tcp ${++connections}`);
}

export function contactsOf(reply: ReplyDraft): string[] {
  return (reply.headers ?? []).filter(([name]) => name === 'Contact').map(([, value]) => value);
}
