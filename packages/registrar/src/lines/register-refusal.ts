import { type AuthenticationReport, fromWire, isChallenge, type SipResponse } from '@vats/sip';
import { onOneLine } from './line-answer.ts';
import { retryAfterOf } from './retry-delay.ts';

/** What a final response other than 2xx to REGISTER comes to. */
export interface Refusal {
  /** `elsewhere`: this server can't or won't now, another one may (RFC 3263 §4.3). */
  readonly kind: 'rejected' | 'elsewhere';
  /** It will last until a person does something. */
  readonly slow: boolean;
  readonly why: string | undefined;
  /** Milliseconds that the peer wants to be left alone. */
  readonly retryAfter: number;
}

const SLOW = new Set([401, 403, 404, 407]);

/** @param realm that our credentials are bound to, a wire string */
export function refusalOf(response: SipResponse, report: AuthenticationReport, realm: string | undefined): Refusal {
  const { status } = response;
  const { retryAfter: wanted } = response;
  const retryAfter = retryAfterOf(wanted?.ok ? wanted.value.seconds : undefined);
  const isElsewhere = status === 408 || (status >= 500 && status <= 599);
  return {
    kind: isElsewhere ? 'elsewhere' : 'rejected',
    slow: SLOW.has(status),
    why: isChallenge(status) ? whyUnanswered(response, report, realm) : undefined,
    retryAfter,
  };
}

/** Why a challenge was the end. */
export function whyUnanswered(
  response: SipResponse,
  { verdict }: AuthenticationReport,
  realm: string | undefined,
): string | undefined {
  switch (verdict) {
    case 'rejected':
      return 'the peer refused our credentials: password or authUser is wrong';
    case 'foreign-realm':
      return `the peer asks for realm ${realmsOf(response)}, and our credentials are bound to ${shown(realm)}`;
    case 'foreign-peer':
      return 'the request went to a server that the DNS does not name any more';
    case 'unsupported':
      return 'no challenge that we can answer: Digest with MD5 or SHA-256 and qop auth';
    default:
      return undefined;
  }
}

/** Realms of all challenges of a response, for a person. */
export function realmsOf(response: SipResponse): string {
  const header = response.status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  const realms = response.challenges(header).map((each) => (each.ok ? each.value.get('realm') : undefined));
  return [...new Set(realms.map(shown))].join(', ') || 'none';
}

function shown(realm: string | undefined): string {
  return realm === undefined ? 'none' : JSON.stringify(onOneLine(fromWire(realm)));
}
