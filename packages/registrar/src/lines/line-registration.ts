import type { Cancel, Endpoint } from '@vats/kernel';
import { formatEndpoint, sameEndpoint } from '@vats/kernel';
import {
  type AuthenticationReport,
  type Flow,
  type RequestDraft,
  type Server,
  type SipResponse,
  sendAuthenticated,
  type TransportFailure,
  toWire,
} from '@vats/sip';
import { grantedExpiry } from './granted-expiry.ts';
import { AnswerMaker, isSameAnswer, type LineAnswer } from './line-answer.ts';
import { LineBinding } from './line-binding.ts';
import { contactOn, registerDraft } from './line-requests.ts';
import { type Refusal, refusalOf } from './register-refusal.ts';
import type { RegistrationParts, RegistrationState } from './registration-parts.ts';
import { backOff, refreshDelay, slowRetry } from './retry-delay.ts';

/** Seconds; what a Min-Expires beyond it wants is a mistake, and is refused. */
const EXPIRES_MOST = 86_400;
/** Non-INVITE transactions wait so long (RFC 3261 §17.1.2.2, Timer F). */
const TIMEOUT_S = 32;
/** How long the first look-up may take before it counts as a failure. */
const LOOKING_MS = 2_000;
/** A connection that ends sooner after it was registered over has a peer that ends all: it is asked with back-off. */
const STOOD_MS = 10_000;

interface Attempt {
  readonly endpoint: Server;
  readonly flow: Flow;
  /** The last sending: behind a challenge that is the answer to it. */
  sentAt: number;
  /** Takes our binding away. */
  readonly removes: boolean;
}

/**
 * Our registration at a trunk's peer (RFC 3261 §10.2), for ever: one REGISTER at a time, then a timer, then the next one.
 * Either an attempt is in flight or the timer runs, until `end`.
 */
export class LineRegistration {
  state: RegistrationState = 'registering';
  /** What the state came by, or the last failure of a refresh. */
  answer: LineAnswer | undefined;
  /** Wall times. */
  since: number;
  nextTryAt: number | undefined;
  /** Milliseconds from a REGISTER to its final response, of the last one that went out once. */
  roundTrip: number | undefined;
  readonly #parts: RegistrationParts;
  readonly #answers: AnswerMaker;
  readonly #binding: LineBinding;
  readonly #callId: string;
  readonly #fromTag: string;
  #seq = 0;
  #expires: number;
  #attempt: Attempt | undefined;
  #stopTimer: Cancel = () => {};
  /** Servers asked since the last rest, as text. */
  readonly #tried = new Set<string>();
  #failures = 0;
  #lengthened = 0;
  /** Connections in a row that ended as soon as they had served. */
  #cutShort = 0;
  /** To be done at once when the attempt in flight has ended. */
  #anew = false;
  #ended: (() => void) | undefined;
  #unregisters = true;

  constructor(parts: RegistrationParts) {
    const { clock, random } = parts;
    this.#parts = parts;
    this.#answers = new AnswerMaker(clock);
    this.#binding = new LineBinding({
      ...parts,
      onExpired: () => this.#expired(),
      onFlowClosed: (age) => this.#flowClosed(age),
    });
    this.#callId = random.token(22);
    this.#fromTag = random.token(10);
    this.#expires = parts.expires;
    this.since = clock.now();
  }

  start(): void {
    this.#begin();
  }

  /** Where the binding is; undefined while there is none. */
  get endpoint(): Server | undefined {
    return this.state === 'registered' ? this.#binding.place?.endpoint : undefined;
  }

  /** Until when the peer keeps our binding; wall time. */
  get until(): number | undefined {
    return this.#binding.until;
  }

  /** The way that the peer wants our requests to take (RFC 3608), Route header values; none while there is no binding. */
  get serviceRoute(): readonly string[] {
    return this.state === 'registered' ? this.#binding.serviceRoute : [];
  }

  /** Our address as the peer saw it, when it said so. */
  get seenAs(): string | undefined {
    return this.#binding.seenAs;
  }

  /** An attempt is in flight, or one will be: true until `end`. */
  get isTrying(): boolean {
    return this.#attempt !== undefined || this.nextTryAt !== undefined;
  }

  /** Registers at once: credentials, addresses or the peer's knowledge of us have changed. */
  again(): void {
    if (this.#ended !== undefined) return;
    this.#failures = 0;
    if (this.#attempt !== undefined) this.#anew = true;
    else this.#begin();
  }

  /** The servers of the peer changed. */
  peerChanged(): void {
    const { peer } = this.#parts;
    const { place } = this.#binding;
    const isElsewhere = place !== undefined && !peer.has(place.endpoint);
    const isWaitingForOne = this.#attempt === undefined && this.state !== 'registered' && this.state !== 'rejected';
    if (isElsewhere || isWaitingForOne) this.again();
  }

  /** The server that we are registered at does not answer any more, and another one may. */
  leave(endpoint: Endpoint): void {
    const { place } = this.#binding;
    if (place !== undefined && sameEndpoint(place.endpoint, endpoint)) this.again();
  }

  /**
   * Stops, and takes the binding away if there is one. `done` is told once, when the peer has answered or will not.
   * @param unregister false where the binding is somebody else's now
   */
  end(unregister: boolean, done: () => void): void {
    if (this.#ended !== undefined) return void done();
    this.#ended = done;
    this.#unregisters = unregister;
    this.#rest();
    this.#binding.rest();
    if (this.#attempt === undefined) this.#leaveOrFinish();
  }

  // --- attempts ---

  #begin(): void {
    this.#rest();
    this.#tried.clear();
    this.#lengthened = 0;
    this.#next();
  }

  /** Asks the next server that has not been asked since the last rest; answers false when there is none. */
  #next(): boolean {
    const { peer } = this.#parts;
    const endpoint = peer.endpoints.find((each) => !this.#tried.has(formatEndpoint(each)));
    if (endpoint !== undefined) this.#register(endpoint);
    else if (this.#tried.size === 0) this.#nobody();
    return endpoint !== undefined || this.#tried.size === 0;
  }

  #nobody(): void {
    const { peer } = this.#parts;
    if (peer.isLooking && this.#failures === 0) {
      this.#failures++;
      return void this.#wait(LOOKING_MS);
    }
    peer.lookAgain();
    this.#unreachable(this.#answers.nobody(peer.lack), 0);
  }

  #register(endpoint: Server): void {
    this.#tried.add(formatEndpoint(endpoint));
    const flow = this.#parts.transport.flowTo(this.#parts.peer.targetAt(endpoint));
    this.#send({ endpoint, flow, removes: false, sentAt: this.#parts.clock.monotonic() });
  }

  #send(attempt: Attempt): void {
    const { transactions, credentials } = this.#parts;
    const { flow, removes } = attempt;
    this.#attempt = attempt;
    const draft = (): RequestDraft => this.#draft(flow, removes ? 0 : this.#expires);
    // A challenge to what is not wanted any more, or is to be said with another password, is answered by nothing.
    const again = () => {
      if (!removes && (this.#anew || this.#ended !== undefined)) return undefined;
      attempt.sentAt = this.#parts.clock.monotonic();
      return { draft: draft(), flow };
    };
    sendAuthenticated(transactions, { draft: draft(), flow, again }, credentials(), {
      onFinal: (response, report) => this.#onFinal(attempt, response, report),
      onTimeout: () => this.#onFailure(attempt, this.#answers.silence(attempt.endpoint, TIMEOUT_S)),
      onTransportError: (failure: TransportFailure) =>
        this.#onFailure(attempt, this.#answers.failure(failure, attempt.endpoint)),
    });
  }

  #draft(flow: Flow, expires: number): RequestDraft {
    const { identity, transport, userAgent, instance } = this.#parts;
    const contact = contactOn(flow, transport.sentBy(flow), identity.contactUser);
    const ids = { callId: this.#callId, fromTag: this.#fromTag, seq: ++this.#seq };
    return registerDraft(identity, ids, contact, expires, userAgent, instance);
  }

  // --- what comes of them ---

  #onFinal(attempt: Attempt, response: SipResponse, report: AuthenticationReport): void {
    this.#attempt = undefined;
    this.#parts.onHeard(attempt.endpoint);
    if (attempt.removes) return void this.#finish();
    const { status } = response;
    if (status < 300) this.#granted(attempt, response, report);
    if (this.#ended !== undefined) return void this.#leaveOrFinish();
    if (status < 300) return;
    if (this.#anew) return void this.#begin();
    if (status === 423 && this.#lengthens(response)) return void this.#register(attempt.endpoint);
    const refusal = refusalOf(response, report, this.#parts.credentials().realm);
    const answer = this.#answers.response(response, attempt.endpoint, refusal.why);
    if (refusal.kind === 'elsewhere') this.#failedThere(attempt, answer, refusal.retryAfter);
    else this.#rejected(answer, refusal);
  }

  #onFailure(attempt: Attempt, answer: LineAnswer): void {
    this.#attempt = undefined;
    if (attempt.removes) return void this.#finish();
    if (this.#ended !== undefined) return void this.#leaveOrFinish();
    this.#failedThere(attempt, answer, 0);
  }

  /** RFC 3261 §10.2.8. A peer that wants longer and longer is not followed for ever. */
  #lengthens({ minExpires }: SipResponse): boolean {
    const least = minExpires?.ok ? minExpires.value : 0;
    if (least <= this.#expires || least > EXPIRES_MOST || this.#lengthened >= 2) return false;
    this.#lengthened++;
    this.#expires = least;
    return true;
  }

  #granted(attempt: Attempt, response: SipResponse, { isRepeated }: AuthenticationReport): void {
    const { endpoint, flow, sentAt } = attempt;
    const { clock, random, peer, identity } = this.#parts;
    const seconds = Math.min(grantedExpiry(response, toWire(identity.contactUser), this.#expires), EXPIRES_MOST * 7);
    if (seconds === 0) {
      const why = 'the peer keeps our Contact for no time at all';
      const answer = this.#answers.response(response, endpoint, why);
      return void this.#rejected(answer, { kind: 'rejected', slow: true, why, retryAfter: 0 });
    }
    if (!isRepeated) this.roundTrip = clock.monotonic() - sentAt;
    this.#failures = 0;
    peer.markWorking(endpoint);
    this.#binding.make(endpoint, flow, response, seconds * 1000);
    const answer = this.#answers.response(response, endpoint);
    const isAnew = this.#anew;
    if (this.#ended === undefined && !isAnew) this.#wait(refreshDelay(seconds * 1000, random));
    this.#become('registered', answer);
    if (isAnew && this.#ended === undefined) this.#begin();
  }

  /** Another server may do it. */
  #failedThere({ endpoint }: Attempt, answer: LineAnswer, retryAfter: number): void {
    this.#parts.peer.markFailing(endpoint, retryAfter === 0 ? undefined : retryAfter);
    this.answer = answer;
    if (this.#anew) this.#begin();
    else if (!this.#next()) this.#unreachable(answer, retryAfter);
  }

  #unreachable(answer: LineAnswer, retryAfter: number): void {
    this.#failures++;
    this.#wait(Math.max(backOff(this.#failures, this.#parts.random), retryAfter));
    // A refresh that fails leaves us what was granted, but for a connection that is gone.
    if (this.state === 'registered' && !this.#binding.isCutOff) this.answer = answer;
    else this.#become('unreachable', answer);
  }

  #rejected(answer: LineAnswer, { slow, retryAfter }: Refusal): void {
    const { random } = this.#parts;
    this.#failures++;
    const delay = slow ? slowRetry(random) : backOff(this.#failures, random);
    if (this.#ended === undefined) this.#wait(Math.max(delay, retryAfter));
    this.#binding.forget();
    this.#become('rejected', answer);
  }

  #expired(): void {
    const isTold = this.answer?.status !== undefined && this.answer.status < 300;
    const answer = isTold ? this.#answers.nobody('the granted time is over, and no refresh was answered') : this.answer;
    this.#binding.forget();
    if (this.state === 'registered') this.#become('unreachable', answer);
  }

  // --- the binding ---

  #flowClosed(age: number): void {
    if (this.#ended !== undefined || this.#attempt !== undefined) return;
    if (age < STOOD_MS) return void this.#wait(backOff(++this.#cutShort, this.#parts.random));
    this.#cutShort = 0;
    this.#begin();
  }

  #leaveOrFinish(): void {
    const { place } = this.#binding;
    this.#binding.rest();
    this.#rest();
    if (place === undefined || !this.#unregisters) return void this.#finish();
    const { clock, peer, transport } = this.#parts;
    const { endpoint } = place;
    const flow = place.flow.open ? place.flow : transport.flowTo(peer.targetAt(endpoint));
    this.#send({ endpoint, flow, removes: true, sentAt: clock.monotonic() });
  }

  #finish(): void {
    this.#binding.forget();
    this.state = 'ended';
    this.#ended?.();
  }

  // --- time and state ---

  #wait(milliseconds: number): void {
    const { clock } = this.#parts;
    this.#stopTimer();
    this.nextTryAt = clock.now() + milliseconds;
    this.#stopTimer = clock.after(milliseconds, () => this.#begin());
  }

  #rest(): void {
    this.#stopTimer();
    this.nextTryAt = undefined;
    this.#anew = false;
  }

  #become(state: RegistrationState, answer: LineAnswer | undefined): void {
    const isChange = this.state !== state || (state === 'rejected' && !isSameAnswer(this.answer, answer));
    if (this.state !== state) this.since = this.#parts.clock.now();
    this.state = state;
    this.answer = answer;
    if (isChange && this.#ended === undefined) this.#parts.onChange();
  }
}
