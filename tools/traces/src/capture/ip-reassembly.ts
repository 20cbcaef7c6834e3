import type { IpPacket } from './ip-packet.ts';

/** Datagrams whose fragments are still incomplete; the oldest is given up for a new one. */
const MOST_DATAGRAMS = 256;
const LARGEST_DATAGRAM = 65_535;
/** Fragments of one datagram. A hostile capture could otherwise hold thousands of one octet each. */
const MOST_FRAGMENTS = 1_024;

interface Pieces {
  readonly first: IpPacket;
  readonly list: { readonly start: number; readonly octets: Buffer }[];
  /** Length of the whole, known once the last fragment came. */
  length: number | undefined;
}

/** Puts IP fragments together again, in whatever order they come. */
export class IpReassembly {
  readonly #waiting = new Map<string, Pieces>();
  #lost = 0;

  /** Datagrams that never became whole: those given up, and those that still wait. */
  get incomplete(): number {
    return this.#lost + this.#waiting.size;
  }

  /** The packet itself when it is whole; the datagram when this was its last missing fragment; else undefined. */
  take(packet: IpPacket): IpPacket | undefined {
    const { fragment } = packet;
    if (fragment === undefined) return packet;
    const key = `${packet.source} ${packet.destination} ${packet.protocol} ${fragment.id}`;
    const pieces = this.#waiting.get(key) ?? this.#start(key, packet);
    const end = fragment.start + packet.payload.length;
    if (end > LARGEST_DATAGRAM || pieces.list.length === MOST_FRAGMENTS) return this.#giveUp(key);
    const known = pieces.list.some(
      ({ start, octets }) => start === fragment.start && octets.length >= packet.payload.length,
    );
    if (!known) pieces.list.push({ start: fragment.start, octets: packet.payload });
    if (fragment.last) pieces.length = end;
    const whole = join(pieces);
    if (whole === undefined) return undefined;
    this.#waiting.delete(key);
    return { ...pieces.first, payload: whole, fragment: undefined };
  }

  #start(key: string, first: IpPacket): Pieces {
    if (this.#waiting.size === MOST_DATAGRAMS) {
      const [oldest] = this.#waiting.keys();
      if (oldest !== undefined) this.#giveUp(oldest);
    }
    const pieces: Pieces = { first, list: [], length: undefined };
    this.#waiting.set(key, pieces);
    return pieces;
  }

  #giveUp(key: string): undefined {
    this.#waiting.delete(key);
    this.#lost += 1;
  }
}

/** The whole payload, or undefined while there is a hole. */
function join({ list, length }: Pieces): Buffer | undefined {
  if (length === undefined) return undefined;
  list.sort((one, other) => one.start - other.start);
  let end = 0;
  for (const { start, octets } of list) {
    if (start > end) return undefined;
    end = Math.max(end, start + octets.length);
  }
  if (end < length) return undefined;
  const whole = Buffer.alloc(length);
  // Later pieces do not overwrite what is there: of overlapping fragments the earlier octets count.
  let filled = 0;
  for (const { start, octets } of list) {
    const from = Math.max(start, filled);
    octets.copy(whole, from, from - start);
    filled = Math.max(filled, Math.min(length, start + octets.length));
  }
  return whole;
}
