import { type Cancel, type Clock, type Endpoint, formatEndpoint, type Random } from '@vats/kernel';
import type { RequestDraft, Server, SipResponse, TransactionLayer, TransportLayer } from '@vats/sip';
import { AnswerMaker, type LineAnswer } from './line-answer.ts';
import type { TrunkPeer } from './trunk-peer.ts';

export interface WatchParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly transactions: Pick<TransactionLayer, 'send'>;
  readonly transport: Pick<TransportLayer, 'flowTo'>;
  readonly peer: TrunkPeer;
  readonly draft: (flow: ReturnType<TransportLayer['flowTo']>) => RequestDraft;
  /** It is up, or down, and was not before. */
  readonly onChange: () => void;
  /** One server of several, which had answered before, is silent. */
  readonly onSilent: (endpoint: Endpoint) => void;
}

/** Between two rounds of OPTIONS: within the time that most NATs and firewalls remember who was spoken to. */
const INTERVAL_MS = 60_000;
/** Where a server owes an answer, it is asked again so soon. */
const DOUBT_MS = 10_000;
/** Rounds in a row that go unanswered until a server counts as failing, and until the trunk is down. One answer undoes it. */
const FAILING_AFTER = 2;
const DOWN_AFTER = 3;
/** Until an answer comes; the mark runs out by itself if the server is not asked any more. */
const FAILING_MS = 600_000;
/** Servers that are asked in one round. */
const WATCHED = 8;
const FIRST_SPREAD_MS = 1_000;

/** What is known of one server's answers. */
interface Watched {
  /** Answered an OPTIONS at some time: only whose silence tells something who is used to speak. */
  everAnswered: boolean;
  /** Answered anything, a REGISTER say. */
  everHeard: boolean;
  awaiting: number;
  misses: number;
  roundTrip: number | undefined;
  answer: LineAnswer | undefined;
}

/**
 * Asks the servers of a trunk by OPTIONS whether they are there. Any answer is a sign of life, but 503. A server that is known
 * to answer REGISTER and never answered OPTIONS is not judged by these.
 */
export class LineWatch {
  /** Undefined until something is known. */
  isUp: boolean | undefined;
  /** Wall time of the last change. */
  since: number;
  /** What the last change came by. */
  answer: LineAnswer | undefined;
  readonly #parts: WatchParts;
  readonly #answers: AnswerMaker;
  readonly #servers = new Map<string, Watched>();
  #stopTimer: Cancel = () => {};
  #round = 0;
  #closed = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#answers = new AnswerMaker(parts.clock);
    this.since = parts.clock.now();
  }

  start(): void {
    this.#wait(this.#parts.random.below(FIRST_SPREAD_MS), () => this.#beginRound());
  }

  /** What is known of a server. */
  of(endpoint: Endpoint): { readonly roundTrip: number | undefined; readonly answer: LineAnswer | undefined } {
    const { roundTrip, answer } = this.#servers.get(formatEndpoint(endpoint)) ?? {};
    return { roundTrip, answer };
  }

  /** It answered something else than OPTIONS. */
  heard(endpoint: Endpoint): void {
    this.#server(endpoint).everHeard = true;
  }

  /** Asks now: the servers have changed. */
  ask(): void {
    if (this.#closed) return;
    // Whoever was asked a moment ago has not missed anything yet.
    for (const server of this.#servers.values()) server.awaiting = 0;
    this.#beginRound();
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer();
    this.#servers.clear();
  }

  #wait(milliseconds: number, then: () => void): void {
    this.#stopTimer();
    this.#stopTimer = this.#parts.clock.after(milliseconds, then);
  }

  #beginRound(): void {
    const endpoints = this.#parts.peer.endpoints.slice(0, WATCHED);
    this.#forgetOthers(endpoints);
    this.#round++;
    for (const endpoint of endpoints) {
      const server = this.#server(endpoint);
      if (server.awaiting > 0) this.#missed(endpoint, server, this.#answers.silence(endpoint, DOUBT_MS / 1000));
      this.#ask(endpoint, server);
    }
    this.#judge();
    this.#wait(DOUBT_MS, () => this.#endRound());
  }

  /** Whoever owes an answer is asked again at once, until it is clear that none comes. */
  #endRound(): void {
    const isInDoubt = [...this.#servers.values()].some(
      (server) => isJudged(server) && (server.awaiting > 0 || server.misses > 0) && server.misses < DOWN_AFTER,
    );
    if (isInDoubt) this.#beginRound();
    else this.#wait(INTERVAL_MS - DOUBT_MS, () => this.#beginRound());
  }

  #ask(endpoint: Server, server: Watched): void {
    const { clock, transactions, transport, peer, draft } = this.#parts;
    const flow = transport.flowTo(peer.targetAt(endpoint));
    const round = this.#round;
    const sentAt = clock.monotonic();
    server.awaiting = round;
    // What comes later than the next round's question is good for nothing but showing life.
    const isMine = (): boolean => !this.#closed && this.#servers.get(formatEndpoint(endpoint)) === server;
    const transaction = transactions.send(draft(flow), flow, {
      onResponse: (response) => {
        if (!isMine() || response.status < 200) return;
        const roundTrip = transaction.isRepeated ? undefined : clock.monotonic() - sentAt;
        this.#answered(endpoint, server, response, roundTrip);
      },
      // The next round counts what stayed unanswered, sooner than the transaction gives up.
      onTimeout: () => {},
      onTransportError: (failure) => {
        if (!isMine() || server.awaiting !== round) return;
        server.awaiting = 0;
        this.#missed(endpoint, server, this.#answers.failure(failure, endpoint));
        this.#judge();
      },
    });
  }

  #answered(endpoint: Endpoint, server: Watched, response: SipResponse, roundTrip: number | undefined): void {
    const answer = this.#answers.response(response, endpoint);
    server.awaiting = 0;
    server.roundTrip = roundTrip ?? server.roundTrip;
    server.everAnswered = true;
    if (response.status === 503) {
      this.#missed(endpoint, server, answer);
    } else {
      server.misses = 0;
      server.answer = answer;
      this.#parts.peer.markWorking(endpoint);
    }
    this.#judge();
  }

  #missed(endpoint: Endpoint, server: Watched, answer: LineAnswer): void {
    server.awaiting = 0;
    server.answer = answer;
    if (!isJudged(server)) return;
    server.misses++;
    if (server.misses < FAILING_AFTER || !server.everAnswered) return;
    this.#parts.peer.markFailing(endpoint, FAILING_MS);
    if (server.misses === FAILING_AFTER) this.#parts.onSilent(endpoint);
  }

  #judge(): void {
    const known = [...this.#servers.values()];
    const alive = known.find(({ misses, everAnswered }) => everAnswered && misses === 0);
    if (alive !== undefined) return void this.#become(true, alive.answer);
    const isDown = known.length > 0 && known.every(({ misses }) => misses >= DOWN_AFTER);
    if (isDown) this.#become(false, known[0]?.answer);
  }

  #become(isUp: boolean, answer: LineAnswer | undefined): void {
    if (this.isUp === isUp) return;
    this.isUp = isUp;
    this.since = this.#parts.clock.now();
    this.answer = answer;
    this.#parts.onChange();
  }

  #server(endpoint: Endpoint): Watched {
    const key = formatEndpoint(endpoint);
    let server = this.#servers.get(key);
    if (server === undefined) {
      const fresh = { everAnswered: false, everHeard: false, awaiting: 0, misses: 0 };
      server = { ...fresh, roundTrip: undefined, answer: undefined };
      this.#servers.set(key, server);
    }
    return server;
  }

  #forgetOthers(endpoints: readonly Endpoint[]): void {
    const kept = new Set(endpoints.map(formatEndpoint));
    for (const key of this.#servers.keys()) if (!kept.has(key)) this.#servers.delete(key);
  }
}

function isJudged({ everHeard, everAnswered }: Watched): boolean {
  return everAnswered || !everHeard;
}
