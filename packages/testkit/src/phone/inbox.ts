import type { Endpoint } from '@vats/kernel';
import type { SipMessage, SipRequest, SipResponse } from '@vats/sip';

/** One message that a phone received, retransmissions left out. */
export interface Heard<Message extends SipMessage = SipMessage> {
  /** Milliseconds of the clock's `monotonic()`. */
  readonly at: number;
  readonly message: Message;
  readonly from: Endpoint;
  /** 'INVITE', '180 INVITE'. */
  readonly label: string;
}

/**
 * What a phone has received and a scenario has not spoken of yet. Requests and responses stand in a line each: whoever
 * expects one must name those before it, so a message too many, too few or out of order is found where it happens.
 */
export class Inbox {
  readonly requests: Heard<SipRequest>[] = [];
  readonly responses: Heard<SipResponse>[] = [];
  /** Methods of requests that come by themselves, which no scenario has to speak of. */
  readonly unnoticed = new Set<string>();
  readonly #seen = new Map<string, number>();

  /** Files a message; false for the repetition of one received before. */
  add(message: SipMessage, from: Endpoint, at: number): boolean {
    const identity = identityOf(message);
    const times = (this.#seen.get(identity) ?? 0) + 1;
    this.#seen.set(identity, times);
    if (times > 1) return false;
    if (message.kind === 'request' && this.unnoticed.has(message.method)) return true;
    if (message.kind === 'request') this.requests.push({ at, message, from, label: message.method });
    // 100 is between transactions: no one above them ever hears it.
    else if (message.status > 100) this.responses.push({ at, message, from, label: labelOf(message) });
    return true;
  }

  /** How often a message was repeated. @param label 'INVITE', '200 INVITE' */
  repeats(label: string): number {
    let repeats = 0;
    for (const [identity, times] of this.#seen) if (identity.startsWith(`${label} `)) repeats += times - 1;
    return repeats;
  }

  /** What nobody has spoken of, as text. */
  unspoken(): string[] {
    return [...this.requests, ...this.responses].sort((one, other) => one.at - other.at).map(({ label }) => label);
  }
}

export function labelOf(message: SipMessage): string {
  if (message.kind === 'request') return message.method;
  return `${message.status} ${message.cseq.ok ? message.cseq.value.method : '?'}`;
}

/** True for '200 INVITE' and 200, 'INVITE' and 'INVITE'; a status alone fits any method. */
export function fits(wanted: string | number | RegExp, label: string): boolean {
  if (wanted instanceof RegExp) return wanted.test(label);
  return label === String(wanted) || label.startsWith(`${wanted} `);
}

/** A retransmission is the same octets again (RFC 3261 §17); anything else is another message, however alike. */
function identityOf(message: SipMessage): string {
  return `${labelOf(message)} ${message.bytes.toString('latin1')}`;
}
