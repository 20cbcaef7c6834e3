import { type Clock, type Endpoint, formatEndpoint } from '@vats/kernel';
import { fromWire, type SipResponse, type TransportFailure } from '@vats/sip';

/** What came of a request of ours to a trunk's peer, as a person reads it. */
export interface LineAnswer {
  /** Wall time. */
  readonly at: number;
  /** Whom we asked, `192.0.2.1:5060`; undefined when no server was found to ask. */
  readonly endpoint?: string;
  /** Of a response; undefined when none came. */
  readonly status?: number;
  /** The response's own phrase, or what was in the way: 'no answer within 32 s', 'refused'. */
  readonly reason: string;
  /** What it means, where the words alone do not tell. */
  readonly why?: string;
}

/** A peer's text stays a line that fits a table. */
const REASON_LIMIT = 120;

/** An answer whose endpoint and time are now. */
export class AnswerMaker {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  response({ status, reason }: SipResponse, endpoint: Endpoint, why?: string): LineAnswer {
    return this.#answer(onOneLine(fromWire(reason)), endpoint, { status, ...(why !== undefined && { why }) });
  }

  silence(endpoint: Endpoint, seconds: number): LineAnswer {
    return this.#answer(`no answer within ${seconds} s`, endpoint);
  }

  failure({ code, detail }: TransportFailure, endpoint: Endpoint): LineAnswer {
    return this.#answer(detail === undefined ? code : `${code} (${detail})`, endpoint);
  }

  /** No server to ask. */
  nobody(reason: string): LineAnswer {
    return this.#answer(reason, undefined);
  }

  #answer(reason: string, endpoint: Endpoint | undefined, more: Partial<LineAnswer> = {}): LineAnswer {
    return {
      at: this.#clock.now(),
      reason,
      ...(endpoint !== undefined && { endpoint: formatEndpoint(endpoint) }),
      ...more,
    };
  }
}

/** @example answerText({ at: 0, status: 403, reason: 'Forbidden' }) === '403 Forbidden' */
export function answerText({ status, reason, why }: LineAnswer): string {
  const words = status === undefined ? reason : `${status} ${reason}`.trim();
  return why === undefined ? words : `${words}: ${why}`;
}

/** Whether both say the same, whenever and by whomever it was said. */
export function isSameAnswer(one: LineAnswer | undefined, other: LineAnswer | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return answerText(one) === answerText(other);
}

export function onOneLine(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return line.length > REASON_LIMIT ? `${line.slice(0, REASON_LIMIT - 1)}…` : line;
}
