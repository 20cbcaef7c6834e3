import { type Clock, type Endpoint, formatEndpoint, type Random, sameEndpoint } from '@vats/kernel';
import type { Domain, Trunk } from '@vats/pbx';
import {
  DigestClient,
  type Flow,
  isSecure,
  type Locator,
  type Server,
  type TlsPeer,
  type TransactionLayer,
  type TransportLayer,
  type TransportName,
  toWire,
} from '@vats/sip';
import { LineAddresses } from './line-addresses.ts';
import type { LineAnswer } from './line-answer.ts';
import type { TrunkEvent } from './line-events.ts';
import { LineRegistration } from './line-registration.ts';
import { contactOn, type InstanceId, type LineIdentity, optionsDraft } from './line-requests.ts';
import type { LineStatus } from './line-status.ts';
import { LineWatch } from './line-watch.ts';
import { haveOneAccount, haveOneList } from './same-line.ts';
import { hostOf, type PeerTarget, TrunkPeer } from './trunk-peer.ts';

export interface TrunkLineParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly locator: Locator;
  readonly transactions: Pick<TransactionLayer, 'send'>;
  readonly transport: Pick<TransportLayer, 'flowTo' | 'sentBy' | 'dropFlows'>;
  /** Who we are at the registrar of this trunk, through restarts (RFC 5626 §4.1). */
  readonly instanceOf: (domain: string, trunk: string) => InstanceId;
  readonly userAgent: string;
  readonly onEvent: (event: TrunkEvent) => void;
  /** Where calls may come from has changed. */
  readonly onAddresses: () => void;
}

/** Where the next call by a trunk goes. */
export interface TrunkTarget {
  readonly transport: TransportName;
  readonly endpoint: Endpoint;
  /** Who must be there, over TLS. */
  readonly peer?: TlsPeer | undefined;
}

const EXPIRES_S = 180;
const CONTACT_USER_CHARACTERS = 20;

/**
 * What a trunk of the model is at run time: its servers, whether they are there, our registration, and the credentials for
 * calls by it. All of it is synchronous. Made by `TrunkLines`.
 */
export class TrunkLine {
  /** The domain's id. */
  readonly domain: string;
  readonly domainName: string;
  /** The host of From, To and Request-URI of requests by this trunk. */
  readonly host: string;
  /** The user part of our Contact; its INVITEs are recognised by it. Undefined for a trunk by address. */
  readonly contactUser: string | undefined;
  /** Where it goes, or why it can go nowhere (a transport that is not served). */
  readonly way: PeerTarget;
  /** Where it is, and where its calls may come from. */
  readonly addresses: LineAddresses;
  readonly #parts: TrunkLineParts;
  readonly #identity: LineIdentity;
  readonly #peer: TrunkPeer | undefined;
  readonly #watch: LineWatch | undefined;
  readonly #registration: LineRegistration | undefined;
  readonly #since: number;
  #trunk: Trunk;
  #credentials: DigestClient | undefined;
  #ended = false;
  /** Whether it was told to be up or down. */
  #told: boolean | undefined;

  constructor(domain: Pick<Domain, 'id' | 'name'>, trunk: Trunk, way: PeerTarget, parts: TrunkLineParts) {
    const { register } = trunk;
    this.domain = domain.id;
    this.domainName = domain.name;
    this.host = hostOf(trunk);
    this.way = way;
    this.#trunk = trunk;
    this.#parts = parts;
    this.addresses = new LineAddresses(trunk.allow, () => this.endpoints);
    this.#since = parts.clock.now();
    const drawn = parts.random.token(CONTACT_USER_CHARACTERS);
    this.contactUser = register === undefined ? undefined : (register.contactUser ?? drawn);
    this.#identity = { login: register?.login, host: this.host, contactUser: this.contactUser ?? drawn };
    if (!way.ok) return;
    this.#peer = new TrunkPeer(way.target, parts.locator, () => this.#peerChanged(), way.peer);
    this.#credentials = this.#newCredentials();
    this.#watch = this.#newWatch(this.#peer);
    if (register !== undefined) this.#registration = this.#newRegistration(this.#peer, register.expires);
  }

  get name(): string {
    return this.#trunk.name;
  }

  get trunk(): Trunk {
    return this.#trunk;
  }

  /** What answers the challenges to our requests by this trunk; undefined where it has no account. */
  get credentials(): DigestClient | undefined {
    return this.#credentials;
  }

  /** Our identity in From; its user part is the login where there is an account. */
  get login(): string | undefined {
    return this.#trunk.register?.login;
  }

  /** Begins to register and to ask. */
  start(): void {
    this.#registration?.start();
    this.#watch?.start();
  }

  /** Takes over what a changed model says of it, where `isSameLine`. A changed password registers anew at once. */
  use(trunk: Trunk): void {
    const before = this.#trunk;
    this.#trunk = trunk;
    if (!haveOneList(before, trunk)) {
      this.addresses.use(trunk.allow);
      this.#parts.onAddresses();
    }
    if (haveOneAccount(before, trunk)) return;
    this.#credentials = this.#newCredentials();
    this.#registration?.again();
  }

  /** Ends it. `done` is told when the peer has taken our binding away, or will not. */
  end(unregister: boolean, done: () => void): void {
    this.#ended = true;
    this.#watch?.close();
    const ended = (): void => {
      this.#peer?.close();
      done();
    };
    if (this.#registration === undefined) ended();
    else this.#registration.end(unregister, ended);
  }

  /** The servers as they are to be tried: those that failed lately come last. */
  get endpoints(): readonly Server[] {
    return this.#peer?.endpoints ?? [];
  }

  /** Where the next call goes: where we are registered, else the first server that did not fail lately. Undefined: none. */
  target(): TrunkTarget | undefined {
    const peer = this.#peer;
    if (peer === undefined || this.#ended) return undefined;
    const registered = this.#registration?.endpoint;
    const isGood = (endpoint: Endpoint): boolean => peer.has(endpoint) && !peer.isFailing(endpoint);
    const endpoint = registered !== undefined && isGood(registered) ? registered : peer.endpoints.find(isGood);
    return endpoint === undefined ? undefined : peer.targetAt(endpoint);
  }

  /** Where a call goes when all servers but these failed lately and there is no other way: they may be there again. */
  lastResort(but: readonly Endpoint[] = []): TrunkTarget | undefined {
    const isLeft = (one: Endpoint): boolean => !but.some((other) => sameEndpoint(one, other));
    const endpoint = this.#ended ? undefined : this.endpoints.find(isLeft);
    return endpoint === undefined || this.#peer === undefined ? undefined : this.#peer.targetAt(endpoint);
  }

  /**
   * A call there had no answer, or 503: the next one goes elsewhere for `milliseconds` (a minute unless given), though the server
   * answers REGISTER and OPTIONS.
   */
  markFailing(endpoint: Endpoint, milliseconds?: number): void {
    this.#peer?.markRefusing(endpoint, milliseconds);
  }

  /** A call there was answered. */
  markWorking(endpoint: Endpoint): void {
    this.#peer?.markServing(endpoint);
  }

  /** Route header values for our requests by it, as its registrar wants (RFC 3608). */
  get serviceRoute(): readonly string[] {
    return this.#registration?.serviceRoute ?? [];
  }

  /** Whether a request from there may be this trunk's: one by address, or to our own Contact. @param user of its Request-URI, escapes undone */
  admits(address: string, user: string | undefined): boolean {
    if (this.contactUser !== undefined && user !== toWire(this.contactUser)) return false;
    return this.mayCallFrom(address);
  }

  /**
   * Whether a call of its may come by this transport: over UDP an address can be forged, so a trunk that is said to be spoken with over TCP or TLS
   * is known by nothing less.
   */
  takesCallsOver(transport: TransportName): boolean {
    const { transport: own } = this.way.ok ? this.way.target : this.#trunk;
    if (own === 'tls') return isSecure(transport);
    return own !== 'tcp' || transport !== 'udp';
  }

  /** Whether its calls may come from there, whomever they call. */
  mayCallFrom(address: string): boolean {
    return !this.#ended && this.way.ok && this.addresses.networks.find(address) !== undefined;
  }

  status(): LineStatus {
    const registration = this.#registration;
    const watch = this.#watch;
    const target = this.target();
    const { ok } = this.way;
    return {
      domain: this.domainName,
      name: this.name,
      proxy: this.#trunk.proxy,
      transport: this.#trunk.transport ?? (target ?? this.endpoints[0])?.transport ?? 'udp',
      state: !ok ? 'not-served' : (registration?.state ?? 'not-needed'),
      ...(!this.way.ok && { why: this.way.why }),
      since: registration?.since ?? this.#since,
      ...given('answer', registration?.answer),
      ...given('until', registration?.until),
      ...given('nextTryAt', registration?.nextTryAt),
      ...given('seenAs', registration?.seenAs),
      ...given('registeredAt', registration?.endpoint && formatEndpoint(registration.endpoint)),
      ...(watch?.isUp !== undefined && { up: watch.isUp, upSince: watch.since }),
      ...given('upAnswer', watch?.answer),
      ...given('endpoint', target && formatEndpoint(target.endpoint)),
      ...given('roundTrip', (target && watch?.of(target.endpoint).roundTrip) ?? registration?.roundTrip),
      ...given('lookupFailure', this.#peer?.failure),
      servers: this.endpoints.map((endpoint) => ({
        endpoint: formatEndpoint(endpoint),
        failing: this.#peer?.isFailing(endpoint) === true,
        ...given('roundTrip', watch?.of(endpoint).roundTrip),
        ...given('answer', watch?.of(endpoint).answer),
      })),
    };
  }

  /** An attempt of its registration is in flight or will be; true where none is needed. */
  get isTrying(): boolean {
    return this.#registration?.isTrying ?? true;
  }

  #newCredentials(): DigestClient | undefined {
    const { register } = this.#trunk;
    if (register === undefined) return undefined;
    return new DigestClient({
      username: register.authUser ?? register.login,
      password: register.password,
      ...(register.realm !== undefined && { realm: register.realm }),
      isPeer: (observed) => this.#peer?.has(observed) === true,
      random: this.#parts.random,
    });
  }

  #newWatch(peer: TrunkPeer): LineWatch {
    const { random, transport, userAgent } = this.#parts;
    const draft = (flow: Flow) =>
      optionsDraft(
        this.#identity,
        contactOn(flow, transport.sentBy(flow), this.#identity.contactUser),
        userAgent,
        random,
      );
    return new LineWatch({
      ...this.#parts,
      peer,
      draft,
      onSilent: (endpoint) => this.#registration?.leave(endpoint),
      onChange: () => this.#upChanged(),
    });
  }

  #newRegistration(peer: TrunkPeer, expires: number | undefined): LineRegistration {
    return new LineRegistration({
      ...this.#parts,
      peer,
      identity: this.#identity,
      ...(this.#trunk.register?.outbound === true && {
        instance: this.#parts.instanceOf(this.domain, this.name),
      }),
      expires: expires === undefined ? EXPIRES_S : Math.ceil(expires / 1000),
      credentials: () => this.#credentials!,
      onHeard: (endpoint) => this.#watch?.heard(endpoint),
      onChange: () => this.#registrationChanged(),
    });
  }

  #peerChanged(): void {
    this.addresses.serversChanged();
    this.#parts.onAddresses();
    if (this.#ended) return;
    this.#registration?.peerChanged();
    this.#watch?.ask();
  }

  #upChanged(): void {
    const { isUp, answer } = this.#watch!;
    const before = this.#told;
    this.#told = isUp;
    // That a trunk is there from the start on is no change.
    if (isUp && before === undefined) return;
    this.#emit({ type: isUp ? 'trunk.up' : 'trunk.down', ...this.#of(answer) });
    // It may have been started again, and then knows nothing of us. What it refused it would refuse again, and ban us for it.
    if (isUp && this.#registration?.state !== 'rejected') this.#registration?.again();
  }

  #registrationChanged(): void {
    const { state, answer, until = 0, nextTryAt } = this.#registration!;
    if (state === 'registered') this.#emit({ type: 'trunk.registered', until, ...this.#of(answer) });
    if (state === 'rejected' || state === 'unreachable') {
      this.#emit({ type: `trunk.${state}`, nextTryAt, ...this.#of(answer) });
    }
  }

  #of(answer: LineAnswer | undefined) {
    return { domain: this.domain, domainName: this.domainName, trunk: this.name, answer };
  }

  #emit(event: TrunkEvent): void {
    if (!this.#ended) this.#parts.onEvent(event);
  }
}

/** `{ [key]: value }`, or nothing where there is no value. */
function given<K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [k in K]: V });
}
