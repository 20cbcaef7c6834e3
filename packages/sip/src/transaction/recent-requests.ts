import type { ServerTransactionMachine } from './server-transaction.ts';

/** A power of two. More than come in the half second until the first repetition only cost those their short cut. */
const REMEMBERED = 1_024;
/** Longer ones come over connections, where nothing is repeated. */
const LONGEST = 2_048;
/** What tells requests apart is behind the first of these, in the top Via as a rule: so many octets of it choose a place. */
const BRANCH = Buffer.from('branch=');
const LOOKED_AT = 48;
const [A, C, S, I] = [0x41, 0x43, 0x53, 0x49];

/**
 * The requests that made transactions lately, as octets: a retransmission is the same octets (RFC 3261 §17.1), so it can be
 * known for one without being parsed. What is not found here is looked for by its key, as ever: octets that are the same are
 * parsed to the same key, so the answer is the same whether they are found here or there.
 *
 * Bounded by its places (2 MiB in all): a request whose place another one takes is forgotten.
 */
export class RecentRequests {
  readonly #requests: (Buffer | undefined)[] = new Array<Buffer | undefined>(REMEMBERED).fill(undefined);
  readonly #transactions: (ServerTransactionMachine | undefined)[] = new Array(REMEMBERED).fill(undefined);

  /** Remembers what a transaction was made of. Answers the place, for `forget`; -1 when it is not remembered. */
  note(octets: Buffer, transaction: ServerTransactionMachine): number {
    if (octets.length > LONGEST) return -1;
    const place = placeOf(octets);
    this.#requests[place] = octets;
    this.#transactions[place] = transaction;
    return place;
  }

  /** The transaction is over. */
  forget(place: number, transaction: ServerTransactionMachine): void {
    if (this.#transactions[place] !== transaction) return;
    this.#requests[place] = undefined;
    this.#transactions[place] = undefined;
  }

  /** The transaction that these very octets made, if it lives and is remembered. */
  find(octets: Buffer): ServerTransactionMachine | undefined {
    // Neither a response nor an ACK makes a transaction, and most messages are one of them.
    if (octets.length > LONGEST || (octets[0] === S && octets[1] === I) || (octets[0] === A && octets[1] === C))
      return undefined;
    const place = placeOf(octets);
    const known = this.#requests[place];
    if (known === undefined || known.length !== octets.length || !known.equals(octets)) return undefined;
    return this.#transactions[place];
  }
}

/** Only a choice of place: a request without a branch, or with a short one, has one as well. */
function placeOf(octets: Buffer): number {
  const branch = octets.indexOf(BRANCH);
  const start = branch < 0 ? 0 : branch + BRANCH.length;
  const end = Math.min(octets.length, start + LOOKED_AT);
  let sum = octets.length;
  for (let at = start; at < end; at++) sum = (Math.imul(sum, 31) + octets[at]!) | 0;
  return (sum ^ (sum >>> 13)) & (REMEMBERED - 1);
}
