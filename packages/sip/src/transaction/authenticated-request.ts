import type { ChallengeVerdict, DigestClient, DigestExchange } from '../digest/index.ts';
import { canonicalName } from '../message/header-names.ts';
import { UINT32_MAX } from '../message/limits.ts';
import type { SipResponse } from '../message/message.ts';
import type { HeaderField, RequestDraft } from '../message/write-message.ts';
import type { Flow, TransportFailure } from '../transport/index.ts';
import type { ClientTransaction, ClientTransactionUser } from './user.ts';

/** A request and the way that it is to go. */
export interface DraftOnFlow {
  readonly draft: RequestDraft;
  readonly flow: Flow;
}

/** A request other than INVITE that may meet a challenge (RFC 3261 §22.2). */
export interface RequestToAuthenticate extends DraftOnFlow {
  readonly inDialog?: boolean;
  /**
   * Makes the request anew after a challenge; undefined: it is not wanted any more, and the challenge is its final
   * response. Without this function the same request goes over the same flow, its CSeq number one higher.
   */
  readonly again?: () => DraftOnFlow | undefined;
}

/** What came between a request and its end. */
export interface AuthenticationReport {
  /** CSeq number of the last sending: the next request with this Call-ID needs a higher one. */
  readonly seq: number;
  /** How often a challenge was answered. */
  readonly answers: number;
  /** How often it was because a nonce was stale, or was not taken a second time. */
  readonly renewals: number;
  /** What the last challenge came to; undefined: none came, or there are no credentials to judge it by. */
  readonly verdict: ChallengeVerdict | undefined;
  /** `ClientTransaction.isRepeated` of the last sending. */
  readonly isRepeated: boolean;
}

/** Exactly one of these is called, once, unless the request is abandoned. */
export interface AuthenticatedRequestUser {
  /** The final response; a 401 or 407 when its challenge was not answered, and `report.verdict` says why. */
  onFinal(response: SipResponse, report: AuthenticationReport, flow: Flow): void;
  onTimeout(report: AuthenticationReport): void;
  onTransportError(failure: TransportFailure, report: AuthenticationReport): void;
}

/** A request that is under way, challenges and all (RFC 3261 §22.2). */
export interface AuthenticatedRequest {
  /** Its user hears no more, and no challenge is answered any more. */
  abandon(): void;
}

interface Sender {
  send(draft: RequestDraft, flow: Flow, user: ClientTransactionUser): ClientTransaction;
}

/** Whether a final response asks for credentials: 401 or 407 (RFC 3261 §22.2, §22.3). */
export function isChallenge(status: number): boolean {
  return status === 401 || status === 407;
}

/**
 * Sends a request other than INVITE and answers the challenges that it meets (RFC 3261 §22.2): each time in a new
 * transaction, with the CSeq number one higher and all else the same (§8.1.3.5). Without `credentials` none is answered.
 *
 * @throws Error for INVITE, ACK and CANCEL, and for a draft without CSeq
 * @throws UnsafeValue when a value of the draft can't be written; nothing has been sent then
 */
export function sendAuthenticated(
  transactions: Sender,
  request: RequestToAuthenticate,
  credentials: DigestClient | undefined,
  user: AuthenticatedRequestUser,
): AuthenticatedRequest {
  const { method } = request.draft;
  if (method === 'INVITE' || method === 'ACK' || method === 'CANCEL') {
    throw new Error(`sendAuthenticated: ${method} has a way of its own`);
  }
  return new Authentication(transactions, request, credentials, user);
}

class Authentication implements AuthenticatedRequest, ClientTransactionUser {
  readonly #transactions: Sender;
  readonly #user: AuthenticatedRequestUser;
  readonly #exchange: DigestExchange | undefined;
  readonly #again: (() => DraftOnFlow | undefined) | undefined;
  #now: DraftOnFlow;
  #transaction: ClientTransaction | undefined;
  #done = false;

  constructor(
    transactions: Sender,
    request: RequestToAuthenticate,
    credentials: DigestClient | undefined,
    user: AuthenticatedRequestUser,
  ) {
    const { draft, flow, inDialog = false, again } = request;
    this.#transactions = transactions;
    this.#user = user;
    this.#exchange = credentials?.begin({ method: draft.method, inDialog });
    this.#again = again;
    this.#now = { draft, flow };
    seqOf(draft);
    this.#send();
  }

  abandon(): void {
    this.#done = true;
  }

  onResponse(response: SipResponse, flow: Flow): void {
    if (this.#done || response.status < 200) return;
    if (isChallenge(response.status) && this.#answers(response)) return;
    this.#exchange?.finished(response);
    this.#done = true;
    this.#user.onFinal(response, this.#report, flow);
  }

  onTimeout(): void {
    if (this.#done) return;
    this.#done = true;
    this.#user.onTimeout(this.#report);
  }

  onTransportError(failure: TransportFailure): void {
    if (this.#done) return;
    this.#done = true;
    this.#user.onTransportError(failure, this.#report);
  }

  get #report(): AuthenticationReport {
    const { answers = 0, renewals = 0, verdict } = this.#exchange ?? {};
    const isRepeated = this.#transaction?.isRepeated ?? false;
    return { seq: seqOf(this.#now.draft), answers, renewals, verdict, isRepeated };
  }

  #answers(response: SipResponse): boolean {
    const { draft, flow } = this.#now;
    if (this.#exchange?.challenged(response, flow.observed) !== 'answered') return false;
    const next = this.#again === undefined ? { draft: withNextSeq(draft), flow } : this.#again();
    if (next === undefined) return false;
    this.#now = next;
    this.#send();
    return true;
  }

  #send(): void {
    const { draft, flow } = this.#now;
    const lines = this.#exchange?.credentials(draft.uri, flow.observed, draft.body) ?? [];
    const whole = lines.length === 0 ? draft : { ...draft, headers: [...draft.headers, ...lines] };
    this.#transaction = this.#transactions.send(whole, flow, this);
  }
}

function seqOf({ headers, method }: RequestDraft): number {
  const line = headers.find(isCSeq);
  const seq = line === undefined ? Number.NaN : Number.parseInt(line[1], 10);
  if (!(seq >= 0 && seq <= UINT32_MAX)) throw new Error(`sendAuthenticated: the ${method} has no CSeq number`);
  return seq;
}

function withNextSeq(draft: RequestDraft): RequestDraft {
  const next: HeaderField = ['CSeq', `${seqOf(draft) + 1} ${draft.method}`];
  return { ...draft, headers: draft.headers.map((line) => (isCSeq(line) ? next : line)) };
}

function isCSeq([name]: HeaderField): boolean {
  return canonicalName(name) === 'CSeq';
}
