import { isIP } from 'node:net';
import { type Clock, formatEndpoint, type Random } from '@vats/kernel';
import {
  type AuthenticationReport,
  DigestClient,
  type DnsQuestions,
  type Flow,
  fromWire,
  isChallenge,
  locate,
  type Server,
  type SipResponse,
  sendAuthenticated,
  type TransactionLayer,
  type TransportFailure,
  type TransportLayer,
  toWire,
} from '@vats/sip';
import { ownContact } from './granted-expiry.ts';
import { answerText, onOneLine } from './line-answer.ts';
import { contactOn, optionsDraft, registerDraft } from './line-requests.ts';
import { RecordingDns } from './recording-dns.ts';
import { whyUnanswered } from './register-refusal.ts';
import { type Finding, verdictOf } from './test-verdict.ts';
import type { TrunkLine } from './trunk-line.ts';

/** One step of a test, as text for a person. */
export interface TestStep {
  readonly step: 'settings' | 'dns' | 'options' | 'register' | 'challenge' | 'answer' | 'binding' | 'live';
  readonly good: boolean;
  readonly text: string;
}

export interface TrunkTest {
  readonly trunk: string;
  readonly domain: string;
  readonly steps: readonly TestStep[];
  readonly good: boolean;
  readonly verdict: string;
  /** What to do; absent when all is well. */
  readonly remedy?: string;
}

export interface TrunkTestParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly dns: DnsQuestions;
  readonly transactions: Pick<TransactionLayer, 'send'>;
  readonly transport: Pick<TransportLayer, 'flowTo' | 'sentBy'>;
  readonly userAgent: string;
}

/** What a request came to. */
export type Outcome =
  | {
      readonly kind: 'answer';
      readonly response: SipResponse;
      readonly report: AuthenticationReport;
      readonly ms: number;
    }
  | { readonly kind: 'silence' }
  | { readonly kind: 'failure'; readonly failure: TransportFailure };

/** A person waits: a server that is silent for so long is taken for silent. */
const PATIENCE_MS = 8_000;
const SERVERS_ASKED = 3;

/**
 * Tries a trunk step by step and keeps each answer. The REGISTER has no Contact and a Call-ID of its own: it asks for the
 * bindings (RFC 3261 §10.2.3), so the credentials are judged and the live registration is left as it is.
 */
export async function testTrunk(line: TrunkLine, parts: TrunkTestParts): Promise<TrunkTest> {
  const run = new Run(line, parts);
  const finding = await run.all();
  const { good, verdict, remedy } = verdictOf(finding);
  const named = { trunk: line.name, domain: line.domainName };
  return { ...named, steps: run.steps, good, verdict, ...(remedy !== undefined && { remedy }) };
}

class Run {
  readonly steps: TestStep[] = [];
  readonly #line: TrunkLine;
  readonly #parts: TrunkTestParts;

  constructor(line: TrunkLine, parts: TrunkTestParts) {
    this.#line = line;
    this.#parts = parts;
  }

  async all(): Promise<Finding> {
    const { way, trunk } = this.#line;
    this.#settings();
    if (!way.ok) return { kind: 'not-served', why: way.why };
    const { endpoints, failure } = await this.#dns();
    if (endpoints.length === 0) {
      return { kind: 'no-server', host: way.target.host, failure, hasPort: way.target.port !== undefined };
    }
    const asked = await this.#options(endpoints);
    const { register } = trunk;
    this.#live();
    if (register === undefined) return { kind: 'by-address', ...asked };
    const outcome = await this.#register(asked.answered ?? endpoints[0]!);
    return { kind: 'registering', ...asked, outcome, line: this.#line };
  }

  #settings(): void {
    const { trunk, host } = this.#line;
    const { register } = trunk;
    const account =
      register === undefined
        ? 'no registration: a trunk by its address'
        : `login ${register.login}, digest username ${register.authUser ?? register.login}`;
    const text = `proxy ${trunk.proxy} over ${trunk.transport ?? (this.#isChosen ? 'udp' : 'what the DNS names, else udp')}, domain ${host}, ${account}`;
    this.#note('settings', this.#line.way.ok, this.#line.way.ok ? text : `${text}: ${this.#line.way.why}`);
  }

  /** No record of the DNS has a say in the transport: there is a port, or an address. */
  get #isChosen(): boolean {
    const { way } = this.#line;
    return way.ok && (way.target.port !== undefined || isIP(way.target.host) !== 0);
  }

  async #dns() {
    const { way } = this.#line;
    if (!way.ok) return { endpoints: [], failure: undefined };
    const dns = new RecordingDns(this.#parts.dns);
    const { target } = way;
    let located = await locate(target, dns, this.#parts.random);
    const failure = located.ok ? located.failure : { code: located.code, question: located.question };
    // As the live line does.
    if (!located.ok && target.port === undefined)
      located = await locate({ ...target, port: 5060 }, dns, this.#parts.random);
    const endpoints = located.ok ? located.endpoints : [];
    for (const { question, answer } of dns.asked) {
      this.#note('dns', !answer.startsWith('failed'), `${question}: ${answer}`);
    }
    const servers = endpoints.map(formatEndpoint).join(', ');
    if (dns.asked.length === 0) this.#note('dns', true, `no question: ${servers} is an address`);
    else this.#note('dns', endpoints.length > 0, endpoints.length === 0 ? 'no server' : `servers in order: ${servers}`);
    return { endpoints, failure };
  }

  /** Asks the servers in order until one answers. */
  async #options(endpoints: readonly Server[]): Promise<{ answered: Server | undefined; last: Outcome }> {
    const { random, transport, userAgent } = this.#parts;
    const { host, login, contactUser = 'vats' } = this.#line;
    let last: Outcome = { kind: 'silence' };
    for (const endpoint of endpoints.slice(0, SERVERS_ASKED)) {
      const flow = this.#flowTo(endpoint);
      const contact = contactOn(flow, transport.sentBy(flow), contactUser);
      last = await this.#send(flow, optionsDraft({ login, host, contactUser }, contact, userAgent, random));
      const at = formatEndpoint(endpoint);
      this.#note('options', last.kind === 'answer', `OPTIONS to ${at}: ${outcomeText(last)}`);
      if (last.kind !== 'answer') continue;
      const seen = seenAs(last.response, flow, transport.sentBy(flow));
      if (seen !== undefined) this.#note('options', true, seen);
      return { answered: endpoint, last };
    }
    return { answered: undefined, last };
  }

  async #register(endpoint: Server): Promise<Outcome> {
    const { random, userAgent } = this.#parts;
    const { host, login, contactUser = '', trunk } = this.#line;
    const { register } = trunk;
    if (register === undefined) return { kind: 'silence' };
    const realm = register.realm ?? this.#line.credentials?.realm;
    const credentials = new DigestClient({
      username: register.authUser ?? register.login,
      password: register.password,
      ...(realm !== undefined && { realm: fromWire(realm) }),
      isPeer: (observed) => observed.address === endpoint.address && observed.port === endpoint.port,
      random,
    });
    const ids = { callId: random.token(22), fromTag: random.token(10), seq: 1 };
    const draft = registerDraft({ login, host, contactUser }, ids, '', undefined, userAgent);
    const at = formatEndpoint(endpoint);
    this.#note('register', true, `REGISTER without Contact to ${at}: asks for the bindings and changes none`);
    const outcome = await this.#send(this.#flowTo(endpoint), draft, credentials);
    const isGood = outcome.kind === 'answer' && outcome.response.status < 300;
    this.#note('answer', isGood, `final answer: ${outcomeText(outcome, credentials.realm)}`);
    if (isGood) this.#binding(outcome.response, contactUser);
    return outcome;
  }

  #binding(response: SipResponse, contactUser: string): void {
    const own = ownContact(response, toWire(contactUser));
    const { contacts } = response;
    const count = contacts.ok && !contacts.value.star ? contacts.value.list.length : 0;
    if (own === undefined) this.#note('binding', false, `our Contact is not among the ${count} that the server keeps`);
    else {
      const left = own.expires === undefined ? '' : `, for ${own.expires} s more`;
      this.#note('binding', true, `the server keeps our Contact as ${onOneLine(String(own.uri))}${left}`);
    }
  }

  #live(): void {
    const { state, answer, until, nextTryAt } = this.#line.status();
    const at = (time: number | undefined, word: string): string =>
      time === undefined ? '' : `, ${word} ${Math.round((time - this.#parts.clock.now()) / 1000)} s`;
    const said = answer === undefined ? '' : ` (${answerText(answer)})`;
    const text = `live registration, untouched by this test: ${state}${said}${at(until, 'for')}${at(nextTryAt, 'next REGISTER in')}`;
    this.#note('live', state === 'registered' || state === 'not-needed', text);
  }

  #flowTo(endpoint: Server): Flow {
    return this.#parts.transport.flowTo({ transport: endpoint.transport, endpoint });
  }

  #send(flow: Flow, draft: Parameters<TransactionLayer['send']>[0], credentials?: DigestClient): Promise<Outcome> {
    const { clock, transactions } = this.#parts;
    const sentAt = clock.monotonic();
    return new Promise((resolve) => {
      const end = (outcome: Outcome): void => {
        stop();
        resolve(outcome);
      };
      const sender: Pick<TransactionLayer, 'send'> = {
        send: (request, way, user) =>
          transactions.send(request, way, {
            ...{ onTimeout: () => user.onTimeout(), onTransportError: (failure) => user.onTransportError(failure) },
            onResponse: (response, came) => {
              if (credentials !== undefined && isChallenge(response.status)) this.#challenge(response, credentials);
              user.onResponse(response, came);
            },
          }),
      };
      const stop = clock.after(PATIENCE_MS, () => {
        sent.abandon();
        resolve({ kind: 'silence' });
      });
      const sent = sendAuthenticated(sender, { draft, flow }, credentials, {
        onFinal: (response, report) => end({ kind: 'answer', response, report, ms: clock.monotonic() - sentAt }),
        onTimeout: () => end({ kind: 'silence' }),
        onTransportError: (failure) => end({ kind: 'failure', failure }),
      });
    });
  }

  /** All of a challenge but the nonce. */
  #challenge(response: SipResponse, { username }: DigestClient): void {
    const header = response.status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate';
    for (const each of response.challenges(header)) {
      if (!each.ok) this.#note('challenge', false, `${response.status}: a challenge that cannot be read`);
      else {
        const { value } = each;
        const part = (name: string): string => onOneLine(fromWire(value.get(name) ?? 'none'));
        const stale = value.get('stale')?.toLowerCase() === 'true' ? ', stale' : '';
        const algorithm = value.get('algorithm') === undefined ? 'MD5 (none named)' : part('algorithm');
        const text = `${response.status}: realm ${JSON.stringify(part('realm'))}, algorithm ${algorithm}, qop ${part('qop')}${stale}`;
        this.#note('challenge', value.isDigest, `${text}; we answer as ${username}`);
      }
    }
  }

  #note(step: TestStep['step'], good: boolean, text: string): void {
    this.steps.push({ step, good, text });
  }
}

export function outcomeText(outcome: Outcome, realm?: string): string {
  if (outcome.kind === 'silence') return `no answer within ${PATIENCE_MS / 1000} s`;
  if (outcome.kind === 'failure') return `${outcome.failure.code} ${outcome.failure.detail ?? ''}`.trim();
  const { response, report, ms } = outcome;
  const why = isChallenge(response.status) ? whyUnanswered(response, report, realm) : undefined;
  const text = answerText({
    at: 0,
    status: response.status,
    reason: onOneLine(fromWire(response.reason)),
    ...(why !== undefined && { why }),
  });
  return `${text} (${Math.round(ms)} ms)`;
}

/** Where the peer saw the request come from; undefined when it did not say. */
function seenAs({ topVia }: SipResponse, flow: Flow, own: { host: string; port: number }): string | undefined {
  if (!topVia.ok) return undefined;
  const { received, rport } = topVia.value;
  if (received === undefined && typeof rport !== 'number') return undefined;
  const address = received ?? own.host;
  const port = typeof rport === 'number' ? rport : own.port;
  const isBehindNat = address !== own.host || (!flow.reliable && port !== own.port);
  const seen = `the peer sees us as ${formatEndpoint({ address, port })}`;
  return isBehindNat ? `${seen}, and we say ${own.host}:${own.port}: a NAT is between` : `${seen}, as we say`;
}
