import type { Endpoint, Random } from '@vats/kernel';
import type { TransportName } from '../transport/index.ts';

/** Something that was sent on a `MemoryNetwork`: a datagram, or one write on a stream. */
export interface WireMessage {
  /** The clock's `monotonic()` when it was sent. */
  readonly at: number;
  readonly transport: TransportName;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly octets: Buffer;
  /** 'INVITE', '200 INVITE', 'keep-alive', or 'octets' for what is no SIP. */
  readonly description: string;
}

/**
 * Picks messages: a description ('ACK', '200 INVITE'), in which an `x` of a status is any digit ('2xx INVITE') and the
 * method of a response may be left out ('487'), or a function.
 */
export type What = string | ((message: WireMessage) => boolean);

/** @example describeOctets(Buffer.from('SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n')) === '200 INVITE' */
export function describeOctets(octets: Buffer): string {
  if (octets.length <= 4 && octets.every((octet) => octet === 13 || octet === 10 || octet === 0)) return 'keep-alive';
  const text = octets.toString('latin1', 0, 8192);
  const status = /^SIP\/2\.0 (\d{3})/.exec(text)?.[1];
  if (status === undefined) return /^([^\s]+) \S.* SIP\/2\.0\r?\n/.exec(text)?.[1] ?? 'octets';
  const method = /^cseq[ \t]*:[ \t]*\d+[ \t]+(\S+)/im.exec(text)?.[1];
  return method === undefined ? status : `${status} ${method}`;
}

export function matches(what: What, message: WireMessage): boolean {
  if (typeof what === 'function') return what(message);
  if (what === message.description) return true;
  const [wanted, method] = what.split(' ');
  const [status, itsMethod] = message.description.split(' ');
  if (wanted === undefined || status === undefined || !/^\dxx$|^\d\dx$|^\d{3}$/.test(wanted)) return false;
  if (wanted.length !== status.length || (method !== undefined && method !== itsMethod)) return false;
  return [...wanted].every((digit, i) => digit === 'x' || digit === status[i]);
}

/** What shall happen to a datagram instead of its plain delivery. */
export type Fault =
  | { readonly kind: 'drop' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'repeat'; readonly copies: number }
  | { readonly kind: 'overtake' }
  | { readonly kind: 'break' };

interface Order {
  readonly what: What;
  readonly fault: Fault;
  left: number;
}

/** The faults that a test ordered; each order serves the next messages that it picks, the oldest order first. */
export class Faults {
  readonly #orders: Order[] = [];
  #loss: { readonly rate: number; readonly random: Random } | undefined;

  order(what: What, fault: Fault, times: number): void {
    this.#orders.push({ what, fault, left: times });
  }

  /** Loses about `rate` (0 to 1) of all datagrams from now on. */
  lose(rate: number, random: Random): void {
    this.#loss = { rate, random };
  }

  /** Orders that met no message yet: a test that leaves some tested nothing. */
  get unserved(): number {
    return this.#orders.reduce((sum, order) => sum + order.left, 0);
  }

  next(message: WireMessage): Fault | undefined {
    const index = this.#orders.findIndex((order) => matches(order.what, message));
    const order = this.#orders[index];
    if (order !== undefined) {
      if (--order.left === 0) this.#orders.splice(index, 1);
      return order.fault;
    }
    if (this.#loss !== undefined && this.#loss.random.below(10_000) < this.#loss.rate * 10_000) return { kind: 'drop' };
    return undefined;
  }
}
