import type { Clock, Endpoint, Random } from '@vats/kernel';
import { Ledger, SILENT } from '@vats/kernel';
import {
  DigestServer,
  type Flow,
  type HeaderField,
  type Network,
  type ReplyDraft,
  type SipMessage,
  type SipRequest,
  storedHa1,
  TransportLayer,
  type TransportName,
  writeResponseTo,
} from '@vats/sip';

export type Script = (request: SipRequest, operator: ScriptedOperator) => ReplyDraft | undefined;

export interface OperatorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly at: Endpoint;
  readonly transport?: TransportName;
  readonly login?: string;
  readonly password?: string;
  readonly realm?: string;
}

/** One binding that the operator keeps. */
export interface Kept {
  readonly contact: string;
  readonly until: number;
}

/**
 * An operator with one account: asks for a digest, keeps bindings, answers OPTIONS, and does for a while whatever a test
 * writes into `register` and `options`. It judges by a digest server of its own, so wrong credentials are refused.
 */
export class ScriptedOperator {
  /** Requests in order, retransmissions left out. */
  readonly heard: SipRequest[] = [];
  /** By Contact's user part. */
  readonly bindings = new Map<string, Kept>();
  password: string;
  realm: string;
  granted: number | undefined;
  /** In the place of what it does by itself; undefined of an answer is silence. */
  register: Script | undefined;
  options: Script | undefined;
  readonly #options: OperatorOptions;
  readonly #transport: TransportLayer;
  readonly #digest: DigestServer;
  /** Where the request that is judged now came from. */
  #source: Endpoint = { address: '0.0.0.0', port: 0 };
  readonly #branches = new Set<string>();
  readonly #replies = new Map<string, ReplyDraft | undefined>();

  private constructor(options: OperatorOptions) {
    const { clock, random, network, password = 's3cret', realm = 'operator.example' } = options;
    this.#options = options;
    this.password = password;
    this.realm = realm;
    this.#transport = new TransportLayer({ network, clock, random, log: SILENT, ledger: new Ledger() });
    this.#digest = new DigestServer({ clock, random, secret: Buffer.alloc(32, 7) });
    this.#transport.user = { onMessage: (message, flow) => this.#onMessage(message, flow) };
  }

  static async open(options: OperatorOptions): Promise<ScriptedOperator> {
    const operator = new ScriptedOperator(options);
    await operator.#transport.listen({ transport: options.transport ?? 'udp', endpoint: options.at });
    return operator;
  }

  /** Of this method, retransmissions left out. */
  requests(method: string): SipRequest[] {
    return this.heard.filter((request) => request.method === method);
  }

  /** It is started again, and knows nothing. */
  forget(): void {
    this.bindings.clear();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #onMessage(message: SipMessage, flow: Flow): void {
    if (message.kind !== 'request') return;
    const branch = message.topVia.ok ? (message.topVia.value.branch ?? '') : '';
    if (!this.#branches.has(branch)) {
      this.#branches.add(branch);
      this.#source = flow.observed;
      this.heard.push(message);
      this.#replies.set(branch, this.#replyTo(message));
    }
    const reply = this.#replies.get(branch);
    if (reply !== undefined) flow.send(writeResponseTo(message, flow.observed, { toTag: 'op', ...reply }));
  }

  #replyTo(request: SipRequest): ReplyDraft | undefined {
    if (request.method === 'OPTIONS') return this.options ? this.options(request, this) : { status: 200 };
    if (request.method !== 'REGISTER') return { status: 501 };
    return this.register === undefined ? this.serve(request) : this.register(request, this);
  }

  /** What it does by itself. */
  serve(request: SipRequest): ReplyDraft {
    const source = this.#source;
    const { realm, password } = this;
    const { login = '74951234567' } = this.#options;
    const given = this.#digest.credentialsOf(request, realm, 'uas');
    const asking = { realm, source: source.address, port: source.port, algorithms: ['MD5'] as const };
    let stale = false;
    if (given !== undefined) {
      const ha1 = given.get('username') === login ? storedHa1(login, realm, password) : undefined;
      const verdict = this.#digest.verify(request, given, { ...asking, ha1 });
      if (verdict.outcome === 'good') return this.#bind(request);
      stale = verdict.outcome === 'stale' || verdict.outcome === 'foreign-nonce';
    }
    const challenge = this.#digest.challenge({ ...asking, challenger: 'uas', stale });
    return { status: 401, headers: challenge };
  }

  #bind(request: SipRequest): ReplyDraft {
    const { contacts, expires } = request;
    const now = this.#options.clock.monotonic();
    if (contacts.ok && !contacts.value.star) {
      for (const contact of contacts.value.list) {
        const asked = contact.expires ?? (expires?.ok ? expires.value : 3600);
        const user = contact.uri.kind === 'sip' ? (contact.uri.user ?? '') : '';
        const seconds = asked === 0 ? 0 : (this.granted ?? asked);
        if (seconds === 0) this.bindings.delete(user);
        else this.bindings.set(user, { contact: `<${contact.uri}>`, until: now + seconds * 1000 });
      }
    }
    const kept = [...this.bindings.values()].filter(({ until }) => until > now);
    const headers = kept.map(
      ({ contact, until }): HeaderField => ['Contact', `${contact};expires=${Math.round((until - now) / 1000)}`],
    );
    return { status: 200, headers };
  }
}
